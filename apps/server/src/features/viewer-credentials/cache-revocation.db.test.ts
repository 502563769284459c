import { setTimeout as sleep } from 'node:timers/promises'
import { emptyMapDocument, type Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  startRedis,
  startRowSecurityWarehouse,
  type TestRedis,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { App } from '../../http/server.ts'
import { BRIEF_SECONDS } from '../../platform/cache/freshness.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'

// Changes are waited for in real time.
vi.setConfig({ testTimeout: 60_000 })

/** The window that is promised for every change, in milliseconds. */
const WINDOW_MS = BRIEF_SECONDS * 1_000
const STEP_MS = 250
const PER_REGION = 40
const OPENING = '/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom'
const CREDENTIALS = '/v3/connections/warehouse/my-credentials'

let warehouse: RowSecurityWarehouse
let redis: TestRedis
let testApp: TestApp
/** Two servers on one store and one Redis: the first is told of every change, the other one learns of it. */
let servers: readonly [App, App]
let connectionId: string
let mapId: string
let cookie: string
let tilePath: string
const tile = tileAtPosition(0.5, 50.2, 6)

beforeAll(async () => {
  ;[warehouse, redis] = await Promise.all([startRowSecurityWarehouse({ perRegion: PER_REGION }), startRedis()])
  testApp = await createTestApp(undefined, undefined, undefined, { redisUrl: new Secret(redis.url) })
  servers = [testApp.app, (await testApp.buildServer('another')).app]
  await servers[1].ready()
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
  await redis.stop()
})

/** Alice is the viewer, who reads a map of the editor's with a login of her own. */
beforeEach(async () => {
  await testApp.store.updateTable('users').set({ role: 'viewer' }).where('id', '=', testApp.users.viewer.id).execute()
  await warehouse.query('GRANT SELECT ON stores TO PUBLIC')
  // A map of before would go on showing her the source.
  await testApp.store.deleteFrom('maps').execute()
  connectionId = await makePersonalConnection(testApp, warehouse)
  mapId = await shareMap()
  const payload = { login: { user: 'alice', password: LOGIN_PASSWORD } }
  cookie = await testApp.signIn('viewer')
  const given = await ask('PUT', CREDENTIALS, servers[0], payload)
  expect(given.statusCode, given.body).toBe(200)
  tilePath = await findTile()
  // The other server may remember the connection of the test before, which had the same name.
  const isKnown = async () => {
    testApp.clock.advance(STEP_MS)
    expect(handleIn(await ask('GET', OPENING, servers[1]))).toBe(handleIn(await ask('GET', OPENING, servers[0])))
  }
  await vi.waitFor(isKnown, { timeout: 10_000, interval: STEP_MS })
})

async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  server: App,
  payload?: object,
  headers = {},
) {
  const sent = { host: 'localhost', 'sec-fetch-site': 'same-origin', cookie, ...headers }
  return server.inject({ method, url, headers: sent, ...(payload && { payload }) })
}

async function change(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) {
  const answer = await testApp.request({ method, url, as, ...(payload && { payload }) })
  expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBeLessThan(300)
  return answer
}

async function shareMap(): Promise<string> {
  const dataset = {
    ...{ id: 'stores', type: 'table', source: 'public.stores', connectionName: 'warehouse', providerId: 'postgres' },
    ...{ label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' },
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const { id } = (await change('POST', '/workspace-api/maps', 'editor', { document })).json<{ id: string }>()
  await change('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared' })
  return id
}

/** Of the opened source, which depends on its connection. */
const handleIn = (opened: LightMyRequestResponse) => /tilejson\/([\w-]+)/.exec(opened.body)?.[1] ?? opened.body

const pathOf = (address: string) => address.replace(/^https?:\/\/[^/]+/, '')

async function findTile(): Promise<string> {
  const opened = await ask('GET', OPENING, servers[0])
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await ask('GET', pathOf(opened.json().tilejson.url[0]), servers[0])
  const [template = ''] = tileJson.json<{ tiles: string[] }>().tiles
  return pathOf(template).replace('{z}', `${tile.z}`).replace('{x}', `${tile.x}`).replace('{y}', `${tile.y}`)
}

const FORMULA = `/v3/sql/warehouse/model/formula?${new URLSearchParams({
  ...{ type: 'table', source: 'public.stores' },
  params: JSON.stringify({ operation: 'count', column: '*' }),
})}`

const countIn = ({ rawPayload }: LightMyRequestResponse) =>
  rawPayload.byteLength === 0 ? 0 : decodeTile(rawPayload, tile.z, tile.x, tile.y).length

/** Fills every cache with Alice's answers, and answers the tag of her tile. */
async function warm(): Promise<string> {
  let tag = ''
  for (const server of servers) {
    for (let turn = 0; turn < 2; turn++) {
      const answer = await ask('GET', tilePath, server)
      expect(answer.statusCode, answer.body).toBe(200)
      expect(countIn(answer)).toBe(PER_REGION)
      tag = String(answer.headers.etag)
      expect((await ask('GET', FORMULA, server)).json().rows).toEqual([{ value: PER_REGION }])
    }
    const hit = await ask('GET', tilePath, server)
    expect(hit.headers['cache-status']).toMatch(/^graticule; hit; key=/)
    // Before the change, the tag is confirmed: what ends below is not something that never was.
    expect((await ask('GET', tilePath, server, undefined, { 'if-none-match': tag })).statusCode).toBe(304)
  }
  return tag
}

/** Waits in real time, with the servers' clock at its side. */
async function pass(ms: number): Promise<void> {
  await sleep(ms)
  testApp.clock.advance(ms)
}

/**
 * Asks on until every answer is one that may be given after the change: at once where `isAtOnce`, within the window
 * elsewhere. Then it stays so, whatever tag is sent along.
 */
async function expectEnded(
  server: App,
  tag: string,
  isAtOnce: boolean,
  isAllowed: (answer: LightMyRequestResponse) => boolean,
): Promise<void> {
  const paths = [
    { url: tilePath, headers: {} },
    { url: tilePath, headers: { 'if-none-match': tag } },
    { url: FORMULA, headers: {} },
  ]
  const askAll = () => Promise.all(paths.map(({ url, headers }) => ask('GET', url, server, undefined, headers)))
  const startedAt = performance.now()
  for (;;) {
    const answers = await askAll()
    if (answers.every(isAllowed)) break
    const strange = answers.filter((answer) => !isAllowed(answer)).map(({ statusCode }) => statusCode)
    expect(isAtOnce ? Number.POSITIVE_INFINITY : performance.now() - startedAt, `still ${strange}`).toBeLessThan(
      WINDOW_MS,
    )
    await pass(STEP_MS)
  }
  for (const answer of await askAll()) expect(isAllowed(answer), answer.body).toBe(true)
}

const isRefused = ({ statusCode }: LightMyRequestResponse) => statusCode >= 400 && statusCode < 500
/** Not one of Alice's rows. */
const isNarrower = (answer: LightMyRequestResponse) => {
  if (answer.statusCode === 304) return false
  if (answer.statusCode === 204 || isRefused(answer)) return true
  if (String(answer.headers['content-type']).includes('json')) return answer.json().rows[0].value === 0
  return countIn(answer) === 0
}

describe('an answer that was kept ends with the right to it, at both servers and whatever tag is sent, when', () => {
  const NARROWER = [
    [
      'the warehouse’s administrator takes SELECT away',
      () => warehouse.query('REVOKE SELECT ON stores FROM PUBLIC'),
      () => warehouse.query('GRANT SELECT ON stores TO PUBLIC'),
    ],
    [
      'the warehouse’s administrator drops her policy',
      () => warehouse.query('DROP POLICY north ON stores'),
      () => warehouse.query("CREATE POLICY north ON stores FOR SELECT TO north USING (region = 'north')"),
    ],
    [
      'the warehouse’s administrator takes her role away',
      () => warehouse.query('REVOKE north FROM alice'),
      () => warehouse.query('GRANT north TO alice'),
    ],
  ] as const
  test.each(NARROWER)('AC-10: %s', async (_, end, restore) => {
    const tag = await warm()
    try {
      await end()
      // Nobody tells the servers, so that both have the window.
      await Promise.all(servers.map((server) => expectEnded(server, tag, false, isNarrower)))
    } finally {
      await restore()
    }
  })

  const makePrivate = () => change('PUT', `/workspace-api/maps/${mapId}/sharing`, 'editor', { privacy: 'private' })
  const REFUSED: readonly { readonly what: string; readonly end: () => Promise<unknown> }[] = [
    { what: 'she removes her login', end: () => ask('DELETE', CREDENTIALS, servers[0]) },
    { what: 'the editor makes the map private', end: makePrivate },
    { what: 'the map is deleted', end: () => change('DELETE', `/workspace-api/maps/${mapId}`, 'editor') },
    {
      what: 'the connection leads to another database',
      end: () => {
        const config = { ...warehouse.config('author'), database: 'postgres' }
        return change('PATCH', `/v3/connections/${connectionId}`, 'editor', { config, postureReason: 'a test' })
      },
    },
    { what: 'her session ends', end: () => ask('POST', '/auth/sign-out', servers[0]) },
  ]
  test.each(REFUSED)('AC-10: $what', async ({ end }) => {
    const tag = await warm()
    await end()
    await expectEnded(servers[0], tag, true, isRefused)
    await expectEnded(servers[1], tag, false, isRefused)
  })

  test('AC-10: she leaves the group that the map is shared with', async () => {
    const name = `Readers of ${mapId}`
    const { id } = (await change('POST', '/workspace-api/groups', 'superadmin', { name })).json<{ id: string }>()
    const members = `/workspace-api/groups/${id}/members`
    await change('POST', members, 'superadmin', { userIds: [testApp.users.viewer.id] })
    const sharing = { privacy: 'shared', sharingScope: 'specific', groupIds: [id], userIds: [] }
    await change('PUT', `/workspace-api/maps/${mapId}/sharing`, 'editor', sharing)
    await pass(1_500)
    const tag = await warm()
    await change('DELETE', `${members}/${testApp.users.viewer.id}`, 'superadmin')
    await expectEnded(servers[0], tag, true, isRefused)
    await expectEnded(servers[1], tag, false, isRefused)
  })
})

test('every change of rights makes new keys, so that no tag from before it is confirmed to anybody', async () => {
  const tag = await warm()
  const before = (await ask('GET', tilePath, servers[0])).headers['cache-status']
  const group = { name: `Readers ${connectionId}` }
  await change('POST', '/workspace-api/groups', 'superadmin', group)
  for (const server of servers) {
    const startedAt = performance.now()
    for (;;) {
      const answer = await ask('GET', tilePath, server, undefined, { 'if-none-match': tag })
      if (answer.statusCode === 200 && answer.headers.etag !== tag) {
        expect(countIn(answer)).toBe(PER_REGION)
        expect(answer.headers['cache-status']).not.toBe(before)
        break
      }
      expect(performance.now() - startedAt).toBeLessThan(WINDOW_MS)
      await pass(STEP_MS)
    }
  }
})

test('what one server keeps another one finds, and nobody but the same person does', async () => {
  const [one, other] = servers
  const kept = await ask('GET', tilePath, one)
  expect(kept.headers['cache-status']).toContain('fwd=miss; stored')
  await sleep(50)
  const found = await ask('GET', tilePath, other)
  expect(found.headers['cache-status']).toBe(String(kept.headers['cache-status']).replace('fwd=miss; stored', 'hit'))
  expect(found.rawPayload).toEqual(kept.rawPayload)
  expect(found.headers.etag).toBe(kept.headers.etag)
  const payload = { login: { user: 'bob', password: LOGIN_PASSWORD } }
  const given = await testApp.request({ method: 'PUT', url: CREDENTIALS, as: 'admin', payload })
  expect(given.statusCode, given.body).toBe(200)
  const cookieOfBob = await testApp.signIn('admin')
  const answer = await ask('GET', tilePath, other, undefined, { cookie: cookieOfBob })
  expect(answer.headers['cache-status']).toContain('fwd=miss; stored')
  expect(countIn(answer)).toBe(0)
})

test('Redis killed in the middle fails no request and makes no answer wrong, and is used again when it is back', async () => {
  const { port } = redis
  await warm()
  await redis.stop()
  for (let turn = 0; turn < 10; turn++) {
    for (const server of servers) {
      const answer = await ask('GET', `${tilePath}&turn=${turn}`, server)
      expect(answer.statusCode, answer.body).toBe(200)
      expect(countIn(answer)).toBe(PER_REGION)
    }
  }
  redis = await startRedis(port)
  // Asked past the cache at one server until the other finds what that one keeps.
  const isShared = async () => {
    const made = await ask('GET', tilePath, servers[0], undefined, { 'cache-control': 'no-cache' })
    expect(countIn(made)).toBe(PER_REGION)
    await sleep(WINDOW_MS / 20)
    const found = await ask('GET', tilePath, servers[1])
    expect(countIn(found)).toBe(PER_REGION)
    return found.headers['cache-status']
  }
  await pass(WINDOW_MS)
  await expect.poll(isShared, { timeout: 15_000, interval: 200 }).toMatch(/; hit;/)
}, 60_000)
