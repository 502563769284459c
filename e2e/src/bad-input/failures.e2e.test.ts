import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MapDetail, MapList } from '@graticule/contract'
import { createDatabase, startPostgres, type TestDatabase } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  problemsOf,
  type RunningServer,
  readDemoFile,
  startAndExpectExit,
  startServer,
} from '../harness/server-process.ts'
import { WorkspaceClient } from '../harness/workspace-client.ts'

const { baseUrl, users, postgres: sharedPostgres } = inject('servers')

describe('a warehouse that dies while it works', () => {
  it('fails the statement with a sentence, and the server serves others on', async () => {
    const { email = '', password = '' } = users.find((user) => user.role === 'admin') ?? {}
    const admin = await WorkspaceClient.signIn(baseUrl, email, password)
    const postgres = await startPostgres()
    try {
      const { host, port, database, user } = postgres
      const connection = await admin.call<{ id: string }>('POST', '/v3/connections', {
        name: 'mortal-postgres',
        providerId: 'postgres',
        privacy: 'private',
        config: { host, port, database, user, password: postgres.password },
      })
      const pending = admin.send('POST', '/v3/sql/mortal-postgres/query', { q: 'SELECT pg_sleep(30)' })
      await sleep(500)
      await postgres.crash()
      const response = await pending
      const refusal = (await response.json()) as { error: string; code: string }
      expect([502, 503]).toContain(response.status)
      expect(refusal.code).toMatch(/^warehouse_/)
      expect(refusal.error).toMatch(/\.$/)

      const again = await admin.send('POST', '/v3/sql/mortal-postgres/query', { q: 'SELECT 1 AS one' })
      expect(again.status).toBe(503)
      const healthy = await admin.call<{ rows: unknown[] }>('POST', `/v3/sql/${sharedPostgres.connectionName}/query`, {
        q: 'SELECT 1 AS one',
      })
      expect(healthy.rows).toEqual([{ one: 1 }])
      await admin.call('DELETE', `/v3/connections/${connection.id}`)
    } finally {
      await postgres.stop()
    }
  })
})

describe('one home folder', () => {
  let home: string
  let server: RunningServer | undefined

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-e2e-home-'))
  })
  afterAll(async () => {
    await server?.stop()
    await rm(home, { recursive: true, force: true })
  })

  it('survives kill -9 in the middle of its first start', async () => {
    const first = startServer({ home, via: 'main', readyWithinMs: 1_500 }).catch((error: Error) => error)
    expect(await first).toBeInstanceOf(Error)
    server = await startServer({ home, via: 'main' })
    const demo = readDemoFile(home)
    const counts = await Promise.all(
      demo.samples.map(async ({ table }) => {
        const url = `${server?.baseUrl}/v3/sql/${demo.connection}/query?q=${encodeURIComponent(`SELECT count(*) AS n FROM ${table}`)}`
        const response = await fetch(url, { headers: { Authorization: `Bearer ${demo.apiToken}` } })
        return ((await response.json()) as { rows: { n: number }[] }).rows[0]?.n ?? 0
      }),
    )
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })

  it('is refused to a second server, and the first does not notice', async () => {
    const { code, output } = await startAndExpectExit({ home, via: 'main' })
    expect(code).not.toBe(0)
    expect(output).toContain(home)
    expect(output).toMatch(/already|another|in use/i)
    expect((await fetch(`${server?.baseUrl}/health/ready`)).status).toBe(200)
  })

  it('keeps what was saved when the server is killed with -9, and starts cleanly', async () => {
    const demo = readDemoFile(home)
    const { email = '', password = '' } = demo.users.find((user) => user.role === 'editor') ?? {}
    const before = await WorkspaceClient.signIn(String(server?.baseUrl), email, password)
    const saved = await before.call<MapDetail>('POST', '/workspace-api/maps', { title: 'Kept through a crash' })
    await server?.kill()
    server = await startServer({ home, via: 'main' })
    const after = await WorkspaceClient.signIn(server.baseUrl, email, password)
    const { maps } = await after.call<MapList>('GET', '/workspace-api/maps')
    expect(maps.map((map) => map.id)).toContain(saved.id)
    const code = await server.stop()
    expect(code).toBe(0)
    expect(problemsOf(server)).toEqual([])
    server = undefined
  })
})

describe('a metadata store on a PostgreSQL server', () => {
  let home: string
  let database: TestDatabase
  let server: RunningServer
  let editor: { readonly email: string; readonly password: string }

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'graticule-e2e-database-'))
    const { host, port } = sharedPostgres
    database = await createDatabase({ ...parse(sharedPostgres.connectionString), host, port })
    const idleSeconds = 3
    server = await startServer({
      home,
      via: 'main',
      env: { DATABASE_URL: database.connectionString, SESSION_IDLE_DAYS: String(idleSeconds / 86_400) },
    })
    const { email = '', password = '' } = readDemoFile(home).users.find((user) => user.role === 'editor') ?? {}
    editor = { email, password }
  })
  afterAll(async () => {
    const code = await server?.stop()
    await database?.drop()
    await rm(home, { recursive: true, force: true })
    expect(code).toBe(0)
    expect(problemsOf(server, [/insufficient_storage/])).toEqual([])
  })

  it('serves the same workspace', async () => {
    const client = await WorkspaceClient.signIn(server.baseUrl, editor.email, editor.password)
    const { maps } = await client.call<MapList>('GET', '/workspace-api/maps')
    expect(maps.length).toBeGreaterThanOrEqual(2)
  })

  it('says so when its disk is full, loses nothing, and goes on when there is room again', async () => {
    const client = await WorkspaceClient.signIn(server.baseUrl, editor.email, editor.password)
    const kept = await client.call<MapDetail>('POST', '/workspace-api/maps', { title: 'Before the disk was full' })
    // What PostgreSQL answers when a table cannot grow.
    await execute(
      `CREATE FUNCTION refuse_to_grow() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100'; END $$;
       CREATE TRIGGER refuse_to_grow BEFORE INSERT OR UPDATE ON maps EXECUTE FUNCTION refuse_to_grow()`,
    )
    const refused = await client.send('POST', '/workspace-api/maps', { title: 'While it is full' })
    expect(refused.status).toBe(507)
    expect(await refused.json()).toMatchObject({ code: 'insufficient_storage', error: expect.stringMatching(/\.$/) })
    await execute('DROP TRIGGER refuse_to_grow ON maps')
    await client.call('POST', '/workspace-api/maps', { title: 'After there was room' })
    const { maps } = await client.call<MapList>('GET', '/workspace-api/maps')
    const titles = maps.map((map) => map.title)
    expect(maps.map((map) => map.id)).toContain(kept.id)
    expect(titles).toContain('After there was room')
    expect(titles).not.toContain('While it is full')
  })

  it('ends a session that has run out with a sentence', async () => {
    const client = await WorkspaceClient.signIn(server.baseUrl, editor.email, editor.password)
    await sleep(4_000)
    const response = await client.send('GET', '/auth/session')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'session_expired', error: expect.stringMatching(/\.$/) })
  })

  async function execute(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: database.connectionString })
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }
})

function parse(connectionString: string) {
  const { username, password, pathname } = new URL(connectionString)
  return {
    connectionString,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  }
}
