import type { ConnectionPosture, GovernancePolicies, Role } from '@graticule/contract'
import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'

const RULE = 'governance.connections.owner-rights'
const governance = '/workspace-api/organization/governance'

let testApp: TestApp
let warehouse: RowSecurityWarehouse

beforeAll(async () => {
  ;[testApp, warehouse] = await Promise.all([createTestApp(), startRowSecurityWarehouse({ perRegion: 10 })])
  await warehouse.query(`
    CREATE VIEW leaking AS SELECT * FROM stores;
    CREATE MATERIALIZED VIEW copied AS SELECT * FROM stores;
    CREATE FUNCTION count_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM stores';
    CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
    GRANT SELECT ON leaking, copied TO PUBLIC;
  `)
  await makePersonalConnection(testApp, warehouse)
  const login = { user: 'alice', password: LOGIN_PASSWORD }
  const payload = { login }
  const given = await testApp.request({
    method: 'PUT',
    url: '/v3/connections/warehouse/my-credentials',
    as: 'admin',
    payload,
  })
  expect(given.statusCode, given.body).toBe(200)
})
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})

async function set(policies: Partial<GovernancePolicies>) {
  const { revision } = (await testApp.request({ url: governance, as: 'admin' })).json()
  const changed = await testApp.request({
    method: 'PATCH',
    url: governance,
    as: 'admin',
    payload: { revision, policies },
  })
  expect(changed.statusCode, changed.body).toBe(200)
}
const query = (sql: string, connection = 'warehouse', as: Role = 'admin') =>
  testApp.request({ url: `/v3/sql/${connection}/query?q=${encodeURIComponent(sql)}`, as })
const outcome = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
  answer.statusCode < 400 ? answer.statusCode : `${answer.statusCode} ${answer.json().details?.rule}`
const pathOf = (address: string) => address.replace(/^https?:\/\/[^/]+/, '')
const openTable = (name: string) => testApp.request({ url: `/v3/maps/warehouse/table?name=${name}`, as: 'admin' })

test('what reads with the rights of an owner is refused where each has a login of their own, what was kept as well', async () => {
  const opened = (await openTable('public.leaking')).json()
  const { tiles } = (await testApp.request({ url: pathOf(opened.tilejson.url[0]), as: 'admin' })).json()
  const tile = pathOf(tiles[0]).replace('{z}', '0').replace('{x}', '0').replace('{y}', '0')
  const ways = {
    tile: () => testApp.request({ url: tile, as: 'admin' }),
    // The columns of what was opened before are remembered for a while; nothing of its rows is.
    table: () => openTable('public.copied'),
    view: () => query('SELECT count(*) FROM leaking'),
    copy: () => query('SELECT count(*) FROM copied'),
    function: () => query('SELECT count_all()'),
    inside: () => query('WITH rows AS (SELECT * FROM leaking) SELECT * FROM stores WHERE id IN (SELECT id FROM rows)'),
    opaque: () => query('SELECT one()'),
    file: () =>
      testApp.request({ url: '/v3/sql/warehouse/query?q=SELECT%20*%20FROM%20leaking&format=ndjson', as: 'admin' }),
  }
  for (const [way, ask] of Object.entries(ways)) {
    if (way !== 'file' && way !== 'table') expect(outcome(await ask()), way).toBe(200)
  }
  await set({ 'connections.owner-rights': true })
  for (const [way, ask] of Object.entries(ways)) {
    const answer = await ask()
    if (way === 'file') expect(answer.statusCode).toBe(403)
    else expect(outcome(answer), way).toBe(`403 ${RULE}`)
    expect(answer.json().decisionId, way).toEqual(expect.any(String))
  }
  expect((await ways.view()).json().error).toBe(
    'public.leaking shows what its owner may see, and on "warehouse" nothing is read with the rights of somebody else; read the tables behind it, or ask an admin to change that in Settings → Governance.',
  )
  expect((await ways.opaque()).json().error).toContain('What one reads cannot be looked into')
  // The tables behind it are read as ever, tiles, statistics and SQL alike, and what is wrong is told as it was.
  expect((await query('SELECT count(*) AS n FROM stores')).json().rows).toEqual([{ n: 10 }])
  expect(outcome(await query('SELECT * FROM nothing_here'))).not.toContain(RULE)
  const table = (await openTable('public.stores')).json()
  const tileJson = (await testApp.request({ url: pathOf(table.tilejson.url[0]), as: 'admin' })).json()
  const good = pathOf(tileJson.tiles[0]).replace('{z}', '0').replace('{x}', '0').replace('{y}', '0')
  expect(outcome(await testApp.request({ url: good, as: 'admin' }))).toBe(200)
  await set({ 'connections.owner-rights': false })
  expect(outcome(await ways.view())).toBe(200)
})

test('another server notices within five seconds, and the owner is bound as everybody else', async () => {
  await set({ 'connections.owner-rights': false })
  const other = await testApp.buildServer('second-server')
  const cookie = await testApp.signIn('admin')
  const headers = { cookie, host: 'localhost', 'sec-fetch-site': 'same-origin' }
  const there = () => other.app.inject({ url: '/v3/sql/warehouse/query?q=SELECT%20count(*)%20FROM%20leaking', headers })
  expect(outcome(await there())).toBe(200)
  await set({ 'connections.owner-rights': true })
  await vi.waitFor(async () => expect(outcome(await there())).toBe(`403 ${RULE}`), { timeout: 5_000, interval: 200 })
  expect(outcome(await query('SELECT count(*) FROM leaking', 'warehouse', 'editor'))).toBe(`403 ${RULE}`)
})

test('a connection that lends its own login is left alone', async () => {
  await set({ 'connections.owner-rights': true })
  const payload = { name: 'lent', providerId: 'postgres', config: warehouse.config('author'), privacy: 'private' }
  const made = await testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
  expect(made.statusCode, made.body).toBe(201)
  expect(outcome(await query('SELECT count(*) FROM leaking', 'lent', 'editor'))).toBe(200)
})

test('what the check of a login warns of is red then, where each has a login of their own, and a plan says what changes', async () => {
  const severity = async (name: string) => {
    const url = `/v3/connections/${name}/posture`
    await vi.waitFor(async () => {
      expect((await testApp.request({ url, as: 'editor' })).json<ConnectionPosture>().state).toBe('checked')
    }, 15_000)
    const { report } = (await testApp.request({ url, as: 'editor' })).json<ConnectionPosture>()
    return [report?.severity, report?.findings.find(({ rule }) => rule === 'owner-view')?.severity]
  }
  const severities = async () => ({ warehouse: await severity('warehouse'), lent: await severity('lent') })
  await set({ 'connections.owner-rights': false })
  const before = await severities()
  expect(before.warehouse[1]).toBe('amber')
  const { revision } = (await testApp.request({ url: governance, as: 'admin' })).json()
  const payload = { revision, policies: { 'connections.owner-rights': true } }
  const planned = await testApp.request({ method: 'POST', url: `${governance}/plan`, as: 'admin', payload })
  expect(planned.json().changes).toMatchObject([
    {
      id: 'connections.owner-rights',
      sentence: 'Where everybody reads with a login of their own, nothing is read with the rights of somebody else.',
    },
  ])
  await set({ 'connections.owner-rights': true })
  expect(await severities()).toEqual({ warehouse: ['red', 'red'], lent: before.lent })
})
