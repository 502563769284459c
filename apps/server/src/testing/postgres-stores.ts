import { createDatabase, type PostgresOptions, startPostgres } from '@graticule/testkit'
import { openDatabase } from '../platform/db/database.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import type { TestStore } from './create-test-app.ts'

/** One PostgreSQL server that gives every test a store of its own, whose tables are copied and not made. */
export interface PostgresStores {
  open(): Promise<TestStore>
  stop(): Promise<void>
}

/** Starts a PostgreSQL server for tests. */
export async function startPostgresStores(options?: PostgresOptions): Promise<PostgresStores> {
  const server = await startPostgres(options)
  const template = await createDatabase(server, { postgis: false })
  const store = openDatabase(template.connectionString)
  await migrateDatabase(store)
  await store.destroy()
  return {
    async open() {
      const database = await createDatabase(server, { template: template.database })
      return { url: database.connectionString, warehouseUrl: server.connectionString, close: () => database.drop() }
    },
    stop: () => server.stop(),
  }
}
