import { type AccessExplanation, emptyMapDocument, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

let testApp: TestApp
let map: string
let group: string

const send = async (method: 'POST' | 'PUT', url: string, as: Role, payload: object) => {
  const answer = await testApp.request({ method, url, as, payload })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}

beforeAll(async () => {
  testApp = await createTestApp()
  map = (await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })).id
  group = (await send('POST', '/workspace-api/groups', 'admin', { name: 'Sales' })).id
  await send('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [testApp.users.viewer.id] })
  await send('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] })
})
afterAll(() => testApp.close())

const ask = (as: Role, subject: string, action: string, asset?: string) => {
  const query = new URLSearchParams({ subject, action, ...(asset === undefined ? {} : { asset }) })
  return testApp.request({ url: `/v3/access/explain?${query}`, as })
}

test('an owner learns by which way somebody has access, and the one change that would end it', async () => {
  const answer = await ask('editor', testApp.users.viewer.id, 'map.read', `map:${map}`)
  expect(answer.statusCode, answer.body).toBe(200)
  expect(answer.json<AccessExplanation>()).toMatchObject({
    subject: { name: 'The viewer' },
    allowed: true,
    rule: 'role.viewer.map.read.visible',
    paths: [{ path: 'group', groups: [{ id: group, name: 'Sales' }] }],
    flips: [{ change: 'membership', sentence: 'If they left the group "Sales".' }],
  })
})

test('every rule that matches is told in the order in which they count', async () => {
  const { viewer } = testApp.users
  const { id: own } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Many ways') })
  const audience = { privacy: 'shared', groupIds: [group], userIds: [viewer.id] }
  await send('PUT', `/workspace-api/maps/${own}/sharing`, 'editor', audience)
  const rulesOf = async (subject: string, action: string) =>
    (await ask('admin', subject, action, `map:${own}`)).json<AccessExplanation>().rules
  const rule = 'role.viewer.map.read.visible'
  const sentence = 'Your role (viewer) can open this map.'
  expect(await rulesOf(viewer.id, 'map.read')).toEqual([
    { effect: 'grant', rule, sentence, path: 'user', name: null },
    { effect: 'grant', rule, sentence, path: 'group', name: 'Sales' },
  ])
  expect(await rulesOf(viewer.id, 'map.update')).toMatchObject([
    { effect: 'deny', rule: 'role.viewer.map.update.none' },
  ])
  expect(await rulesOf(testApp.users.guest.id, 'map.read')).toMatchObject([{ effect: 'deny', path: null }])
})

test('what is explained is what happens, for everybody', async () => {
  for (const role of ['superadmin', 'admin', 'editor', 'viewer', 'guest'] as const) {
    const { id } = testApp.users[role]
    const { allowed } = (await ask('admin', id, 'map.read', `map:${map}`)).json<AccessExplanation>()
    const opened = await testApp.request({ url: `/workspace-api/maps/${map}`, as: role })
    expect(opened.statusCode, role).toBe(allowed ? 200 : 404)
    const mayMake = (await ask('admin', id, 'group.manage')).json<AccessExplanation>().allowed
    const made = await testApp.request({ url: `/workspace-api/groups/${group}`, as: role })
    expect(made.statusCode, role).toBe(mayMake ? 200 : 403)
  }
})

test('an explanation tells with whose login each source of a map would be read, and that none is for who may not open it', async () => {
  const { editor, guest, viewer } = testApp.users
  const { store, clock, organizationId } = testApp
  const now = clock.now()
  const connection = { organization_id: organizationId, provider_id: 'postgres', config: toJson({}), secrets: null }
  const [wh, hidden] = [createId(), createId()]
  const row = (id: string, name: string, owner_id: string) => ({
    ...connection,
    id,
    name,
    owner_id,
    created_at: now,
    updated_at: now,
  })
  await store
    .insertInto('connections')
    .values([row(wh, 'wh', editor.id), row(hidden, 'hidden', testApp.users.admin.id)])
    .execute()
  const document = {
    ...emptyMapDocument('Plans'),
    datasets: [dataset('a', 'wh'), dataset('b', 'hidden'), dataset('c', 'gone')],
  }
  const { id: drawing } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  await send('PUT', `/workspace-api/maps/${drawing}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] })
  await draw(drawing, document)
  const credentialsOf = async (subject: string, action: string, asset: string) => {
    testApp.clock.advance(2_000)
    const answer = await ask('superadmin', subject, action, asset)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AccessExplanation>().credentials
  }
  expect(await credentialsOf(viewer.id, 'map.read', `map:${drawing}`)).toMatchObject([
    {
      source: 'demo.stores',
      connection: 'wh',
      isSent: true,
      owner: { id: editor.id },
      sentence:
        'Statements run with the login that The editor stored in the connection, because a map lends it, whose owner may read it.',
    },
    { connection: 'hidden', isSent: false, owner: null, sentence: expect.stringContaining('no map lends it') },
    { connection: 'gone', isSent: false, sentence: 'No statement would be sent: the connection is gone.' },
  ])
  expect(await credentialsOf(editor.id, 'map.read', `map:${drawing}`)).toMatchObject([
    { isSent: true, sentence: expect.stringContaining('theirs to use') },
    { isSent: false },
    { isSent: false },
  ])
  const nothing = {
    source: null,
    connection: null,
    isSent: false,
    owner: null,
    sentence: 'No statement would be sent.',
  }
  expect(await credentialsOf(guest.id, 'map.read', `map:${drawing}`)).toEqual([nothing])
  expect(await credentialsOf(viewer.id, 'tile.read', `connection:${wh}`)).toMatchObject([
    { connection: 'wh', isSent: true, sentence: expect.stringContaining('Only what maps lend them') },
  ])
  expect(await credentialsOf(viewer.id, 'sql.run', `connection:${wh}`)).toMatchObject([
    { connection: 'wh', isSent: false },
  ])
  expect(await credentialsOf(editor.id, 'sql.run', `connection:${wh}`)).toMatchObject([
    { isSent: true, owner: { id: editor.id } },
  ])
})

test('others ask about themselves alone, and not about what they may not know of', async () => {
  const { viewer, editor, guest } = testApp.users
  expect((await ask('viewer', viewer.id, 'map.update', `map:${map}`)).json()).toMatchObject({ allowed: false })
  expect((await ask('viewer', editor.id, 'map.read', `map:${map}`)).json().details.rule).toBe('explain.others')
  expect((await ask('guest', guest.id, 'map.read', `map:${map}`)).statusCode).toBe(404)
  expect((await ask('guest', guest.id, 'map.read', 'map:nothing')).json().error).toBe(
    (await ask('guest', guest.id, 'map.read', `map:${map}`)).json().error,
  )
  expect((await ask('admin', 'nobody', 'map.read', `map:${map}`)).statusCode).toBe(404)
  expect((await ask('admin', editor.id, 'map.read')).statusCode).toBe(400)
  expect((await ask('admin', editor.id, 'map.fold')).statusCode).toBe(400)
})

/** A token of the editor for a connection of theirs, as it is made over HTTP. */
async function makeToken(more: object = {}): Promise<{ id: string; token: string }> {
  const grants = [{ connection_name: 'granted', source: 'demo.stores' }]
  return send('POST', '/v3/tokens', 'editor', { name: 'For the site', grants, allowed_apis: ['maps'], ...more })
}

const dataset = (id: string, connectionName: string, source = 'demo.stores') => ({
  id,
  type: 'table' as const,
  source,
  connectionName,
  providerId: 'postgres',
  label: id,
  geoColumn: 'geom',
  columns: null,
  format: 'tilejson' as const,
})

/** Has a map draw this, both where it is edited and for readers, whatever the editor may use today. */
async function draw(id: string, document: object): Promise<void> {
  await testApp.store
    .updateTable('maps')
    .set({ document: toJson(document), published_document: toJson(document) })
    .where('id', '=', id)
    .execute()
}

async function addConnection(name: string, owner: Role = 'editor'): Promise<string> {
  const { clock, organizationId: organization_id, store, users } = testApp
  const id = createId()
  const now = clock.now()
  await store
    .insertInto('connections')
    .values({
      id,
      organization_id,
      name,
      provider_id: 'postgres',
      owner_id: users[owner].id,
      config: toJson({}),
      secrets: null,
      created_at: now,
      updated_at: now,
    })
    .execute()
  return id
}

test('what being in a group gives is explained: whom it lets in, by which role, and what would end it', async () => {
  const explained = async (action: string) => {
    const answer = await ask('editor', `group:${group}`, action, `map:${map}`)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AccessExplanation>()
  }
  expect(await explained('map.read')).toMatchObject({
    subject: { kind: 'group', id: group, name: 'Sales', email: null },
    allowed: true,
    rule: 'group.map.read',
    rules: [{ effect: 'grant', path: 'group', name: 'Sales' }],
    flips: [{ change: 'group', sentence: 'If it were no longer shared with the group "Sales".' }],
    roles: [{ role: 'viewer', allowed: true, by: 'group' }],
  })
  expect(await explained('map.update')).toMatchObject({ allowed: false, rule: 'role.viewer.map.update.none' })
  // Its members may ask what it gives them; others of its assets may not.
  expect((await ask('viewer', `group:${group}`, 'map.read', `map:${map}`)).statusCode).toBe(200)
  const open = (await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Open') })).id
  await send('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'shared' })
  expect((await ask('guest', `group:${group}`, 'map.read', `map:${open}`)).statusCode).toBe(404)
  const others = (await send('POST', '/workspace-api/groups', 'admin', { name: 'Others' })).id
  expect((await ask('viewer', `group:${others}`, 'map.read', `map:${open}`)).json().details.rule).toBe('explain.others')
  expect((await ask('admin', 'group:none', 'map.read', `map:${map}`)).statusCode).toBe(404)
  expect((await ask('admin', `group:${group}`, 'map.create')).statusCode).toBe(400)
})

test('a token is explained by what decides first: that it counts, its APIs, its grants, its source', async () => {
  const [granted, other] = [await addConnection('granted'), await addConnection('other')]
  const { id } = await makeToken({ referers: ['https://app.example'] })
  const explain = async (action: string, asset: string, more: Record<string, string> = {}) => {
    const query = new URLSearchParams({ subject: `token:${id}`, action, asset, ...more })
    const answer = await testApp.request({ url: `/v3/access/explain?${query}`, as: 'editor' })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AccessExplanation>()
  }
  expect(await explain('tile.read', `connection:${granted}`)).toMatchObject({
    subject: { kind: 'token', id, name: 'For the site' },
    allowed: true,
    rule: 'token.tile.read',
    flips: [
      { change: 'grant', sentence: 'If it had no grant on the connection.' },
      { change: 'api', sentence: 'If it were not allowed to use the maps API.' },
    ],
    bounds: [{ policy: 'referer', sentence: 'Only pages of https://app.example may use it.' }],
  })
  expect(await explain('sql.run', `connection:${granted}`)).toMatchObject({
    allowed: false,
    rule: 'token.sql.run.api',
    flips: [{ change: 'api', sentence: 'If it were allowed to use the sql API.' }],
  })
  expect(await explain('tile.read', `connection:${other}`)).toMatchObject({
    allowed: false,
    rule: 'token.tile.read.grant',
    flips: [{ change: 'grant' }],
  })
  expect(await explain('tile.read', `connection:${granted}`, { source: 'demo.stores' })).toMatchObject({
    allowed: true,
    rule: 'source.granted',
  })
  expect(await explain('tile.read', `connection:${granted}`, { source: 'demo.other' })).toMatchObject({
    allowed: false,
    rule: 'source.grant',
    flips: [{ change: 'source', sentence: 'If it had a grant on demo.other.' }],
  })
  // A name without a schema leads where the warehouse says, which may be to what is granted or to nothing.
  expect(await explain('tile.read', `connection:${granted}`, { source: 'stores' })).toMatchObject({
    allowed: true,
    rule: 'source.checked',
    bounds: [{ policy: 'referer' }, { policy: 'source.checked', sentence: expect.stringContaining('its warehouse') }],
  })
  const from = (origin: string) => explain('tile.read', `connection:${granted}`, { origin })
  expect((await from('https://app.example')).allowed).toBe(true)
  expect(await from('https://elsewhere.example')).toMatchObject({
    allowed: false,
    rule: 'referer',
    flips: [{ change: 'referer', sentence: 'If https://elsewhere.example were among its referers.' }],
  })
  // Its owner asks, and admins do; nobody else learns that there is such a token.
  const about = (as: Role) => ask(as, `token:${id}`, 'tile.read', `connection:${granted}`)
  expect((await about('admin')).statusCode).toBe(200)
  expect((await about('viewer')).statusCode).toBe(404)

  const shutOut = (at: Date | null) =>
    testApp.store.updateTable('users').set({ disabled_at: at }).where('id', '=', testApp.users.editor.id).execute()
  await shutOut(testApp.clock.now())
  expect((await about('admin')).json()).toMatchObject({
    allowed: false,
    rule: 'token.owner',
    flips: [{ change: 'owner' }],
  })
  await shutOut(null)
  await testApp.store.updateTable('tokens').set({ expires_at: testApp.clock.now() }).where('id', '=', id).execute()
  expect((await about('admin')).json()).toMatchObject({
    allowed: false,
    rule: 'token.expired',
    flips: [{ change: 'expiry', sentence: 'If it had not expired.' }],
  })
})

test('of a bare name that a token may read a map by, its warehouse is said to decide', async () => {
  await addConnection('bare')
  const grants = [{ connection_name: 'bare', source: 'demo.stores' }]
  const { id } = await send('POST', '/v3/tokens', 'editor', { name: 'Of a bare name', grants, allowed_apis: ['maps'] })
  const document = emptyMapDocument('Bare')
  const { id: open } = await send('POST', '/workspace-api/maps', 'editor', { document })
  await send('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'public' })
  await draw(open, { ...document, datasets: [dataset('a', 'bare', 'stores'), dataset('b', 'bare', 'other')] })
  const answer = await ask('editor', `token:${id}`, 'map.read', `map:${open}`)
  expect(answer.json<AccessExplanation>().credentials).toMatchObject([
    { source: 'stores', isSent: true, sentence: expect.stringContaining('as long as its warehouse says') },
    { source: 'other', isSent: false },
  ])
})

test('what visitors get is explained to whoever may know of the map', async () => {
  const open = (await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Of the public') })).id
  const explain = async (as: Role) => (await ask(as, 'anonymous', 'map.read', `map:${open}`)).json<AccessExplanation>()
  expect(await explain('editor')).toMatchObject({
    subject: { kind: 'anonymous', name: 'A visitor' },
    allowed: false,
    rule: 'anonymous',
    flips: [{ change: 'audience', sentence: 'If it were shared with everybody.' }],
  })
  await send('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'public' })
  expect(await explain('viewer')).toMatchObject({
    allowed: true,
    rule: 'public.map.read',
    rules: [{ effect: 'grant', path: 'public' }],
    flips: [{ change: 'audience' }, { change: 'password', sentence: 'If a password stood before its public link.' }],
  })
})

test('of a token and of visitors it is told with whose login they read, by the function that chooses it; of a group it is not', async () => {
  const { editor, viewer } = testApp.users
  const connection = await addConnection('lending')
  await addConnection('of-others', 'admin')
  const grants = [{ connection_name: 'lending', source: 'demo.stores' }]
  const { id: token } = await send('POST', '/v3/tokens', 'editor', { name: 'Reads', grants, allowed_apis: ['maps'] })
  const { id: open } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Open') })
  await send('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'public' })
  const datasets = [dataset('a', 'lending'), dataset('b', 'of-others'), dataset('c', 'gone')]
  await draw(open, { ...emptyMapDocument('Open'), datasets })
  const { id: covered } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Covered') })
  await send('PUT', `/workspace-api/maps/${covered}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] })
  await draw(covered, { ...emptyMapDocument('Covered'), datasets: [dataset('a', 'lending')] })
  const credentialsOf = async (subject: string, action: string, asset: string) => {
    testApp.clock.advance(2_000)
    const answer = await ask('editor', subject, action, asset)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AccessExplanation>().credentials
  }
  const login = 'Statements run with the login that The editor stored in the connection'
  const sent = { connection: 'lending', isSent: true, owner: { id: editor.id } }
  const nothing = { isSent: false, owner: null, sentence: 'No statement would be sent.' }

  expect(await credentialsOf(`token:${token}`, 'tile.read', `connection:${connection}`)).toMatchObject([
    { ...sent, source: null, sentence: `${login}.` },
  ])
  expect(await credentialsOf(`token:${token}`, 'sql.run', `connection:${connection}`)).toMatchObject([nothing])
  expect(await credentialsOf(`token:${token}`, 'map.read', `map:${covered}`)).toMatchObject([
    { ...sent, source: 'demo.stores', sentence: `${login}, because a grant of the token covers it.` },
  ])
  expect(await credentialsOf(`token:${token}`, 'map.read', `map:${map}`)).toMatchObject([nothing])

  expect(await credentialsOf('anonymous', 'map.read', `map:${open}`)).toMatchObject([
    { ...sent, sentence: `${login}, because the public link of this map reads it for everybody.` },
    // The link ends with its maker's right to the connection, for people who have nothing else as well.
    { isSent: false, sentence: 'No statement would be sent: the owner of this map may not read it any more.' },
    { isSent: false, sentence: 'No statement would be sent: the connection is gone.' },
  ])
  const ofViewer = (await ask('superadmin', viewer.id, 'map.read', `map:${open}`)).json<AccessExplanation>().credentials
  expect(ofViewer.map(({ isSent }) => isSent)).toEqual([true, false, false])
  expect(await credentialsOf('anonymous', 'map.read', `map:${covered}`)).toMatchObject([nothing])
  expect(await credentialsOf('anonymous', 'tile.read', `connection:${connection}`)).toMatchObject([nothing])
  expect(await credentialsOf(`group:${group}`, 'map.read', `map:${map}`)).toEqual([])

  // Where everybody brings a login, a program has none to bring.
  await testApp.store
    .updateTable('connections')
    .set({ credential_policy: 'viewer' })
    .where('id', '=', connection)
    .execute()
  expect(await credentialsOf(`token:${token}`, 'tile.read', `connection:${connection}`)).toMatchObject([
    { isSent: false, sentence: expect.stringContaining('an API token is nobody') },
  ])
  expect(await credentialsOf('anonymous', 'map.read', `map:${open}`)).toMatchObject([
    { isSent: false, sentence: expect.stringContaining('a public link shows none of it') },
    { isSent: false },
    { isSent: false },
  ])
})

test('tokens and named sources are asked about like other assets', async () => {
  const { editor, viewer } = testApp.users
  const { id } = await makeToken()
  const rightTo = async (subject: string, action: string, asset: string) =>
    (await ask('admin', subject, action, asset)).json<AccessExplanation>()
  expect(await rightTo(editor.id, 'token.update', `token:${id}`)).toMatchObject({
    allowed: true,
    paths: [{ path: 'owner' }],
  })
  expect(await rightTo(viewer.id, 'token.read', `token:${id}`)).toMatchObject({
    allowed: false,
    rule: 'role.viewer.token.read.none',
  })
  const { clock, organizationId: organization_id, store } = testApp
  const source = createId()
  const at = { created_at: clock.now(), updated_at: clock.now() }
  const named = { name: 'stores', description: '', sql: 'SELECT 1 AS one', connection_id: await addConnection('named') }
  await store
    .insertInto('named_sources')
    .values({ id: source, organization_id, owner_id: editor.id, ...named, ...at })
    .execute()
  expect(await rightTo(editor.id, 'named-source.update', `named-source:${source}`)).toMatchObject({ allowed: true })
  expect((await ask('admin', viewer.id, 'named-source.update', 'named-source:none')).statusCode).toBe(404)
})
