import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../platform/db/database.ts'
import { engineUrl, startEngine } from '../platform/engine/engine.ts'
import type { TestStore } from './create-test-app.ts'

/** One embedded engine that lends an empty store to one test after the other. */
export interface EmbeddedStores {
  /** Emptied for each test, because an engine takes longer to start than to clear. */
  open(): Promise<TestStore>
  stop(): Promise<void>
}

/** Starts an embedded engine in a folder of its own. */
export async function startEmbeddedStores(): Promise<EmbeddedStores> {
  const home = await mkdtemp(join(tmpdir(), 'graticule-store-'))
  const engine = await startEngine({ kind: 'metadata', dataDir: join(home, 'metadata'), socketDir: join(home, 'run') })
  return {
    async open() {
      const url = engineUrl(engine.connection)
      const store = openDatabase(url)
      await sql`DROP SCHEMA public CASCADE`.execute(store)
      await sql`CREATE SCHEMA public`.execute(store)
      await store.destroy()
      return { url, warehouseUrl: '', close: async () => undefined }
    },
    async stop() {
      await engine.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
