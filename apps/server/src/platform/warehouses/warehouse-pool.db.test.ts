import { setTimeout as sleep } from 'node:timers/promises'
import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import { PROVIDERS } from '@graticule/warehouses'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WarehousePool, type WarehousePoolOptions } from './warehouse-pool.ts'
import type { StatementContext, StatementRecord, WarehouseTarget } from './warehouse-target.ts'

let server: TestPostgres
let database: TestDatabase
let observer: pg.Client

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server, { postgis: true })
  observer = new pg.Client({ connectionString: database.connectionString })
  await observer.connect()
  await observer.query('CREATE ROLE first_login LOGIN; CREATE ROLE second_login LOGIN')
})
afterAll(async () => {
  await observer.end()
  await server.stop()
})

const context: StatementContext = { principal: { kind: 'anonymous' }, requestId: 'request', purpose: 'query' }
const options = { timeoutMs: 10_000 }

function createPool(changes: Partial<WarehousePoolOptions> = {}) {
  const records: StatementRecord[] = []
  const pool = new WarehousePool({
    findProvider: (id) => {
      const provider = PROVIDERS.find((candidate) => candidate.id === id)
      if (!provider) throw new Error(`no provider ${id}`)
      return provider
    },
    embeddedWarehouse: null,
    readEpoch: async () => 0,
    admitHost: () => async (host) => [{ address: host, family: 4 }],
    onStatement: (record) => records.push(record),
    ...changes,
  })
  return { pool, records }
}

function targetOf(connectionId: string, user = 'first_login', changes: Partial<WarehouseTarget> = {}): WarehouseTarget {
  const { host, port, database: name } = database
  return {
    organizationId: 'organization',
    connectionId,
    connectionName: connectionId,
    providerId: 'postgres',
    databaseIdentity: 'owner',
    credentialVersion: 1,
    embedded: false,
    readConfig: () => ({ host, port, database: name, user, sslMode: 'disable' }),
    ...changes,
  }
}

async function countSessions(user: string): Promise<number> {
  const { rows } = await observer.query('SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = $1', [user])
  return rows[0].n
}

async function waitForSessions(user: string, count: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await countSessions(user)) === count) return
    await sleep(25)
  }
  throw new Error(`${user} never had ${count} sessions.`)
}

describe('the pool of warehouses', () => {
  it('opens one warehouse for each identity and credential version, and never mixes them', async () => {
    const { pool } = createPool()
    const whoAmI = async (target: WarehouseTarget) =>
      (await pool.use(target, context).run({ text: 'SELECT current_user::text AS name', values: [] }, options)).rows[0]
    const first = targetOf('c')
    const second = targetOf('c', 'second_login', { databaseIdentity: 'viewer' })
    const changed = targetOf('c', 'second_login', { credentialVersion: 2 })
    const answers = await Promise.all([first, second, changed, first].map(whoAmI))
    expect(answers.map((row) => row?.name)).toEqual(['first_login', 'second_login', 'second_login', 'first_login'])
    expect(pool.openCount).toBe(3)
    await pool.close()
  })

  it('opens nothing before the first statement, and closes what nobody uses', async () => {
    const { pool } = createPool({ idleMs: 1_000 })
    const warehouse = pool.use(targetOf('idle'), context)
    expect(pool.openCount).toBe(0)
    await warehouse.run({ text: 'SELECT 1', values: [] }, options)
    expect(await countSessions('first_login')).toBeGreaterThan(0)
    pool.sweep(performance.now() + 500)
    expect(pool.openCount).toBe(1)
    pool.sweep(performance.now() + 2_000)
    expect(pool.openCount).toBe(0)
    await waitForSessions('first_login', 0)
    // The view outlives the door: it opens again.
    await warehouse.run({ text: 'SELECT 1', values: [] }, options)
    await pool.close()
    await waitForSessions('first_login', 0)
  })

  it('lets statements of a retired connection finish before it hangs up', async () => {
    const { pool } = createPool()
    const running = pool
      .use(targetOf('retired'), context)
      .run({ text: 'SELECT pg_sleep(0.3), 7 AS n', values: [] }, options)
    await sleep(100)
    pool.retireConnection('retired')
    expect(pool.openCount).toBe(0)
    expect((await running).rows[0]?.n).toBe(7)
    await waitForSessions('first_login', 0)
    await pool.close()
  })

  it('keeps no door that did not open', async () => {
    const { pool } = createPool()
    let port = 1
    const target = targetOf('flaky', 'first_login', {
      readConfig: () => ({ ...targetOf('x').readConfig(), port }),
    })
    const warehouse = pool.use(target, context)
    await expect(warehouse.run({ text: 'SELECT 1', values: [] }, options)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
      message: expect.stringContaining('127.0.0.1:1'),
    })
    expect(pool.openCount).toBe(0)
    port = database.port
    await expect(warehouse.run({ text: 'SELECT 1 AS n', values: [] }, options)).resolves.toBeDefined()
    await pool.close()
  })

  it('stays within its bound: an idle warehouse makes room, busy ones do not', async () => {
    const { pool } = createPool({ maxOpen: 1 })
    const ask = (id: string, text: string) => pool.use(targetOf(id), context).run({ text, values: [] }, options)
    await ask('a', 'SELECT 1')
    await ask('b', 'SELECT 1')
    expect(pool.openCount).toBe(1)
    const busy = ask('b', 'SELECT pg_sleep(0.3)')
    await sleep(50)
    await expect(ask('c', 'SELECT 1')).rejects.toMatchObject({ code: 'too_many_requests' })
    await busy
    await pool.close()
  })

  it('runs only so many statements at once on one connection', async () => {
    const { pool, records } = createPool({ maxRunning: 2 })
    const warehouse = pool.use(targetOf('narrow'), context)
    await Promise.all(
      Array.from({ length: 6 }, () => warehouse.run({ text: 'SELECT pg_sleep(0.1)', values: [] }, options)),
    )
    expect(await countSessions('first_login')).toBeLessThanOrEqual(2)
    expect(records).toHaveLength(6)
    expect(Math.max(...records.map((record) => record.queuedMs))).toBeGreaterThan(100)
    await pool.close()
  })

  it('tells the meter of every statement, however it ends', async () => {
    const { pool, records } = createPool()
    const warehouse = pool.use(targetOf('metered'), { ...context, mapId: 'map-1' })
    await warehouse.run({ text: 'SELECT * FROM generate_series(1, 5)', values: [] }, options)
    await expect(warehouse.run({ text: 'SELEC', values: [] }, options)).rejects.toMatchObject({ code: 'invalid_query' })
    for await (const batch of warehouse.stream(
      { text: 'SELECT * FROM generate_series(1, 5000)', values: [] },
      options,
    )) {
      if (batch.rows.length > 0) break
    }
    expect(records.map((record) => record.outcome)).toEqual(['ok', 'invalid_query', 'cancelled'])
    expect(records[0]).toMatchObject({ rows: 5, context: { mapId: 'map-1', purpose: 'query' } })
    await pool.close()
  })

  it('says so when there is no embedded warehouse, and after it was closed', async () => {
    const { pool } = createPool()
    const embedded = pool.use(targetOf('demo', 'x', { embedded: true }), context)
    await expect(embedded.run({ text: 'SELECT 1', values: [] }, options)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
      message: expect.stringContaining('embedded'),
    })
    await pool.close()
    await expect(embedded.run({ text: 'SELECT 1', values: [] }, options)).rejects.toMatchObject({
      message: expect.stringContaining('stopping'),
    })
  })
})
