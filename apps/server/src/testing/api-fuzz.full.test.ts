import { describeApiFuzz } from './api-fuzz-suite.ts'

describeApiFuzz({ requestsPerRoute: 400, seed: 20_260_302 })
