import { emptyMapDocument, type PublicationCheck, type PublishingLoginList, type Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  SOUTHERN_CANARY,
  startRowSecurityWarehouse,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { meetInDatabase } from '../../testing/meet-in-database.ts'

// AC-19: a public map on a connection with viewer credentials is a deliberate act.

let testApp: TestApp
let warehouse: RowSecurityWarehouse
let connectionId: string
let loginId: string

const PER_REGION = 500
const ALL = 2 * PER_REGION
/** Tiles that the stores of a region lie in. */
const NORTH = tileAtPosition(0.5, 50.05, 6)
const SOUTH = tileAtPosition(100.5, -49.95, 6)
const GOVERNANCE = '/workspace-api/organization/governance'
const LOGINS = '/v3/connections/warehouse/publishing-logins'

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: PER_REGION })
  // What the public may see: the north.
  await warehouse.addLogin('public_reader')
  await warehouse.query('GRANT north TO public_reader')
  testApp = await createTestApp()
  const created = await call('POST', '/v3/connections', 'editor', {
    name: 'warehouse',
    providerId: 'postgres',
    config: warehouse.config('author'),
    privacy: 'shared',
    credentialPolicy: 'viewer',
  })
  expect(created.statusCode, created.body).toBe(201)
  connectionId = created.json().id
  const posture = () => testApp.request({ url: '/v3/connections/warehouse/posture', as: 'editor' })
  await vi.waitFor(async () => expect((await posture()).json().state).toBe('checked'), 10_000)
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})
beforeEach(async () => {
  for (const { id } of await logins()) await call('DELETE', `${LOGINS}/${id}`, 'editor')
  await setPreset('as CARTO')
  await warehouse.forgetLog()
})

function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as?: Role, payload?: object) {
  return testApp.request({ method, url, ...(as ? { as } : {}), ...(payload ? { payload } : {}) })
}
const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
  `${answer.statusCode} ${answer.json().details?.rule}`
const logins = async () => (await call('GET', LOGINS, 'editor')).json<PublishingLoginList>().logins

async function setPreset(preset: 'as CARTO' | 'strict'): Promise<void> {
  const { revision } = (await call('GET', GOVERNANCE, 'admin')).json()
  const policies = { 'maps.public-viewer-credentials': preset === 'as CARTO' }
  const changed = await call('PATCH', GOVERNANCE, 'admin', { revision, policies })
  expect(changed.statusCode, changed.body).toBe(200)
}

async function addLogin(user = 'public_reader', name = 'The public'): Promise<string> {
  const added = await call('POST', LOGINS, 'editor', { name, login: { user, password: LOGIN_PASSWORD } })
  expect(added.statusCode, added.body).toBe(201)
  const found = added.json<PublishingLoginList>().logins.find((login) => login.name === name)
  loginId = found?.id ?? ''
  return loginId
}

async function createMap(as: Role = 'editor'): Promise<string> {
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
  const created = await call('POST', '/workspace-api/maps', as, { document })
  expect(created.statusCode, created.body).toBe(201)
  return created.json().id
}

const publish = (id: string, publication?: object, as: Role = 'editor') =>
  call('PUT', `/workspace-api/maps/${id}/sharing`, as, { privacy: 'public', ...(publication ? { publication } : {}) })
const unpublish = (id: string) => call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'private' })
const check = async (id: string, wish: object = {}, as: Role = 'editor') => {
  const checked = await call('POST', `/workspace-api/maps/${id}/publication-check`, as, wish)
  expect(checked.statusCode, checked.body).toBe(200)
  return checked.json<PublicationCheck>()
}
const REASON = { reason: 'The stores of the north are on our website' }

async function publishWell(id: string, publication: object = REASON): Promise<void> {
  const published = await publish(id, publication)
  expect(published.statusCode, published.body).toBe(200)
}

const publicDocument = async (id: string, token?: string) =>
  testApp.request({ url: `/v3/maps/public/${id}`, ...(token ? { token } : {}) })

/** A visitor with the token of a map. */
function visitor(token: string) {
  const get = (url: string) => testApp.request({ url, token })
  return {
    get,
    async tiles(): Promise<string> {
      const opened = await get('/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom')
      expect(opened.statusCode, opened.body).toBe(200)
      const tileJson = await get(opened.json().tilejson.url[0].replace('http://localhost', ''))
      expect(tileJson.statusCode, tileJson.body).toBe(200)
      return tileJson.json().tiles[0].replace('http://localhost', '')
    },
    tile: (template: string, { z, x, y }: { z: number; x: number; y: number }) =>
      get(template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)),
  }
}

const tokenOf = async (id: string): Promise<string> => (await publicDocument(id)).json().token

/** Who has asked since the log was forgotten; the superuser's statements are the marks of the log. */
const usersInLog = async () =>
  new Set((await warehouse.loggedStatements()).map(({ user }) => user).filter((user) => user !== 'postgres'))

const eventsOf = async (assetId: string) =>
  (await testApp.store.selectFrom('activity').selectAll().orderBy('position').execute()).filter(
    (event) => event.asset_id === assetId,
  )

describe('AC-19: under the preset as CARTO', () => {
  test('the pre-flight shows what the publisher and the public see, as each login counts, and asks for a reason', async () => {
    await addLogin()
    const id = await createMap()
    await warehouse.forgetLog()
    const shown = await check(id)
    expect(shown.connections).toMatchObject([
      { id: connectionId, credentialPolicy: 'viewer', loginId, refusal: null, logins: [{ id: loginId }] },
    ])
    expect(shown.sources).toMatchObject([
      { labels: ['Stores'], publisher: { rows: ALL }, public: { rows: PER_REGION }, widens: true },
    ])
    expect(shown.needsReason).toBe(true)
    expect(await usersInLog()).toEqual(new Set(['author', 'public_reader']))
    // Looking changes nothing.
    expect((await publicDocument(id)).statusCode).toBe(404)
    for (const wish of [undefined, {}, { reason: '  ' }]) {
      const refused = await publish(id, wish)
      expect(ruleOf(refused), refused.body).toBe('422 publication.reason')
      expect(refused.json().details.sources).toHaveLength(1)
    }
    expect((await publicDocument(id)).statusCode).toBe(404)
  })

  test('the public reads with the publishing login alone, as the log of the warehouse says', async () => {
    await addLogin()
    const id = await createMap()
    await publishWell(id)
    await warehouse.forgetLog()
    const document = (await publicDocument(id)).json()
    expect(document.graticule.omitted).toEqual([])
    const anybody = visitor(document.token)
    const template = await anybody.tiles()
    const [north, south] = [await anybody.tile(template, NORTH), await anybody.tile(template, SOUTH)]
    expect([north.statusCode, south.statusCode]).toEqual([200, 204])
    const world = await anybody.tile(template, { z: 0, x: 0, y: 0 })
    expect(world.rawPayload.includes(SOUTHERN_CANARY)).toBe(false)
    expect(decodeTile(world.rawPayload, 0, 0, 0).every(({ properties }) => properties.region === 'north')).toBe(true)
    expect(world.headers['cache-control']).toBe('private, no-store')
    expect(await usersInLog()).toEqual(new Set(['public_reader']))
    // The owner goes on with the login of their own, from a memory of their own.
    const own = await testApp.request({
      url: template.replace('{z}/{x}/{y}', `${SOUTH.z}/${SOUTH.x}/${SOUTH.y}`),
      as: 'editor',
    })
    expect(own.statusCode).toBe(200)
    expect(await usersInLog()).toEqual(new Set(['public_reader', 'author']))
  })

  test('everything about it is in the log, and no secret is', async () => {
    await addLogin()
    const id = await createMap()
    await publishWell(id)
    const decided = (await eventsOf(id)).filter(({ type }) => type === 'map.publication-decided')
    expect(decided.map(({ details }) => details)).toMatchObject([
      {
        cause: 'published',
        reason: REASON.reason,
        connections: [{ connection: 'warehouse', credentialPolicy: 'viewer', publishingLogin: 'The public' }],
        sources: [{ labels: ['Stores'], publisherRows: ALL, publicRows: PER_REGION, widens: true }],
      },
    ])
    const added = (await eventsOf(connectionId)).filter(({ type }) => type === 'publishing-login.added')
    expect(added.at(-1)?.details).toMatchObject({ name: 'warehouse', login: 'The public', loginName: 'public_reader' })
    const all = await testApp.store.selectFrom('activity').selectAll().execute()
    expect(JSON.stringify(all)).not.toContain(LOGIN_PASSWORD)
    const stored = await testApp.store.selectFrom('publishing_logins').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(LOGIN_PASSWORD)
    expect((await call('GET', LOGINS, 'editor')).body).not.toContain(LOGIN_PASSWORD)
  })

  test('without a publishing login the stored one is its owner’s to give, with a reason, and nobody else’s', async () => {
    const id = await createMap()
    const shown = await check(id)
    expect(shown.connections).toMatchObject([{ loginId: null, logins: [], refusal: null, ownRefusal: null }])
    expect(shown.sources).toMatchObject([{ publisher: { rows: ALL }, public: { rows: ALL }, widens: true }])
    expect(ruleOf(await publish(id))).toBe('422 publication.reason')
    await publishWell(id)
    await warehouse.forgetLog()
    const anybody = visitor(await tokenOf(id))
    expect((await anybody.tile(await anybody.tiles(), SOUTH)).statusCode).toBe(200)
    expect(await usersInLog()).toEqual(new Set(['author']))
    // An admin owns another map on it and has a login of their own there; neither is for the public.
    const given = await call('PUT', '/v3/connections/warehouse/my-credentials', 'admin', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(given.statusCode, given.body).toBe(200)
    const theirs = await createMap('admin')
    const refused = await publish(theirs, REASON, 'admin')
    expect(ruleOf(refused), refused.body).toBe('422 publication.own-login')
    expect((await publicDocument(theirs)).statusCode).toBe(404)
    await addLogin()
    const allowed = await publish(theirs, REASON, 'admin')
    expect(allowed.statusCode, allowed.body).toBe(200)
    await call('DELETE', '/v3/connections/warehouse/my-credentials', 'admin')
  })

  test('of several publishing logins one is chosen, and another choice counts at once', async () => {
    const north = await addLogin()
    const nobody = await addLogin('nina', 'Nobody')
    const id = await createMap()
    expect(ruleOf(await publish(id, REASON))).toBe('422 publication.choose')
    expect(ruleOf(await publish(id, { ...REASON, logins: { [connectionId]: 'gone' } }))).toBe('422 publication.login')
    // Who sees nothing widens nothing, so that no reason is asked for.
    const empty = await check(id, { logins: { [connectionId]: nobody } })
    expect(empty).toMatchObject({ needsReason: false, sources: [{ public: { rows: 0 }, widens: false }] })
    await publishWell(id, { logins: { [connectionId]: nobody } })
    const anybody = visitor(await tokenOf(id))
    const template = await anybody.tiles()
    expect((await anybody.tile(template, NORTH)).statusCode).toBe(204)
    await publishWell(id, { ...REASON, logins: { [connectionId]: north } })
    expect((await anybody.tile(template, NORTH)).statusCode).toBe(200)
    expect((await logins()).map(({ name, publicMapCount }) => [name, publicMapCount])).toEqual([
      ['Nobody', 0],
      ['The public', 1],
    ])
  })

  test('a password stands before the tiles too, and unpublishing stops them at once', async () => {
    await addLogin()
    const id = await createMap()
    await publishWell(id)
    const open = visitor(await tokenOf(id))
    const template = await open.tiles()
    expect((await open.tile(template, NORTH)).statusCode).toBe(200)
    const options = { password: 'open sesame' }
    const set = await call('PATCH', `/workspace-api/maps/${id}/sharing-options`, 'editor', options)
    expect(set.statusCode, set.body).toBe(200)
    // Neither the token of before nor none opens a tile.
    expect((await open.tile(template, NORTH)).statusCode).toBe(401)
    const address = template.replace('{z}/{x}/{y}', `${NORTH.z}/${NORTH.x}/${NORTH.y}`)
    expect((await testApp.request({ url: address })).statusCode).toBe(401)
    expect((await publicDocument(id)).statusCode).toBe(401)
    const unlocked = await call('POST', `/v3/maps/public/${id}/unlock`, undefined, options)
    const proved = visitor(unlocked.json().token)
    expect((await proved.tile(template, NORTH)).statusCode).toBe(200)
    await unpublish(id)
    expect((await proved.tile(template, NORTH)).statusCode).toBe(401)
    // What it was published with does not wait for the next time.
    expect(await testApp.store.selectFrom('map_publications').selectAll().where('map_id', '=', id).execute()).toEqual(
      [],
    )
  })

  test('a publishing login that is removed, or changed, ends what was answered with it', async () => {
    await addLogin()
    const id = await createMap()
    await publishWell(id)
    const anybody = visitor(await tokenOf(id))
    const template = await anybody.tiles()
    expect((await anybody.tile(template, NORTH)).statusCode).toBe(200)
    const changed = await call('PATCH', `${LOGINS}/${loginId}`, 'editor', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(changed.statusCode, changed.body).toBe(200)
    expect([await anybody.tile(template, NORTH), await anybody.tile(template, SOUTH)].map((t) => t.statusCode)).toEqual(
      [204, 200],
    )
    await call('DELETE', `${LOGINS}/${loginId}`, 'editor')
    await warehouse.forgetLog()
    const closed = await anybody.tile(template, SOUTH)
    expect(ruleOf(closed), closed.body).toBe('403 publication.closed')
    // Never the stored login instead.
    expect(await usersInLog()).toEqual(new Set())
    const [omitted] = (await publicDocument(id)).json().graticule.omitted
    expect(omitted.reason).toBe(
      'This part of the map is closed to its public link for now; whoever made the map can publish it anew.',
    )
    const open = async () =>
      (await warehouse.query("SELECT 1 FROM pg_stat_activity WHERE usename IN ('bob', 'public_reader')")).length
    await vi.waitFor(async () => expect(await open()).toBe(0), 10_000)
  })

  test('a login that the warehouse refuses is tried no more, and the public is told nothing of it', async () => {
    await warehouse.addLogin('fleeting')
    await addLogin('public_reader', 'Fleeting')
    const id = await createMap()
    await publishWell(id)
    const anybody = visitor(await tokenOf(id))
    const template = await anybody.tiles()
    // Another login takes its place, so that no socket of it is open when its password changes.
    const login = { user: 'fleeting', password: LOGIN_PASSWORD }
    expect((await call('PATCH', `${LOGINS}/${loginId}`, 'editor', { login })).statusCode).toBe(200)
    await warehouse.query("ALTER ROLE fleeting PASSWORD 'another one'")
    const refused = await anybody.tile(template, SOUTH)
    expect(ruleOf(refused), refused.body).toBe('403 publication.closed')
    expect(refused.body).not.toContain('fleeting')
    expect((await logins()).map(({ state }) => state)).toEqual(['rejected'])
    const types = (await eventsOf(connectionId)).map(({ type }) => type)
    expect(types).toContain('publishing-login.rejected')
  })

  test('what publishing updates adds for the public is asked about like a new public map', async () => {
    await addLogin()
    await warehouse.query(
      'CREATE TABLE depots AS SELECT * FROM stores; GRANT SELECT ON depots TO PUBLIC; ANALYZE depots',
    )
    const id = await createMap()
    await publishWell(id)
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const added = { ...document.datasets[0], id: 'depots', source: 'public.depots', label: 'Depots' }
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'editor', {
      revision,
      document: { ...document, datasets: [...document.datasets, added] },
    })
    expect(saved.statusCode, saved.body).toBe(200)
    const shown = await check(id)
    expect(shown.sources).toMatchObject([{ labels: ['Depots'], public: { rows: ALL }, widens: true }])
    const update = (publication?: object) =>
      call('POST', `/workspace-api/maps/${id}/publish`, 'editor', {
        revision: revision + 1,
        ...(publication && { publication }),
      })
    expect(ruleOf(await update())).toBe('422 publication.reason')
    expect((await update(REASON)).statusCode).toBe(200)
    expect((await publicDocument(id)).json().datasets).toHaveLength(2)
  })
})

describe('AC-19: publishing updates on a connection that is closed to the public', () => {
  test('shows all that becomes visible again, the old sources too, and keeps what it is not about closed', async () => {
    const first = await addLogin()
    await warehouse.query('CREATE TABLE ports AS SELECT * FROM stores; GRANT SELECT ON ports TO PUBLIC; ANALYZE ports')
    const id = await createMap()
    await publishWell(id)
    // Its login is removed, so that the connection is closed to the link until somebody chooses anew.
    await call('DELETE', `${LOGINS}/${first}`, 'editor')
    const second = await addLogin()
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const added = { ...document.datasets[0], id: 'ports', source: 'public.ports', label: 'Ports' }
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'editor', {
      revision,
      document: { ...document, datasets: [...document.datasets, added] },
    })
    expect(saved.statusCode, saved.body).toBe(200)
    const wish = { logins: { [connectionId]: second } }
    expect((await check(id, wish)).sources.map(({ labels }) => labels).sort()).toEqual([['Ports'], ['Stores']])
    const update = (publication: object) =>
      call('POST', `/workspace-api/maps/${id}/publish`, 'editor', { revision: revision + 1, publication })
    const refused = await update(wish)
    expect(ruleOf(refused), refused.body).toBe('422 publication.reason')
    expect(refused.json().details.sources).toHaveLength(2)
    expect((await update({ ...wish, ...REASON })).statusCode).toBe(200)
    const decided = (await eventsOf(id)).filter(({ type }) => type === 'map.publication-decided')
    expect(decided.at(-1)?.details.sources).toHaveLength(2)
  })
})

describe('whoever may not use a connection any more', () => {
  const share = (privacy: 'private' | 'shared') =>
    call('PUT', '/v3/connections/warehouse/sharing', 'editor', { privacy })

  test('counts nothing of it through their map, and chooses no login for the public', async () => {
    await addLogin()
    const given = await call('PUT', '/v3/connections/warehouse/my-credentials', 'admin', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(given.statusCode, given.body).toBe(200)
    const [draft, shown] = [await createMap('admin'), await createMap('admin')]
    expect((await publish(shown, REASON, 'admin')).statusCode).toBe(200)
    await warehouse.forgetLog()
    expect((await check(draft, {}, 'admin')).sources).toMatchObject([{ public: { rows: PER_REGION } }])
    expect(await usersInLog()).toEqual(new Set(['bob', 'public_reader']))
    const taken = await share('private')
    expect(taken.statusCode, taken.body).toBe(200)
    try {
      await warehouse.forgetLog()
      for (const id of [draft, shown]) {
        expect(await check(id, {}, 'admin')).toEqual({
          ...{ connections: [], sources: [], needsReason: false },
          version: expect.any(String),
        })
        const refused = await publish(id, { ...REASON, logins: { [connectionId]: loginId } }, 'admin')
        expect(refused.statusCode, refused.body).toBe(400)
        expect(refused.json().error).toContain('which does not exist or is not shared with you')
      }
      expect(await usersInLog()).toEqual(new Set())
    } finally {
      expect((await share('shared')).statusCode).toBe(200)
      await call('DELETE', '/v3/connections/warehouse/my-credentials', 'admin')
    }
  })

  test('chooses the logins of the other connections of their public map all the same', async () => {
    await addLogin()
    const kept = await call('POST', '/v3/connections', 'admin', {
      ...{ name: 'kept', providerId: 'postgres', config: warehouse.config('author'), credentialPolicy: 'owner' },
    })
    expect(kept.statusCode, kept.body).toBe(201)
    const keptLogins = '/v3/connections/kept/publishing-logins'
    const login = { user: 'public_reader', password: LOGIN_PASSWORD }
    const given = await call('POST', keptLogins, 'admin', { name: 'Of the kept one', login })
    expect(given.statusCode, given.body).toBe(201)
    const keptLogin = given.json<PublishingLoginList>().logins[0]?.id ?? ''
    const id = await createMap('admin')
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'admin')).json()
    const other = { ...document.datasets[0], id: 'kept', connectionName: 'kept', label: 'Kept' }
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'admin', {
      revision,
      document: { ...document, datasets: [...document.datasets, other] },
    })
    expect(saved.statusCode, saved.body).toBe(200)
    const keptId = kept.json().id
    const published = await publish(id, { ...REASON, logins: { [keptId]: null } }, 'admin')
    expect(published.statusCode, published.body).toBe(200)
    const chosen = () =>
      testApp.store
        .selectFrom('map_publications')
        .selectAll()
        .where('map_id', '=', id)
        .orderBy('connection_id')
        .execute()
    const before = (await chosen()).find((row) => row.connection_id === connectionId)
    expect((await share('private')).statusCode).toBe(200)
    try {
      const wish = { logins: { [keptId]: keptLogin } }
      const { version, sources } = await check(id, wish, 'admin')
      expect(sources.map(({ labels }) => labels)).toEqual([['Kept']])
      const changed = await publish(id, { ...REASON, ...wish, version }, 'admin')
      expect(changed.statusCode, changed.body).toBe(200)
      const after = await chosen()
      expect(after.find((row) => row.connection_id === keptId)?.login_id).toBe(keptLogin)
      expect(after.find((row) => row.connection_id === connectionId)).toEqual(before)
      const refused = await publish(id, { ...REASON, logins: { [keptId]: null, [connectionId]: null } }, 'admin')
      expect(refused.statusCode, refused.body).toBe(400)
    } finally {
      expect((await share('shared')).statusCode).toBe(200)
    }
  })

  test('counts nothing of what the owner of a public map adds to it, and helps to publish it for a reason', async () => {
    await addLogin()
    await warehouse.query('CREATE TABLE yards AS SELECT * FROM stores; GRANT SELECT ON yards TO PUBLIC; ANALYZE yards')
    const id = await createMap()
    await publishWell(id)
    const options = await call('PATCH', `/workspace-api/maps/${id}/sharing-options`, 'editor', { collaborative: true })
    expect(options.statusCode, options.body).toBe(200)
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const added = { ...document.datasets[0], id: 'yards', source: 'public.yards', label: 'Yards' }
    const draft = { ...document, datasets: [...document.datasets, added] }
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'editor', { revision, document: draft })
    expect(saved.statusCode, saved.body).toBe(200)
    expect((await share('private')).statusCode).toBe(200)
    try {
      await warehouse.forgetLog()
      expect((await check(id, {}, 'admin')).sources).toEqual([])
      const update = (publication?: object) =>
        call('POST', `/workspace-api/maps/${id}/publish`, 'admin', {
          revision: revision + 1,
          ...(publication && { publication }),
        })
      expect(ruleOf(await update())).toBe('422 publication.reason')
      const published = await update(REASON)
      expect(published.statusCode, published.body).toBe(200)
      expect(await usersInLog()).toEqual(new Set())
      const decided = (await eventsOf(id)).filter(({ type }) => type === 'map.publication-decided')
      expect(decided.at(-1)?.details).toMatchObject({ sources: [{ publisherRows: null, publicRows: null }] })
    } finally {
      expect((await share('shared')).statusCode).toBe(200)
    }
  })
})

describe('a link that is ended while somebody shares the map', () => {
  test('stays ended, as nobody looked at what the public would see', async () => {
    await addLogin()
    const id = await createMap()
    await publishWell(id)
    const answers = await meetInDatabase(testApp, `SELECT id FROM maps WHERE id = '${id}' FOR UPDATE`, [
      () => unpublish(id),
      () => publish(id),
    ])
    expect(answers[0]?.statusCode, answers[0]?.body).toBe(200)
    expect(answers.map(ruleOf)[1]).toBe('409 publication.changed')
    expect((await publicDocument(id)).statusCode).toBe(404)
  })
})

describe('AC-19: what a publisher looked at does not become something else behind a public link', () => {
  const named = (method: 'POST' | 'PATCH' | 'DELETE', name: string, payload?: object) =>
    call(method, method === 'POST' ? '/v3/named-sources' : `/v3/named-sources/${name}`, 'admin', payload)
  const north = "SELECT * FROM public.stores WHERE region = 'north'"
  /** What was read of the table; the checks of a login that was stored a moment ago look at the catalogue alone. */
  const readsOfStores = async () =>
    (await warehouse.loggedStatements()).filter(({ text, user }) => user !== 'postgres' && text.includes('stores'))
  const omitted = async (id: string) => (await publicDocument(id)).json().graticule.omitted

  /** Draws the name of a named source of somebody else, who reads the connection with a login of their own. */
  async function createNamedMap(name: string, connectionName = 'warehouse'): Promise<string> {
    const id = await createMap()
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const datasets = [{ ...document.datasets[0], type: 'query', source: name, connectionName }]
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'editor', {
      revision,
      document: { ...document, datasets },
    })
    expect(saved.statusCode, saved.body).toBe(200)
    return id
  }

  async function addConnection(name: string, credentialPolicy: 'owner' | 'viewer', user = 'author'): Promise<string> {
    const created = await call('POST', '/v3/connections', 'editor', {
      ...{ name, providerId: 'postgres', config: warehouse.config(user), privacy: 'shared', credentialPolicy },
    })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function pointMapAt(id: string, connectionName: string): Promise<void> {
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const datasets = [{ ...document.datasets[0], connectionName }]
    const saved = await call('PATCH', `/workspace-api/maps/${id}`, 'editor', {
      revision,
      document: { ...document, datasets },
    })
    expect(saved.statusCode, saved.body).toBe(200)
  }

  async function expectOpen(id: string): Promise<void> {
    expect(await omitted(id)).toEqual([])
  }
  async function expectClosed(id: string, sentence = 'is closed to its public link'): Promise<void> {
    await warehouse.forgetLog()
    expect(await omitted(id)).toMatchObject([{ reason: expect.stringContaining(sentence) }])
    expect(await readsOfStores()).toEqual([])
  }

  test('a named source that somebody changes, or makes or brings back under a name, closes the maps that draw it', async () => {
    const given = await call('PUT', '/v3/connections/warehouse/my-credentials', 'admin', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(given.statusCode, given.body).toBe(200)
    const made = await named('POST', 'northern-stores', {
      ...{ name: 'northern-stores', connection_name: 'warehouse', source: north },
    })
    expect(made.statusCode, made.body).toBe(201)
    const [id, other] = [await createNamedMap(' northern-stores\n'), await createMap()]
    const publishBoth = async () => {
      for (const each of [id, other]) await publishWell(each, { ...REASON, logins: { [connectionId]: null } })
    }
    await publishBoth()
    const anybody = visitor(await tokenOf(id))
    await expectOpen(id)
    // What it says of itself is nothing that the public reads.
    await named('PATCH', 'northern-stores', { description: 'Of the north', source: north })
    await expectOpen(id)
    const source = 'SELECT * FROM public.stores'
    expect((await named('PATCH', 'northern-stores', { source })).statusCode).toBe(200)
    await expectClosed(id)
    const read = await anybody.get(`/v3/sql/warehouse/query?${new URLSearchParams({ q: 'northern-stores' })}`)
    expect(read.statusCode, read.body).toBeGreaterThanOrEqual(400)
    expect(read.body).not.toContain(SOUTHERN_CANARY)
    // Under the preset strict a map that was closed is as a new one.
    await setPreset('strict')
    const refused = await publish(id, { ...REASON, logins: { [connectionId]: null } })
    expect(ruleOf(refused), refused.body).toBe('403 governance.maps.public-viewer-credentials')
    await setPreset('as CARTO')
    await publishBoth()
    await expectOpen(id)
    const first = (await call('GET', '/v3/named-sources/northern-stores', 'admin')).json().id
    expect((await named('DELETE', 'northern-stores')).statusCode).toBe(204)
    await named('POST', 'northern-stores', { name: 'northern-stores', connection_name: 'warehouse', source })
    await expectClosed(id)
    await publishBoth()
    await expectOpen(id)
    expect((await named('DELETE', 'northern-stores')).statusCode).toBe(204)
    const back = await call('POST', `/workspace-api/trash/named-source/${first}/restore`, 'admin', {
      sharing: 'private',
    })
    expect(back.statusCode, back.body).toBe(204)
    await expectClosed(id)
    // Maps that draw something else go on.
    await expectOpen(other)
    await call('DELETE', '/v3/connections/warehouse/my-credentials', 'admin')
  })

  test('what a name stands for may not change between the look and its publication', async () => {
    const given = await call('PUT', '/v3/connections/warehouse/my-credentials', 'admin', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(given.statusCode, given.body).toBe(200)
    const name = 'looked-at'
    expect((await named('POST', name, { name, connection_name: 'warehouse', source: north })).statusCode).toBe(201)
    const id = await createNamedMap(name)
    const logins = { [connectionId]: null }
    const { version } = await check(id, { logins })
    testApp.clock.advance(1_000)
    const source = 'SELECT * FROM public.stores'
    expect((await named('PATCH', name, { source })).statusCode).toBe(200)
    const refused = await publish(id, { ...REASON, logins, version })
    expect(ruleOf(refused), refused.body).toBe('409 publication.changed')
    expect((await publicDocument(id)).statusCode).toBe(404)
    const again = await check(id, { logins })
    expect(again.version).not.toBe(version)
    await publishWell(id, { ...REASON, logins, version: again.version })
    await expectOpen(id)

    // It changes while the server itself looks: whichever is first, what is public is what was looked at, or closed.
    await unpublish(id)
    testApp.clock.advance(1_000)
    const answers = await meetInDatabase(testApp, `SELECT id FROM maps WHERE id = '${id}' FOR UPDATE`, [
      () => publish(id, { ...REASON, logins }),
      () => named('PATCH', name, { source: north }),
    ])
    if (answers[0]?.statusCode === 200) await expectClosed(id)
    else expect(answers.map(ruleOf)[0]).toBe('409 publication.changed')
    await call('DELETE', '/v3/connections/warehouse/my-credentials', 'admin')
  })

  test('a named source closes the public maps that draw it by a handle, and none that draw another query by one', async () => {
    const given = await call('PUT', '/v3/connections/warehouse/my-credentials', 'admin', {
      login: { user: 'bob', password: LOGIN_PASSWORD },
    })
    expect(given.statusCode, given.body).toBe(200)
    const login = await addLogin()
    const withHandles = async (source: string): Promise<string> => {
      const giving = await createNamedMap(source)
      const taking = await createMap()
      const handle = `gtq_${giving}.${'A'.repeat(32)}`
      for (const column of ['document', 'published_document']) {
        await publishWell(taking, { ...REASON, logins: { [connectionId]: login } })
        await testApp.store
          .updateTable('maps')
          .set({ [column]: sql`jsonb_set(${sql.ref(column)}, '{datasets,0,source}', to_jsonb(${handle}::text))` })
          .where('id', '=', taking)
          .execute()
      }
      return taking
    }
    const [byHandle, ofOther] = [await withHandles('by-handle'), await withHandles('SELECT * FROM public.stores')]
    const loginOf = async (id: string) =>
      (
        await testApp.store
          .selectFrom('map_publications')
          .select('login_id')
          .where('map_id', '=', id)
          .executeTakeFirstOrThrow()
      ).login_id
    expect([await loginOf(byHandle), await loginOf(ofOther)]).toEqual([login, login])
    const payload = { name: 'by-handle', connection_name: 'warehouse', source: north }
    expect((await named('POST', 'by-handle', payload)).statusCode).toBe(201)
    expect([await loginOf(byHandle), await loginOf(ofOther)]).toEqual(['closed', login])
    await call('DELETE', '/v3/connections/warehouse/my-credentials', 'admin')
  })

  test('the stored login of a connection with viewer credentials serves the public while it, its owner and its policy stay', async () => {
    const id = await createMap()
    const own = await addConnection('given', 'viewer')
    await pointMapAt(id, 'given')
    const undecided = 'Here everybody reads with a login of their own'
    const publishOwn = () => publishWell(id, { ...REASON, logins: { [own]: null } })
    const change = async (edit: object, as: Role = 'editor') => {
      const changed = await call('PATCH', `/v3/connections/${own}`, as, edit)
      expect(changed.statusCode, changed.body).toBe(200)
    }
    await publishOwn()
    await change({ name: 'given-2' })
    await change({ config: warehouse.config('author') })
    await change({ options: { queryTimeoutSeconds: 20 } })
    await expectOpen(id)
    await change({ config: warehouse.config('alice') })
    await expectClosed(id, undecided)
    await publishOwn()
    await expectOpen(id)
    await change({ credentialPolicy: 'owner' })
    await change({ credentialPolicy: 'viewer' })
    await expectClosed(id, undecided)
    await publishOwn()
    await expectOpen(id)
    const moved = await call('POST', '/v3/accounts/resources/transfer', 'superadmin', {
      resources: [{ resourceType: 'connection', id: own }],
      receiverUserId: testApp.users.admin.id,
    })
    expect(moved.statusCode, moved.body).toBe(200)
    expect((await call('GET', `/v3/connections/${own}`, 'admin')).json().owner.id).toBe(testApp.users.admin.id)
    await expectClosed(id, undecided)
  })

  test.each([
    ['a choice for both', 'owner', 'owner', 'both'],
    ['a choice for the one that takes its place alone', 'owner', 'owner', 'target'],
    ['no choice, and viewer credentials where it goes', 'owner', 'viewer', 'none'],
    ['the stored login, where everybody reads with it there', 'viewer', 'owner', 'own'],
  ] as const)('another connection takes the place of one, with %s', async (_name, from, to, chosen) => {
    const suffix = `${from}-${to}-${chosen}`
    const [source, target] = [`from-${suffix}`, `to-${suffix}`]
    const [sourceId, targetId] = [await addConnection(source, from), await addConnection(target, to)]
    const id = await createMap()
    await pointMapAt(id, source)
    const add = async (name: string) => {
      const url = `/v3/connections/${name}/publishing-logins`
      const login = { user: 'public_reader', password: LOGIN_PASSWORD }
      const added = await call('POST', url, 'editor', { name: 'The public', login })
      expect(added.statusCode, added.body).toBe(201)
    }
    if (chosen === 'both') await add(source)
    if (chosen === 'both' || chosen === 'target') {
      await add(target)
      const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
      const second = { ...document.datasets[0], id: 'second', label: 'Second', connectionName: target }
      await call('PATCH', `/workspace-api/maps/${id}`, 'editor', {
        revision,
        document: { ...document, datasets: [...document.datasets, second] },
      })
    }
    await publishWell(id)
    await expectOpen(id)
    const removed = await call('DELETE', `/v3/connections/${sourceId}?targetConnectionId=${target}`, 'editor')
    expect(removed.statusCode, removed.body).toBeLessThan(300)
    await warehouse.forgetLog()
    const told = await omitted(id)
    expect(told.length).toBe(chosen === 'both' || chosen === 'target' ? 2 : 1)
    for (const { reason } of told) expect(reason).toContain('is closed to its public link')
    expect(await readsOfStores()).toEqual([])
    const login = (await call('GET', `/v3/connections/${target}/publishing-logins`, 'editor')).json().logins[0]?.id
    await publishWell(id, { ...REASON, logins: { [targetId]: login ?? null } })
    await expectOpen(id)
  })
})

describe('AC-19: under the preset strict', () => {
  test('publishing is refused by the policy, with its sentence, and maps that are public stay so', async () => {
    await addLogin()
    const [old, next] = [await createMap(), await createMap()]
    await publishWell(old)
    await setPreset('strict')
    await warehouse.forgetLog()
    for (const as of ['editor', 'admin'] as const) {
      const id = as === 'editor' ? next : await createMap('admin')
      const refused = await publish(id, REASON, as)
      expect(ruleOf(refused)).toBe('403 governance.maps.public-viewer-credentials')
      expect(refused.json().error).toBe(
        'Everybody reads "warehouse" with a login of their own, and no new public map may read from such a connection; an admin can change it in Settings → Governance.',
      )
    }
    expect(await usersInLog()).toEqual(new Set())
    const shown = await check(next)
    expect(shown.connections).toMatchObject([{ refusal: { rule: 'governance.maps.public-viewer-credentials' } }])
    expect(shown.sources).toMatchObject([{ publisher: { rows: ALL }, public: { rows: null } }])
    expect((await publicDocument(next)).statusCode).toBe(404)
    const anybody = visitor(await tokenOf(old))
    expect((await anybody.tile(await anybody.tiles(), NORTH)).statusCode).toBe(200)
  })
})

describe('publishing logins', () => {
  test('are kept by the owner, chosen by whoever uses the connection, and tried before they are stored', async () => {
    await addLogin()
    const shown = (await call('GET', LOGINS, 'admin')).json<PublishingLoginList>().logins
    expect(shown).toMatchObject([{ name: 'The public', loginName: null, posture: null, state: 'valid' }])
    const login = { user: 'public_reader', password: 'not the password' }
    expect((await call('POST', LOGINS, 'admin', { name: 'Mine', login })).statusCode).toBe(403)
    const wrong = await call('POST', LOGINS, 'editor', { name: 'Wrong', login })
    expect(wrong.json().code, wrong.body).toBe('warehouse_auth_failed')
    const right = { user: 'public_reader', password: LOGIN_PASSWORD }
    const twice = await call('POST', LOGINS, 'editor', { name: 'The public', login: right })
    expect(ruleOf(twice)).toBe('409 publishing-login.name')
    expect(await logins()).toHaveLength(1)
  })

  test('that get around row security are stored with a reason only', async () => {
    await warehouse.addLogin('sees_all')
    await warehouse.query('ALTER ROLE sees_all BYPASSRLS')
    const body = { name: 'All', login: { user: 'sees_all', password: LOGIN_PASSWORD } }
    const refused = await call('POST', LOGINS, 'editor', body)
    expect(ruleOf(refused), refused.body).toBe('422 connection.posture.red')
    const stored = await call('POST', LOGINS, 'editor', { ...body, reason: 'It is a table of public data' })
    expect(stored.statusCode, stored.body).toBe(201)
    expect(stored.json().logins).toMatchObject([{ name: 'All', posture: 'red' }])
  })

  test('serve a connection that everybody reads with its own login too, and a wider one asks for a reason', async () => {
    const created = await call('POST', '/v3/connections', 'editor', {
      name: 'northern',
      providerId: 'postgres',
      config: warehouse.config('alice'),
      privacy: 'shared',
    })
    expect(created.statusCode, created.body).toBe(201)
    const { id: northern } = created.json()
    const url = '/v3/connections/northern/publishing-logins'
    const add = (name: string, user: string) =>
      call('POST', url, 'editor', { name, login: { user, password: LOGIN_PASSWORD } })
    expect((await add('narrow', 'nina')).statusCode).toBe(201)
    const id = await createMap()
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const datasets = [{ ...document.datasets[0], connectionName: 'northern' }]
    await call('PATCH', `/workspace-api/maps/${id}`, 'editor', { revision, document: { ...document, datasets } })
    // The only one is the preset, and shows less than the stored login.
    const narrow = await check(id)
    expect(narrow).toMatchObject({
      needsReason: false,
      sources: [{ publisher: { rows: PER_REGION }, public: { rows: 0 } }],
    })
    const wide = (await add('wide', 'author'))
      .json<PublishingLoginList>()
      .logins.find(({ name }) => name === 'wide')?.id
    const wish = { logins: { [northern]: wide ?? '' } }
    expect((await check(id, wish)).sources).toMatchObject([{ public: { rows: ALL }, widens: true }])
    expect(ruleOf(await publish(id, wish))).toBe('422 publication.reason')
    await publishWell(id, { ...wish, ...REASON })
    // Without a publishing login it is the stored one, as for everybody.
    await publishWell(id, { logins: { [northern]: null } })
    await warehouse.forgetLog()
    const token = await tokenOf(id)
    const opened = await testApp.request({
      url: '/v3/maps/northern/table?name=public.stores&spatialDataColumn=geom',
      token,
    })
    expect(opened.statusCode, opened.body).toBe(200)
    const counted = await testApp.request({ url: opened.json().tilejson.url[0].replace('http://localhost', ''), token })
    expect(counted.statusCode).toBe(200)
    expect([...(await usersInLog())].filter((user) => user !== 'alice')).toEqual([])
  })
})
