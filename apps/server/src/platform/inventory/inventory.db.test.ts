import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeInventoryOf } from '../../testing/inventory-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { openDatabase } from '../db/database.ts'
import { listHome } from './home-contents.ts'
import { METADATA_INVENTORY } from './metadata-inventory.ts'
import { PLACES } from './place-inventory.ts'

// A start loads the whole server, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('the inventory of a store on PostgreSQL', () => {
  describeInventoryOf(() => stores.open())
})

describe('a server that has served tiles, queries, widgets and jobs', () => {
  const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url))
  /** In one row of the warehouse, and never written by whoever asks. */
  const CANARY = 'canary-5f1e0c77'
  let folder: string
  let postgres: TestPostgres
  let metadata: TestDatabase
  let warehouse: TestDatabase
  let child: ChildProcess
  let url: string
  let output = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'graticule-disk-'))
    await mkdir(join(folder, 'tmp'))
    postgres = await startPostgres()
    metadata = await createDatabase(postgres, { postgis: false })
    warehouse = await createDatabase(postgres)
    const data = openDatabase(warehouse.connectionString)
    await sql`CREATE TABLE places (id int PRIMARY KEY, name text, amount float8, geom geometry(Point, 4326))`.execute(
      data,
    )
    await sql`INSERT INTO places SELECT n, CASE n WHEN 7 THEN ${sql.lit(CANARY)} ELSE 'place ' || n END, n,
      ST_SetSRID(ST_MakePoint(n / 10.0, n / 10.0), 4326) FROM generate_series(1, 50) n`.execute(data)
    await data.destroy()
    child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        PORT: '0',
        GRATICULE_DEMO: 'off',
        GRATICULE_HOME: join(folder, 'home'),
        TMPDIR: join(folder, 'tmp'),
        DATABASE_URL: metadata.connectionString,
        INTERNAL_HOSTS: postgres.host,
        LOG_LEVEL: 'trace',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)))
    await vi.waitFor(() => expect(output).toMatch(/ready at http/), { timeout: 90_000, interval: 100 })
    url = /ready at (http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1] ?? ''
  }, 180_000)
  afterAll(async () => {
    child.kill('SIGKILL')
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const listFiles = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort()
  }
  const filesWithCanary = async () => {
    const found: string[] = []
    for (const file of await listFiles()) {
      if ((await readFile(join(folder, file))).includes(CANARY)) found.push(file)
    }
    return found
  }

  test('has left no byte of a row on the disk, in its log or in its store, and no file that nobody named', async () => {
    const token = /\/setup\?token=([\w-]+)/.exec(output)?.[1]
    const set = await fetch(`${url}/auth/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token,
        organizationName: 'Corp',
        name: 'Ada',
        email: 'ada@corp.example',
        password: 'correct horse battery',
      }),
    })
    expect(set.status).toBe(200)
    const cookie = set.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const send = async (method: string, path: string, body?: object) => {
      const answer = await fetch(path.startsWith('http') ? path : `${url}${path}`, {
        method,
        headers: {
          cookie,
          origin: url,
          'sec-fetch-site': 'same-origin',
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      })
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(answer.status, `${method} ${path}: ${bytes.toString('latin1').slice(0, 300)}`).toBeLessThan(300)
      return bytes
    }
    const { host, port, database, user, password } = warehouse
    const config = { host, port, database, user, password }
    await send('POST', '/v3/connections', { name: 'warehouse', providerId: 'postgres', config })
    const before = await listFiles()

    const rows = await send('POST', '/v3/sql/warehouse/query', { q: 'SELECT * FROM places ORDER BY id' })
    expect(rows.toString()).toContain(CANARY)
    const tileJson = JSON.parse(
      String(await send('GET', '/v3/maps/warehouse/table?name=public.places&format=tilejson')),
    ) as { tilejson?: { url: string[] }; tiles?: string[] }
    const template = tileJson.tiles?.[0] ?? tileJson.tilejson?.url[0] ?? ''
    const tiles = template.includes('{z}')
      ? template
      : ((JSON.parse(String(await send('GET', template))) as { tiles: string[] }).tiles[0] ?? '')
    const tile = await send('GET', tiles.replace('{z}', '0').replace('{x}', '0').replace('{y}', '0'))
    expect(tile.length).toBeGreaterThan(100)
    await send('POST', '/v3/sql/warehouse/job', { query: 'SELECT * FROM places' })
    const params = { column: 'name', operation: 'max', operationColumn: 'amount' }
    const widget = new URLSearchParams({ type: 'table', source: 'public.places', params: JSON.stringify(params) })
    expect(String(await send('GET', `/v3/sql/warehouse/model/category?${widget}`))).toContain(CANARY)
    // What is told to the log by turns of its own is written by now.
    child.kill('SIGTERM')
    await once(child, 'exit')

    expect(await filesWithCanary()).toEqual([])
    expect(output).not.toContain(CANARY)
    const isNamed = (file: string) => {
      const [where, name = ''] = file.split('/')
      const kind = where === 'home' ? 'home folder' : 'temporary folder'
      return PLACES.some((place) => place.where === kind && place.name?.test(name))
    }
    const after = await listFiles()
    expect([...before, ...after].filter((file) => !isNamed(file))).toEqual([])
    expect(after.filter((file) => !before.includes(file))).toEqual([])
    expect((await listHome(join(folder, 'home'))).filter(({ place }) => place === null)).toEqual([])

    const store = openDatabase(metadata.connectionString)
    for (const table of Object.keys(METADATA_INVENTORY)) {
      const quoted = sql.table(table)
      const { rows: found } = await sql`SELECT 1 FROM ${quoted} AS row WHERE row::text LIKE ${`%${CANARY}%`}`.execute(
        store,
      )
      expect(found, table).toEqual([])
    }
    await store.destroy()
  })
})
