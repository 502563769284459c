import { emptyMapDocument, type Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  SOUTHERN_CANARY,
  startRowSecurityWarehouse,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { enableSupport, enterBySupportLink } from '../../testing/support-guest.ts'

let testApp: TestApp
let warehouse: RowSecurityWarehouse
let connectionId: string
let mapId: string

const PER_REGION = 500
/** Tiles that the stores of a region lie in. */
const NORTH = tileAtPosition(0.5, 50.05, 6)
const SOUTH = tileAtPosition(100.5, -49.95, 6)

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION })
  testApp = await createTestApp()
  const created = await testApp.request({
    method: 'POST',
    url: '/v3/connections',
    as: 'editor',
    payload: {
      name: 'warehouse',
      providerId: 'postgres',
      config: warehouse.config('author'),
      privacy: 'shared',
      credentialPolicy: 'viewer',
    },
  })
  expect(created.statusCode, created.body).toBe(201)
  connectionId = created.json().id
  // The check of the login that was saved is over before the log is looked at.
  const posture = () => testApp.request({ url: '/v3/connections/warehouse/posture', as: 'editor' })
  await vi.waitFor(async () => expect((await posture()).json().state).toBe('checked'), 10_000)
  mapId = await createMap()
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})
beforeEach(async () => {
  for (const role of ['viewer', 'admin', 'superadmin', 'guest'] as const) await takeBack(role)
  await warehouse.forgetLog()
})

async function createMap(): Promise<string> {
  const dataset = {
    id: 'stores',
    type: 'table',
    source: 'public.stores',
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const created = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { document },
  })
  expect(created.statusCode, created.body).toBe(201)
  const { id } = created.json<{ id: string }>()
  const shared = await testApp.request({
    method: 'PUT',
    url: `/workspace-api/maps/${id}/sharing`,
    as: 'editor',
    payload: { privacy: 'shared' },
  })
  expect(shared.statusCode, shared.body).toBe(200)
  return id
}

const PATH = '/v3/connections/warehouse/my-credentials'

function give(as: Role, login: string, password = LOGIN_PASSWORD) {
  return testApp.request({ method: 'PUT', url: PATH, as, payload: { login: { user: login, password } } })
}

const takeBack = (as: Role) => testApp.request({ method: 'DELETE', url: PATH, as })

async function giveWell(as: Role, login: string): Promise<void> {
  const given = await give(as, login)
  expect(given.statusCode, given.body).toBe(200)
}

/** The paths by which data of a table leave the server, each as its client asks. */
const TABLE = { name: 'public.stores', spatialDataColumn: 'geom' }
const query = (parameters: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ).toString()

/** Every answer differs, so that none comes from memory. */
let fresh = 0

interface Asker {
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

function askAs(as: Role): Asker {
  return { get: (url, headers = {}) => testApp.request({ method: 'GET', url, as, headers }) }
}

async function tilesOf(asker: Asker): Promise<string> {
  const opened = await asker.get(`/v3/maps/warehouse/table?${query(TABLE)}`)
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await asker.get(opened.json().tilejson.url[0].replace('http://localhost', ''))
  expect(tileJson.statusCode, tileJson.body).toBe(200)
  return tileJson.json().tiles[0].replace('http://localhost', '')
}

const addressOf = (template: string, { z, x, y }: { z: number; x: number; y: number }) =>
  template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)

const countWidget = () =>
  `/v3/sql/warehouse/model/formula?${query({
    source: 'public.stores',
    type: 'table',
    params: { operation: 'count', column: '*' },
    client: ++fresh,
  })}`
const countSql = () => `/v3/sql/warehouse/query?${query({ q: `SELECT count(*)::int AS n FROM stores -- ${++fresh}` })}`

async function countAs(login: string): Promise<number> {
  const [row] = await warehouse.queryAs<{ n: number }>(login, 'SELECT count(*)::int AS n FROM stores')
  return row?.n ?? -1
}

/** Who has asked anything at all. */
const usersInLog = async () => new Set((await warehouse.loggedStatements()).map(({ user }) => user))

/** What was sent for anybody; the superuser's are the marks of the log. */
const sentStatements = async () => (await warehouse.loggedStatements()).filter(({ user }) => user !== 'postgres')

describe('a connection that everybody reads with a login of their own', () => {
  test('sends nothing for somebody who has none, and says so to programs and people', async () => {
    const asker = askAs('admin')
    const paths = [
      `/v3/maps/warehouse/table?${query(TABLE)}`,
      `/v3/maps/warehouse/query?${query({ q: 'SELECT * FROM stores', spatialDataColumn: 'geom' })}`,
      countWidget(),
      countSql(),
      '/v3/stats/warehouse/public.stores/revenue',
      '/workspace-api/connections/warehouse/schemas',
      '/workspace-api/connections/warehouse/schemas/public/tables',
      '/workspace-api/connections/warehouse/tables/public.stores',
    ]
    for (const path of paths) {
      const answer = await asker.get(path)
      expect(answer.statusCode, path).toBe(403)
      expect(answer.json()).toMatchObject({
        code: 'credentials_required',
        error: 'The data of "warehouse" are read with a database login of your own; add yours to see them.',
        details: {
          connectionId,
          connectionName: 'warehouse',
          state: 'none',
          give: { method: 'PUT', path: `/v3/connections/${connectionId}/my-credentials`, fields: ['user', 'password'] },
        },
      })
    }
    const job = await testApp.request({
      method: 'POST',
      url: '/v3/sql/warehouse/job',
      as: 'admin',
      payload: { query: 'SELECT 1' },
    })
    expect(job.json()).toMatchObject({ code: 'credentials_required' })
    expect(await warehouse.loggedStatements()).toEqual([])
  })

  test('reads tiles, widgets, previews, lists and SQL as the login that the person gave, and counts as psql does', async () => {
    await giveWell('viewer', 'alice')
    await giveWell('admin', 'bob')
    await giveWell('superadmin', 'nina')
    const counts = { viewer: await countAs('alice'), admin: await countAs('bob'), superadmin: await countAs('nina') }
    expect(counts).toEqual({ viewer: PER_REGION, admin: PER_REGION, superadmin: 0 })
    const logins = { viewer: 'alice', admin: 'bob', superadmin: 'nina' } as const
    for (const as of ['viewer', 'admin', 'superadmin'] as const) {
      await warehouse.forgetLog()
      const asker = askAs(as)
      const template = await tilesOf(asker)
      const north = await asker.get(addressOf(template, NORTH))
      const south = await asker.get(addressOf(template, SOUTH))
      expect([north.statusCode, south.statusCode]).toEqual(
        { viewer: [200, 204], admin: [204, 200], superadmin: [204, 204] }[as],
      )
      const widget = await asker.get(countWidget())
      expect(widget.json(), widget.body).toMatchObject({ rows: [{ value: counts[as] }] })
      if (as !== 'viewer') {
        const rows = await asker.get(countSql())
        expect(rows.json().rows, rows.body).toEqual([{ n: counts[as] }])
        const preview = await asker.get(
          `/v3/sql/warehouse/query?${query({ q: 'SELECT * FROM public.stores LIMIT 100' })}`,
        )
        expect(preview.json().rows).toHaveLength(Math.min(100, counts[as]))
        const tables = await asker.get('/workspace-api/connections/warehouse/schemas/public/tables?refresh=true')
        expect(tables.body).toContain('stores')
      }
      const stats = await asker.get('/v3/stats/warehouse/public.stores/revenue')
      expect(stats.statusCode, stats.body).toBe(200)
      expect(await usersInLog()).toEqual(new Set([logins[as]]))
    }
  })

  test('keeps the owner on the login that is stored in it', async () => {
    const owner = askAs('editor')
    expect((await owner.get(countSql())).json().rows).toEqual([{ n: 2 * PER_REGION }])
    expect(await usersInLog()).toEqual(new Set(['author']))
    const given = await give('editor', 'alice')
    expect(given.statusCode).toBe(422)
    expect(given.json()).toMatchObject({ details: { rule: 'credential.own' } })
  })

  test('never lets a number of its author or of anybody else into what a person gets', async () => {
    await giveWell('viewer', 'alice')
    await giveWell('admin', 'bob')
    const [alice, bob, author] = [askAs('viewer'), askAs('admin'), askAs('editor')]
    // The others go first, so that anything shared would be theirs.
    for (const other of [author, bob]) {
      const template = await tilesOf(other)
      await other.get(addressOf(template, SOUTH))
      await other.get(addressOf(template, { z: 0, x: 0, y: 0 }))
      await other.get(countWidget())
      await other.get('/v3/stats/warehouse/public.stores/revenue')
    }
    const seen: Buffer[] = []
    const noting: Asker = {
      get: async (url, headers) => {
        const answer = await alice.get(url, headers)
        seen.push(answer.rawPayload, Buffer.from(JSON.stringify(answer.headers)))
        return answer
      },
    }
    const template = await tilesOf(noting)
    for (let z = 0; z <= 6; z++) {
      for (const [lon, lat] of [
        [0.5, 50.05],
        [100.5, -49.95],
      ] as const) {
        await noting.get(addressOf(template, tileAtPosition(lon, lat, z)))
      }
    }
    await noting.get(countWidget())
    const stats = await noting.get('/v3/stats/warehouse/public.stores/revenue')
    expect(stats.json()).toMatchObject({ max: PER_REGION })
    await noting.get(`/v3/maps/public/${mapId}`)
    await noting.get(`/workspace-api/viewer/maps/${mapId}`)
    for (const bytes of seen) expect(bytes.includes(SOUTHERN_CANARY)).toBe(false)
    // Zooming to the layer leads to what she may see, not to where the rest is.
    const opened = await alice.get(`/v3/maps/warehouse/table?${query(TABLE)}`)
    const tileJson = await alice.get(opened.json().tilejson.url[0].replace('http://localhost', ''))
    const [west, south, east, north] = tileJson.json<{ bounds: [number, number, number, number] }>().bounds
    expect(west).toBeGreaterThanOrEqual(-0.1)
    expect(east).toBeLessThanOrEqual(1.1)
    expect(south).toBeGreaterThanOrEqual(49.9)
    expect(north).toBeLessThanOrEqual(60)
    const tile = await alice.get(addressOf(template, { z: 0, x: 0, y: 0 }))
    const regions = decodeTile(tile.rawPayload, 0, 0, 0).map(({ properties }) => properties.region)
    expect(new Set(regions)).toEqual(new Set(['north']))
  })

  test('answers nothing that a cache may keep, and never confirms what somebody else was given', async () => {
    await giveWell('viewer', 'alice')
    await giveWell('admin', 'alice')
    const [first, second] = [askAs('viewer'), askAs('admin')]
    const template = await tilesOf(first)
    expect(await tilesOf(second)).toBe(template)
    const mine = await first.get(addressOf(template, NORTH))
    const again = await first.get(addressOf(template, NORTH))
    const theirs = await second.get(addressOf(template, NORTH))
    for (const answer of [mine, again, theirs, await first.get(countWidget()), await second.get(countSql())]) {
      expect(answer.headers['cache-control']).toBe('private, no-store')
      expect(answer.headers.vary).toContain('Authorization')
    }
    // The same login, and so the same bytes; but the tag is each person's own.
    expect(theirs.rawPayload.equals(mine.rawPayload)).toBe(true)
    expect(theirs.headers.etag).not.toBe(mine.headers.etag)
    const confirmed = await first.get(addressOf(template, NORTH), { 'if-none-match': `${mine.headers.etag}` })
    expect(confirmed.statusCode).toBe(304)
    const asked = await second.get(addressOf(template, NORTH), { 'if-none-match': `${mine.headers.etag}` })
    expect(asked.statusCode).toBe(200)
    await takeBack('viewer')
    const gone = await first.get(addressOf(template, NORTH), { 'if-none-match': `${mine.headers.etag}` })
    expect(gone.json()).toMatchObject({ code: 'credentials_required' })
    expect(gone.headers['cache-control']).toBe('private, no-store')
    await giveWell('viewer', 'bob')
    const other = await first.get(addressOf(template, NORTH), { 'if-none-match': `${mine.headers.etag}` })
    expect(other.statusCode).toBe(204)
  })

  const DATA_PATHS = () => [
    `/v3/maps/warehouse/table?${query(TABLE)}`,
    `/v3/maps/warehouse/query?${query({ q: 'SELECT * FROM public.stores', spatialDataColumn: 'geom' })}`,
    countWidget(),
    '/v3/stats/warehouse/public.stores/revenue',
  ]

  /** Asks for everything, of which nothing may be answered and nothing sent. */
  async function expectRefused(asker: Asker, paths: readonly string[], rule: string): Promise<void> {
    await warehouse.forgetLog()
    for (const path of paths) {
      const answer = await asker.get(path)
      expect(answer.statusCode, `${path}: ${answer.body}`).toBe(403)
      expect(answer.json(), path).toMatchObject({ code: 'forbidden', details: { rule } })
      expect(answer.body).not.toContain(SOUTHERN_CANARY)
    }
    expect(await sentStatements()).toEqual([])
  }

  test('is closed to tokens, the owner’s too', async () => {
    const token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
    const asker: Asker = { get: (url, headers = {}) => testApp.request({ url, token, headers }) }
    await expectRefused(asker, [...DATA_PATHS(), countSql()], 'credential.viewer.token')
  })

  test('is closed to a public link, which leaves out what it cannot show', async () => {
    const sharing = `/workspace-api/maps/${mapId}/sharing`
    const share = (payload: object) => testApp.request({ method: 'PUT', url: sharing, as: 'editor', payload })
    const setPolicy = async (credentialPolicy: 'owner' | 'viewer') => {
      const payload = { credentialPolicy }
      const url = '/v3/connections/warehouse'
      const changed = await testApp.request({ method: 'PATCH', url, as: 'editor', payload })
      expect(changed.statusCode, changed.body).toBe(200)
    }
    // A link of a time when everybody read with the stored login: nobody decided that the public does so now.
    await setPolicy('owner')
    const published = await share({ privacy: 'public' })
    expect(published.statusCode, published.body).toBe(200)
    await setPolicy('viewer')
    await warehouse.forgetLog()
    const opened = await testApp.request({ url: `/v3/maps/public/${mapId}` })
    expect(opened.statusCode, opened.body).toBe(200)
    const map = opened.json<{ token: string; datasets: unknown[]; graticule: { omitted: { reason: string }[] } }>()
    expect(map.datasets).toEqual([])
    expect(map.graticule.omitted[0]?.reason).toContain('public link')
    expect(await sentStatements()).toEqual([])
    const asker: Asker = { get: (url, headers = {}) => testApp.request({ url, token: map.token, headers }) }
    const [table = '', , widget = '', stats = ''] = DATA_PATHS()
    await expectRefused(asker, [table, widget, stats], 'credential.viewer.public-map')
    for (const url of [table, widget, stats]) expect((await testApp.request({ url })).statusCode, url).toBe(401)
    expect(await sentStatements()).toEqual([])
    expect((await share({ privacy: 'shared' })).statusCode).toBe(200)
  })

  test('is closed to whoever looks as somebody else, also where that person has a login', async () => {
    await giveWell('admin', 'bob')
    const sideways = { 'sec-fetch-site': 'same-origin' }
    for (const [viewer, person] of [
      ['superadmin', 'admin'],
      ['admin', 'editor'],
    ] as const) {
      const headers = { cookie: await testApp.signIn(viewer), ...sideways }
      const payload = { userId: testApp.users[person].id }
      const begun = await testApp.request({ method: 'POST', url: '/auth/view-as', headers, payload })
      expect(begun.statusCode, begun.body).toBe(204)
      const asker: Asker = { get: (url, more = {}) => testApp.request({ url, headers: { ...headers, ...more } }) }
      // Without SQL of one's own, which a view has no right to anywhere.
      const [table = '', , widget = '', stats = ''] = DATA_PATHS()
      await expectRefused(asker, [table, widget, stats, countSql()], 'view-as')
      const given = {
        method: 'PUT' as const,
        url: PATH,
        headers,
        payload: { login: { user: 'alice', password: LOGIN_PASSWORD } },
      }
      expect((await testApp.request(given)).json()).toMatchObject({ status: 403, details: { rule: 'view-as' } })
    }
    expect(await sentStatements()).toEqual([])
    // Whom they looked as still reads.
    expect((await askAs('admin').get(countWidget())).json()).toMatchObject({ rows: [{ value: PER_REGION }] })
  })

  test('is closed to support people, who cannot give a login either', async () => {
    const { link } = await enableSupport(testApp, 'admin').then(({ links }) => ({ link: links[0]?.link ?? '' }))
    const support = await enterBySupportLink(testApp, link)
    const asker: Asker = { get: (url, headers = {}) => support.request({ url, headers }) }
    await expectRefused(asker, [...DATA_PATHS(), countSql()], 'credential.viewer.support')
    const payload = { login: { user: 'alice', password: LOGIN_PASSWORD } }
    const given = await support.request({ method: 'PUT', url: PATH, payload })
    expect(given.json()).toMatchObject({ status: 403, details: { rule: 'support.credential.manage' } })
    expect(await sentStatements()).toEqual([])
  })
})

describe('a login of one’s own', () => {
  test('is tried before it is stored, and one that the database refuses is not', async () => {
    const refused = await give('viewer', 'alice', 'wrong')
    expect(refused.json()).toMatchObject({ code: 'warehouse_auth_failed' })
    expect(refused.body).not.toContain('wrong')
    expect((await testApp.request({ method: 'GET', url: PATH, as: 'viewer' })).json()).toMatchObject({
      state: 'none',
      needed: true,
      loginName: null,
      fields: [
        { name: 'user', secret: false },
        { name: 'password', secret: true },
      ],
    })
    const given = await give('viewer', 'alice')
    expect(given.json(), given.body).toMatchObject({ state: 'valid', loginName: 'alice', connectionId })
    expect(given.body).not.toContain(LOGIN_PASSWORD)
    const row = await testApp.store.selectFrom('viewer_credentials').selectAll().executeTakeFirstOrThrow()
    expect(row.secrets).not.toContain(LOGIN_PASSWORD)
    const events = await testApp.store
      .selectFrom('activity')
      .select(['type', 'actor_id', 'details'])
      .where('type', 'like', 'viewer-credential.%')
      .where('actor_id', '=', testApp.users.viewer.id)
      .orderBy('position', 'desc')
      .limit(2)
      .execute()
    expect(events.map(({ type }) => type)).toEqual(['viewer-credential.added', 'viewer-credential.rejected'])
    expect(JSON.stringify(events)).not.toContain(LOGIN_PASSWORD)
  })

  test('ends at once when it is removed: what runs is stopped and its sockets are closed', async () => {
    await giveWell('admin', 'bob')
    const running = testApp.request({
      method: 'GET',
      url: `/v3/sql/warehouse/query?${query({ q: 'SELECT pg_sleep(60)' })}`,
      as: 'admin',
    })
    const sessions = () =>
      warehouse.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE usename = 'bob' AND state IS NOT NULL")
    await expect.poll(async () => (await sessions()).length).toBeGreaterThan(0)
    expect((await takeBack('admin')).statusCode).toBe(204)
    expect((await running).json()).toMatchObject({ code: 'credentials_required' })
    await expect.poll(async () => (await sessions()).length).toBe(0)
    expect((await askAs('admin').get(countSql())).json()).toMatchObject({ code: 'credentials_required' })
    expect((await takeBack('admin')).statusCode).toBe(204)
  })

  test('ends within seconds on another server too', async () => {
    const other = await testApp.buildServer('another-server')
    await other.app.ready()
    await giveWell('admin', 'bob')
    const cookie = await testApp.signIn('admin')
    const ask = () =>
      other.app.inject({ url: countSql(), headers: { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin' } })
    expect((await ask()).statusCode).toBe(200)
    await takeBack('admin')
    await expect.poll(async () => (await ask()).json().code, { timeout: 5_000 }).toBe('credentials_required')
    await expect
      .poll(async () => (await warehouse.query("SELECT FROM pg_stat_activity WHERE usename = 'bob'")).length, {
        timeout: 5_000,
      })
      .toBe(0)
  })

  test('that the database does not accept any more is asked for again, and not tried meanwhile', async () => {
    await warehouse.addLogin('carol')
    await giveWell('admin', 'carol')
    await warehouse.query("ALTER ROLE carol PASSWORD 'another'; SELECT 1")
    await warehouse.forgetLog()
    const asked = await Promise.all(Array.from({ length: 5 }, () => askAs('admin').get(countSql())))
    for (const answer of asked) {
      expect(answer.json(), answer.body).toMatchObject({ code: 'credentials_required', details: { state: 'rejected' } })
      expect(answer.json().error).toContain('did not accept your login')
    }
    const again = await askAs('admin').get(countSql())
    expect(again.json()).toMatchObject({ details: { state: 'rejected' } })
    const events = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'viewer-credential.rejected')
      .where('actor_id', '=', testApp.users.admin.id)
      .execute()
    expect(events.filter(({ details }) => details.loginName === 'carol')).toHaveLength(1)
    await giveWell('admin', 'bob')
    expect((await askAs('admin').get(countSql())).json().rows).toEqual([{ n: PER_REGION }])
  })

  test('is never sent to another place than it was given for', async () => {
    await giveWell('admin', 'bob')
    const config = { ...warehouse.config('author'), database: 'postgres' }
    const edit = (changed: Record<string, unknown>) =>
      testApp.request({ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload: { config: changed } })
    expect((await edit(config)).statusCode).toBe(200)
    await warehouse.forgetLog()
    const answer = await askAs('admin').get(countSql())
    expect(answer.json()).toMatchObject({ code: 'credentials_required', details: { state: 'revoked' } })
    expect((await usersInLog()).has('bob')).toBe(false)
    expect((await edit({ ...warehouse.config('author') })).statusCode).toBe(200)
    expect((await askAs('admin').get(countSql())).statusCode).toBe(200)
  })

  test('serves a guest what a map shows them, and nothing to whom no map does', async () => {
    const unknown = await give('guest', 'alice')
    expect(unknown.statusCode).toBe(404)
  })

  test('is of no use where everybody reads with the connection’s own', async () => {
    const set = (credentialPolicy: string) =>
      testApp.request({
        method: 'PATCH',
        url: '/v3/connections/warehouse',
        as: 'editor',
        payload: { credentialPolicy },
      })
    await giveWell('admin', 'bob')
    const lent = await set('owner')
    expect(lent.json(), lent.body).toMatchObject({ credentialPolicy: 'owner', privacy: 'shared', myCredentials: null })
    expect((await askAs('admin').get(countSql())).json().rows).toEqual([{ n: 2 * PER_REGION }])
    expect((await give('admin', 'bob')).json()).toMatchObject({ details: { rule: 'credential.owner' } })
    expect(await testApp.store.selectFrom('viewer_credentials').selectAll().execute()).toEqual([])
    await set('viewer')
    expect((await askAs('admin').get(countSql())).json()).toMatchObject({ code: 'credentials_required' })
    const listed = await askAs('admin').get('/v3/connections')
    expect(listed.json()).toEqual([expect.objectContaining({ credentialPolicy: 'viewer', myCredentials: 'none' })])
  })
})
