import { createDatabase, startPostgres } from '@graticule/testkit'
import type { TestStore } from './create-test-app.ts'

/** One PostgreSQL server that gives every test a store of its own. */
export interface PostgresStores {
  open(): Promise<TestStore>
  stop(): Promise<void>
}

/** Starts a PostgreSQL server for tests. */
export async function startPostgresStores(): Promise<PostgresStores> {
  const server = await startPostgres()
  return {
    async open() {
      const database = await createDatabase(server, { postgis: false })
      return { url: database.connectionString, warehouseUrl: server.connectionString, close: () => database.drop() }
    },
    stop: () => server.stop(),
  }
}
