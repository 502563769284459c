import { postgresProvider } from './postgres/provider.ts'
import type { Provider } from './provider.ts'

export type { PostgresConfig } from './postgres/config.ts'
export { postgresProvider } from './postgres/provider.ts'
export * from './provider.ts'

/** Every kind of warehouse there is; adding one is a folder and a line here. */
export const PROVIDERS: readonly Provider[] = [postgresProvider as unknown as Provider]
