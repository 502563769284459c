import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from './database.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

let server: TestPostgres

beforeAll(async () => {
  server = await startPostgres({ authentication: 'scram', ssl: true })
})
afterAll(() => server.stop())

async function ask(connectionString: string, text: string, ssl?: { ca: string }): Promise<unknown> {
  const client = new pg.Client({ connectionString, ...(ssl ? { ssl } : {}) })
  await client.connect()
  try {
    return Object.values((await client.query(text)).rows[0])[0]
  } finally {
    await client.end()
  }
}

async function create(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(text)
  await client.end()
}

test('a started server has PostGIS and asks for the password', async () => {
  expect(await ask(server.connectionString, 'SELECT ST_AsText(ST_Point(1, 2))')).toBe('POINT(1 2)')
  const wrong = server.connectionString.replace(server.password, 'wrong')
  await expect(ask(wrong, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
})

test('a client that trusts the authority gets TLS', async () => {
  const ca = server.authority?.certificate ?? ''
  expect(await ask(server.connectionString, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', { ca })).toBe(
    true,
  )
})

test('two fresh databases do not see each other, and one may come without PostGIS', async () => {
  const [first, second] = await Promise.all([createDatabase(server), createDatabase(server, { postgis: false })])
  await create(first.connectionString, 'CREATE TABLE a AS SELECT 1')
  expect(await ask(second.connectionString, "SELECT to_regclass('a')")).toBeNull()
  expect(await ask(second.connectionString, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")).toBe('0')
  expect(await ask(first.connectionString, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")).toBe('1')
  await Promise.all([first.drop(), second.drop()])
})
