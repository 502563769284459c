export * from './harness/repository.ts'
export * from './harness/server-process.ts'
export * from './harness/workspace-client.ts'
