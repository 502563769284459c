import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MIGRATIONS } from '../../../migrations/index.ts'
import { describePolicyEpochs } from '../../../testing/policy-epochs-suite.ts'
import { describeActivityChain } from '../../activity/activity-chain-suite.ts'
import { openDatabase } from '../database.ts'
import { migrateDatabase } from '../migrate.ts'
import { describeStoreFailure } from '../store-errors.ts'
import { waitForStore } from '../wait-for-store.ts'
import { describeStore, type EmptyDatabase } from './store-suite.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

async function openEmptyDatabase(): Promise<EmptyDatabase> {
  const database = await createDatabase(server, { postgis: false })
  return { url: database.connectionString, close: () => database.drop() }
}

describe('the metadata store on PostgreSQL', () => describeStore(openEmptyDatabase))

describe('the activity log on PostgreSQL', () => describeActivityChain(openEmptyDatabase))

describe('the policy epochs on PostgreSQL', () => describePolicyEpochs(openEmptyDatabase))

describe('starts', () => {
  test('of several processes at once on an empty database migrate it once', async () => {
    const database = await createDatabase(server, { postgis: false })
    const script = fileURLToPath(new URL('./migrate-process.ts', import.meta.url))
    const children = Array.from({ length: 4 }, () => fork(script, [database.connectionString], { execArgv: [] }))
    const exits = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number))
    expect(exits).toEqual([0, 0, 0, 0])
    const store = openDatabase(database.connectionString)
    const migrations = await sql<{ name: string }>`SELECT name FROM graticule_migration`.execute(store)
    expect(migrations.rows.map((row) => row.name)).toEqual(Object.keys(MIGRATIONS))
    await store.destroy()
    await database.drop()
  })

  test('leave a database as it was when a migration fails half-way', async () => {
    const database = await createDatabase(server, { postgis: false })
    const store = openDatabase(database.connectionString)
    // Something of the same name in the way makes the last statements of the first migration fail.
    await sql`CREATE TABLE activity (id text)`.execute(store)
    await expect(migrateDatabase(store)).rejects.toThrow('already exists')
    const tables = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`.execute(store)
    expect(tables.rows.map((row) => row.name)).toEqual(['activity', 'graticule_migration_gate'])
    await store.destroy()
    await database.drop()
  })

  test('wait for a store that is not there yet, and give up with the reason', async () => {
    const store = openDatabase('postgresql://me@127.0.0.1:1/none')
    const failure = await waitForStore(store, 600).catch((error: unknown) => error)
    expect(describeStoreFailure(failure)?.code).toBe('store_unavailable')
    await store.destroy()
  })
})

describe('failures of the store', () => {
  test.each([
    ['53100', 'insufficient_storage'],
    ['57P01', 'store_unavailable'],
    ['53300', 'store_unavailable'],
    ['08006', 'store_unavailable'],
  ])('SQLSTATE %s becomes %s', async (state, code) => {
    const store = openDatabase(server.connectionString)
    const failure = await sql
      .raw(`DO $$ BEGIN RAISE EXCEPTION 'as if' USING ERRCODE = '${state}'; END $$`)
      .execute(store)
      .catch((error: unknown) => error)
    expect(describeStoreFailure(failure)?.code).toBe(code)
    await store.destroy()
  })

  test('a mistake of ours is not taken for one of the store', async () => {
    const store = openDatabase(server.connectionString)
    const failure = await sql`SELECT nothing FROM nowhere`.execute(store).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Error)
    expect(describeStoreFailure(failure)).toBeNull()
    await store.destroy()
  })

  test('a server that crashes answers as unavailable', async () => {
    const crashing = await startPostgres()
    const store = openDatabase(crashing.connectionString)
    await sql`SELECT 1`.execute(store)
    const running = sql`SELECT pg_sleep(30)`.execute(store).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await crashing.crash()
    expect(describeStoreFailure(await running)?.code).toBe('store_unavailable')
    const next = await sql`SELECT 1`.execute(store).catch((error: unknown) => error)
    expect(describeStoreFailure(next)?.code).toBe('store_unavailable')
    await store.destroy()
    await crashing.stop()
  })
})
