import type { Provider } from '../provider.ts'
import { postgresCompiler } from './compiler.ts'
import {
  DEFAULT_PORT,
  listEgress,
  type PostgresConfig,
  postgresConfigFields,
  postgresConfigSchema,
  postgresSignInMethods,
} from './config.ts'
import { postgresViewerLogin } from './viewer-login.ts'

/** PostgreSQL 12 and later with PostGIS 2.4 and later, on a server or embedded. */
export const postgresProvider: Provider<PostgresConfig> = {
  id: 'postgres',
  label: 'PostgreSQL',
  configSchema: postgresConfigSchema,
  configFields: postgresConfigFields,
  signInMethods: postgresSignInMethods,
  viewerLogin: postgresViewerLogin,
  compiler: postgresCompiler,
  destinationOf: ({ host, port = DEFAULT_PORT }) => ({ host, port }),
  listEgress,
  async open(options) {
    const { PostgresWarehouse } = await import('./driver.ts')
    return PostgresWarehouse.open(options)
  },
}
