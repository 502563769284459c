import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe } from 'vitest'
import { openDatabase } from '../../platform/db/database.ts'
import { type Engine, engineUrl, startEngine } from '../../platform/engine/engine.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeSharing } from '../../testing/sharing-suite.ts'

let home: string
let engine: Engine

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'graticule-sharing-'))
  engine = await startEngine({ kind: 'metadata', dataDir: join(home, 'metadata'), socketDir: join(home, 'run') })
})
afterAll(async () => {
  await engine.stop()
  await rm(home, { recursive: true, force: true })
})

/** Emptied for each test, because an engine takes longer to start than to clear. */
async function openEmptyStore() {
  const url = engineUrl(engine.connection)
  const store = openDatabase(url)
  await sql`DROP SCHEMA public CASCADE`.execute(store)
  await sql`CREATE SCHEMA public`.execute(store)
  await store.destroy()
  return { url, warehouseUrl: '', close: async () => undefined }
}

describe('groups and sharing on the embedded engine', () => {
  describeSharing(() => createTestApp(openEmptyStore))
})
