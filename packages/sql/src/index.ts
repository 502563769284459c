export * from './requests.ts'
export * from './statement.ts'
