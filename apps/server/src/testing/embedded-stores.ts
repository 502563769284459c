import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase, type Store } from '../platform/db/database.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import { engineUrl, startEngine } from '../platform/engine/engine.ts'
import type { TestStore } from './create-test-app.ts'

/** One embedded engine that lends a store without a row to one test after the other. */
export interface EmbeddedStores {
  /** Emptied for each test, because an engine takes longer to start, and tables longer to make, than to clear. */
  open(): Promise<TestStore>
  stop(): Promise<void>
}

/** Starts an embedded engine in a folder of its own. */
export async function startEmbeddedStores(): Promise<EmbeddedStores> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-store-'))
  const engine = await startEngine({ kind: 'metadata', dataDir: join(home, 'metadata'), socketDir: join(home, 'run') })
  const url = engineUrl(engine.connection)
  const store = openDatabase(url)
  await migrateDatabase(store)
  await store.destroy()
  return {
    async open() {
      const lent = openDatabase(url)
      await emptyTables(lent)
      await lent.destroy()
      return { url, warehouseUrl: '', close: async () => undefined }
    },
    async stop() {
      await engine.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Deletes every row but those that say which migrations have run. */
async function emptyTables(store: Store): Promise<void> {
  const tables = (await store.introspection.getTables()).filter(({ isView }) => !isView)
  const names = tables.map(({ name }) => name).filter((name) => !name.startsWith('graticule_migration'))
  await store.transaction().execute(async (transaction) => {
    // The activity log refuses to be emptied, but for whoever owns the database.
    await sql`SET LOCAL session_replication_role = replica`.execute(transaction)
    await sql`TRUNCATE ${sql.join(names.map((name) => sql.table(name)))} RESTART IDENTITY CASCADE`.execute(transaction)
  })
}
