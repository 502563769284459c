import { describeApiFuzz } from './api-fuzz-suite.ts'

describeApiFuzz({ requestsPerRoute: 25, seed: 20_260_301 })
