import type { UsageReport } from '@graticule/contract'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BuiltApp } from '../../app.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeUsage } from '../../testing/usage-suite.ts'

let stores: PostgresStores
let testApp: TestApp
let warehouse: TestWarehouse
let other: BuiltApp
let token: string
let cookie: string

beforeAll(async () => {
  stores = await startPostgresStores()
  testApp = await createTestApp(() => stores.open())
  warehouse = await createTestWarehouse(testApp)
  other = await testApp.buildServer('other-server')
  token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
  cookie = await testApp.signIn('editor')
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
  await stores.stop()
})
beforeEach(async () => {
  // What was asked before is written before it is taken away.
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  for (const table of ['usage_requests', 'usage_days', 'usage_settings', 'usage_limits', 'usage_notices'] as const) {
    await testApp.store.deleteFrom(table).execute()
  }
})

describe('usage on PostgreSQL', () => {
  describeUsage(() => createTestApp(() => stores.open()))
})

const SQL = '/v3/sql/warehouse/query?q=SELECT%201&client=deck-gl-carto'
const ask = (url: string) => testApp.request({ url, token })
const askOther = (url: string): Promise<LightMyRequestResponse> =>
  other.app.inject({ url, headers: { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' } })

async function rowsBy(by: string): Promise<UsageReport['rows']> {
  return (await testApp.request({ url: `/v3/usage?by=${by}`, as: 'admin' })).json<UsageReport>().rows
}

async function limit(units: number, yearlyUnits: number | null = null): Promise<void> {
  const { revision } = (await testApp.request({ url: '/v3/usage', as: 'admin' })).json<UsageReport>()
  const limits = [{ kind: 'user', id: testApp.users.editor.id, units }]
  const payload = { revision, yearlyUnits, resetsOn: '12-31', limits }
  const url = '/workspace-api/organization/usage-limits'
  const answer = await testApp.request({ method: 'PUT', url, as: 'admin', payload })
  expect(answer.statusCode, answer.body).toBe(200)
}

test('requests that succeed count with their weight, cached ones too; what fails, describes or is not modified is free', async () => {
  const opened = (await ask('/v3/maps/warehouse/table?name=demo.stores')).json<{ tilejson: { url: string[] } }>()
  const tileJson = (await ask(new URL(opened.tilejson.url[0] ?? '').pathname)).json<{ tiles: string[] }>()
  const tile = new URL(tileJson.tiles[0] ?? '').pathname
    .replace('%7Bz%7D', '8')
    .replace('%7Bx%7D', '125')
    .replace('%7By%7D', '96')
    .replace('{z}', '8')
    .replace('{x}', '125')
    .replace('{y}', '96')
  const first = await ask(`${tile}?client=deck-gl-carto`)
  expect(first.statusCode, first.body.slice(0, 200)).toBe(200)
  for (let time = 0; time < 4; time++) await ask(`${tile}?client=deck-gl-carto`)
  const again = await testApp.request({ url: tile, token, headers: { 'if-none-match': String(first.headers.etag) } })
  expect(again.statusCode).toBe(304)
  expect((await ask('/v3/sql/warehouse/query?q=SELECT%20nonsense')).statusCode).toBe(400)
  expect((await ask(SQL)).statusCode).toBe(200)
  expect((await askOther('/v3/sql/warehouse/query?q=SELECT%201&client=an-unheard-of-program')).statusCode).toBe(200)
  await vi.waitFor(
    async () =>
      expect(await rowsBy('metric')).toEqual([
        { key: 'sql.query/deck-gl-carto', name: null, requests: 1, units: 10 },
        { key: 'sql.query/other', name: null, requests: 1, units: 10 },
        { key: 'maps.tile/deck-gl-carto', name: null, requests: 5, units: 0.5 },
      ]),
    5_000,
  )
  // A token's usage is its owner's.
  expect(await rowsBy('person')).toMatchObject([{ key: testApp.users.editor.id, units: 20.5 }])
})

test('whoever hangs up before the end has used it all the same', async () => {
  const baseUrl = await testApp.app.listen({ host: '127.0.0.1', port: 0 })
  const q = "SELECT n, repeat('x', 1000) AS filling FROM generate_series(1, 60000) AS n"
  const connection = new AbortController()
  const answer = await fetch(`${baseUrl}/v3/sql/warehouse/query?${new URLSearchParams({ q })}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: connection.signal,
  })
  expect(answer.status).toBe(200)
  await answer.body?.getReader().read()
  connection.abort()
  await vi.waitFor(async () => expect(await rowsBy('metric')).toMatchObject([{ requests: 1, units: 10 }]), 5_000)
})

test('a limit that is reached refuses on every server within five seconds, until it is raised', async () => {
  await limit(15)
  expect((await ask(SQL)).statusCode).toBe(200)
  expect((await ask(SQL)).statusCode).toBe(200)
  const startedAt = performance.now()
  await vi.waitFor(async () => {
    expect((await ask(SQL)).statusCode).toBe(429)
    expect((await askOther(SQL)).statusCode).toBe(429)
  }, 5_000)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  const refused = await askOther(SQL)
  expect(refused.json()).toMatchObject({
    code: 'too_many_requests',
    decisionId: expect.any(String),
    details: { rule: 'usage.person', limit: 15, resetsAt: expect.stringMatching(/^\d{4}-01-01$/) },
  })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  // What is free goes on.
  expect((await ask('/v3/maps/warehouse/table?name=demo.stores')).statusCode).toBe(200)
  const events = await testApp.store
    .selectFrom('activity')
    .selectAll()
    .where('type', '=', 'usage.quota-reached')
    .execute()
  expect(events).toMatchObject([{ asset_type: 'user', asset_id: testApp.users.editor.id, details: { units: 15 } }])
  await limit(1_000)
  expect((await ask(SQL)).statusCode).toBe(200)
  await vi.waitFor(async () => expect((await askOther(SQL)).statusCode).toBe(200), 5_000)
  // Lowered again, it refuses at once.
  await limit(0)
  expect((await ask(SQL)).statusCode).toBe(429)
  await vi.waitFor(async () => expect((await askOther(SQL)).statusCode).toBe(429), 5_000)
})

test('the quota of the organization refuses nobody, and tells admins once', async () => {
  await limit(1_000_000, 20)
  const mails = async () =>
    (await testApp.request({ url: '/workspace-api/outbox', as: 'admin' }))
      .json<{ mails: { subject: string; to: string }[] }>()
      .mails.filter(({ subject }) => subject.includes('quota'))
  for (let time = 0; time < 4; time++) expect((await ask(SQL)).statusCode).toBe(200)
  await vi.waitFor(async () => expect((await askOther(SQL)).statusCode).toBe(200), 5_000)
  // The superadmin and the admin, of 80% and of all of it.
  await vi.waitFor(async () => expect(await mails()).toHaveLength(4), 5_000)
  expect((await ask(SQL)).statusCode).toBe(200)
  const events = await testApp.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'usage.quota-reached')
    .where('asset_type', '=', 'organization')
    .execute()
  expect(events.map(({ details }) => details.share).sort()).toEqual([100, 80])
})
