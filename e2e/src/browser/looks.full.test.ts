import { describePages } from './page-looks.ts'

describePages('dark', { width: 1280, height: 720, colorScheme: 'dark' })
describePages('phone', { width: 390, height: 844 })
