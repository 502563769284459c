import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Warehouse } from '../provider.ts'
import { postgresProvider } from './provider.ts'

const attribution = { organization: 'o', user: 'u', request: 'r' }
const COMMENT = /^\/\* graticule organization='o',user='u',request='r' \*\/ /
const RUN = { timeoutMs: 10_000, attribution }
let server: TestPostgres
let database: TestDatabase
let observer: pg.Client
let warehouse: Warehouse

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server)
  observer = new pg.Client({ connectionString: database.connectionString })
  await observer.connect()
})
afterAll(async () => {
  await observer.end()
  await server.stop()
})
beforeEach(async () => {
  const { host, port, database: name, user, password } = database
  const config = { host, port, database: name, user, password }
  warehouse = await postgresProvider.open({ config, maxConnections: 1, attribution })
})
afterEach(async () => {
  await warehouse.close()
  // The server takes a moment to end a session that was hung up on, and the next test counts its own.
  await expect.poll(listStatements).toEqual([])
})

/** What each session of the warehouse has run last. */
async function listStatements(): Promise<string[]> {
  const { rows } = await observer.query<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE application_name = 'graticule' AND datname = current_database()",
  )
  return rows.map(({ query }) => query)
}

/** What the only session of the warehouse has run last. */
async function lastStatement(): Promise<string> {
  const statements = await listStatements()
  expect(statements).toHaveLength(1)
  return statements[0] ?? ''
}

describe('the attribution comment stands before', () => {
  test('the question for the versions, which opening asks', async () => {
    expect(await lastStatement()).toMatch(COMMENT)
    expect(await lastStatement()).toContain('server_version')
  })

  test('a statement', async () => {
    await warehouse.run({ text: 'SELECT 1 AS one', values: [] }, RUN)
    expect(await lastStatement()).toMatch(COMMENT)
  })

  test('the look-up of a type that was not seen before', async () => {
    await warehouse.run({ text: "SELECT '127.0.0.1'::inet AS address", values: [] }, RUN)
    expect(await lastStatement()).toContain('FROM pg_type')
    expect(await lastStatement()).toMatch(COMMENT)
  })

  test('the conversion of geometries of another reference system', async () => {
    await warehouse.run({ text: 'SELECT ST_SetSRID(ST_MakePoint(1, 2), 3857) AS geom', values: [] }, RUN)
    expect(await lastStatement()).toContain('ST_CurveToLine')
    expect(await lastStatement()).toMatch(COMMENT)
  })

  test('every step of a stream', async () => {
    const text = 'SELECT n FROM generate_series(1, 20) AS n'
    const seen: string[] = []
    for await (const { rows } of warehouse.stream({ text, values: [] }, { ...RUN, batchSize: 15 })) {
      expect(rows.length).toBeGreaterThan(0)
      seen.push(await lastStatement())
    }
    seen.push(await lastStatement())
    expect(seen.at(-1)).toContain('COMMIT')
    for (const statement of seen) expect(statement).toMatch(COMMENT)
  })

  test('a question to the catalogue', async () => {
    await warehouse.listSchemas(RUN)
    expect(await lastStatement()).toMatch(COMMENT)
  })
})
