import { emptyMapDocument, type GovernancePolicies, type MapDataset, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let testApp: TestApp
let warehouse: TestWarehouse

beforeAll(async () => {
  testApp = await createTestApp()
  warehouse = await createTestWarehouse(testApp)
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, as: Role, payload?: object) =>
  testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
const governance = '/workspace-api/organization/governance'
const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
  `${answer.statusCode} ${answer.json().details?.rule}`

async function set(policies: Partial<GovernancePolicies>) {
  const { revision } = (await call('GET', governance, 'admin')).json()
  const changed = await call('PATCH', governance, 'admin', { revision, policies })
  expect(changed.statusCode, changed.body).toBe(200)
}

async function createMap(): Promise<string> {
  const dataset: MapDataset = {
    id: 'stores',
    type: 'table',
    source: 'demo.stores',
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const created = await call('POST', '/workspace-api/maps', 'editor', { document })
  expect(created.statusCode, created.body).toBe(201)
  return created.json().id
}

// AC-20, without its steps on the command line's bundles and on what has no feature yet.
test('what an admin forbids is refused with its policy on every way, and what was there before keeps working', async () => {
  const token = await testApp.createToken([{ connection_name: 'warehouse', source: '*' }])
  const mine = await call('POST', '/v3/connections', 'editor', {
    name: 'mine',
    providerId: 'postgres',
    config: warehouse.config,
  })
  expect(mine.statusCode, mine.body).toBe(201)
  const [old, next] = [await createMap(), await createMap()]
  const publish = (id: string) => call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'public' })
  expect((await publish(old)).statusCode).toBe(200)
  const startJob = (as: { as?: Role; token?: string }) =>
    testApp.request({ method: 'POST', url: '/v3/sql/warehouse/job', payload: { query: 'SELECT 1' }, ...as })
  const job = (await startJob({ as: 'editor' })).json<{ jobId: string }>().jobId
  const query = (search: string, as: { as?: Role; token?: string }) =>
    testApp.request({ url: `/v3/sql/warehouse/query?q=SELECT%20count(*)%20FROM%20demo.stores${search}`, ...as })
  expect((await query('&format=csv', { as: 'editor' })).statusCode).toBe(200)

  await set({
    'connections.providers': { postgres: 'admins' },
    'connections.share': 'nobody',
    'maps.public': 'nobody',
    'exports.files': 'nobody',
    'exports.jobs': 'admins',
  })

  const draft = { name: 'fresh', providerId: 'postgres', config: warehouse.config }
  const shared = { privacy: 'shared' }
  const attempts: [string, Promise<{ statusCode: number; json: () => { details?: { rule?: string } } }>][] = [
    ['connections.providers', call('POST', '/v3/connections', 'editor', draft)],
    ['connections.providers', call('POST', '/v3/connections/test', 'editor', draft)],
    ['connections.share', call('POST', '/v3/connections', 'admin', { ...draft, ...shared })],
    ['connections.share', call('PUT', '/v3/connections/mine/sharing', 'editor', shared)],
    ['connections.share', call('PATCH', '/v3/connections/mine', 'editor', shared)],
    ['maps.public', publish(next)],
    ['maps.public', call('POST', `/workspace-api/maps/${next}/privacy`, 'editor', { privacy: 'public' })],
    ['exports.files', query('&format=csv', { as: 'editor' })],
    ['exports.files', query('&format=ndjson', { token })],
    ['exports.files', query('&filename=all.json', { as: 'admin' })],
    ['exports.jobs', startJob({ as: 'editor' })],
    ['exports.jobs', startJob({ token })],
  ]
  for (const [policy, attempt] of attempts) {
    const answer = await attempt
    expect(ruleOf(answer)).toBe(`403 governance.${policy}`)
    expect(answer.json()).toMatchObject({
      decisionId: expect.any(String),
      error: expect.stringMatching(/Governance\.$/),
    })
  }
  // A token is refused all of the workspace, before and after.
  expect((await testApp.request({ method: 'POST', url: '/v3/connections', token, payload: draft })).statusCode).toBe(
    403,
  )

  for (const as of [{ as: 'editor' as const }, { as: 'admin' as const }, { token }]) {
    expect((await query('', as)).json().rows).toEqual([{ count: 400 }])
  }
  expect((await call('GET', '/v3/connections/warehouse', 'viewer')).json().privacy).toBe('shared')
  expect((await call('PATCH', '/v3/connections/mine', 'editor', { config: warehouse.config })).statusCode).toBe(200)
  expect((await testApp.request({ url: `/v3/maps/public/${old}` })).json().datasets).toHaveLength(1)
  expect((await call('GET', `/v3/sql/warehouse/job/${job}`, 'editor')).statusCode).toBe(200)
  expect((await call('POST', '/v3/connections', 'admin', draft)).statusCode).toBe(201)
  expect((await startJob({ as: 'admin' })).statusCode).toBe(200)
  // Taking sharing away is never against a policy about sharing.
  expect((await call('PUT', '/v3/connections/warehouse/sharing', 'editor', { privacy: 'private' })).statusCode).toBe(
    200,
  )
})

test('a connection keeps the way in which it signs in, and does not change to one that is forbidden', async () => {
  await set({ 'connections.providers': {}, 'connections.sign-in': { password: 'nobody' } })
  const { password: _, ...without } = warehouse.config
  // The password of before is kept, so it signs in as it did.
  expect((await call('PATCH', '/v3/connections/mine', 'editor', { config: without })).statusCode).toBe(200)
  const fresh = { name: 'another', providerId: 'postgres', config: warehouse.config }
  expect(ruleOf(await call('POST', '/v3/connections', 'admin', fresh))).toBe('403 governance.connections.sign-in')
  await set({ 'connections.sign-in': { none: 'nobody' } })
  const plan = await call('POST', `${governance}/plan`, 'admin', {
    revision: (await call('GET', governance, 'admin')).json().revision,
    policies: { 'connections.sign-in': { password: 'nobody' }, 'connections.create': 'admins' },
  })
  expect(plan.json().changes.map(({ id, kept }: { id: string; kept: number | null }) => [id, kept])).toEqual([
    ['connections.create', 2],
    ['connections.sign-in.none', null],
    ['connections.sign-in.password', 3],
  ])
})

test('an explanation names the policy that forbids, the change that would turn it, and those that bound', async () => {
  await set({ 'connections.create': 'admins', 'maps.public': 'nobody', 'sharing.own-groups': true })
  const explain = async (query: string) => (await call('GET', `/v3/access/explain?${query}`, 'admin')).json()
  const denied = await explain(`subject=${testApp.users.editor.id}&action=connection.create`)
  expect(denied).toMatchObject({ allowed: false, rule: 'governance.connections.create', paths: [] })
  expect(denied.flips.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
    'If their role were superadmin.',
    'If their role were admin.',
    'If the policy "Who makes connections" forbade nothing.',
  ])
  expect((await explain(`subject=${testApp.users.admin.id}&action=connection.create`)).allowed).toBe(true)
  const map = await createMap()
  const bounded = await explain(`subject=${testApp.users.editor.id}&action=map.share&asset=map:${map}`)
  expect([bounded.allowed, bounded.bounds.map(({ policy }: { policy: string }) => policy)]).toEqual([
    true,
    ['sharing.own-groups'],
  ])
  const published = await explain(`subject=${testApp.users.editor.id}&action=map.publish&asset=map:${map}`)
  expect([published.allowed, published.rule]).toEqual([false, 'governance.maps.public'])
  await set({ 'sharing.own-groups': false })
})

test('a public map without a password draws on when links must have one, and a new link waits for it', async () => {
  await set({ 'maps.public': 'editors' })
  const [old, next] = [await createMap(), await createMap()]
  const publish = (id: string) => call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'public' })
  expect((await publish(old)).statusCode).toBe(200)
  await set({ 'maps.public-password': true })
  expect(ruleOf(await publish(next))).toBe('403 governance.maps.public-password')
  expect((await testApp.request({ url: `/v3/maps/public/${old}` })).json().datasets).toHaveLength(1)
  const options = { password: 'open sesame' }
  expect((await call('PATCH', `/workspace-api/maps/${next}/sharing-options`, 'editor', options)).statusCode).toBe(200)
  expect((await publish(next)).statusCode).toBe(200)
  const bounds = await call(
    'GET',
    `/v3/access/explain?subject=${testApp.users.editor.id}&action=map.publish&asset=map:${next}`,
    'admin',
  )
  expect(bounds.json().bounds.map(({ policy }: { policy: string }) => policy)).toEqual(['maps.public-password'])
  await set({ 'maps.public-password': false })
})

test('embedded maps name the sites that may show them, and other pages none', async () => {
  const [open, closed] = [await createMap(), await createMap()]
  await set({ 'maps.public': 'editors' })
  await call('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'public' })
  await set({ 'embeds.origins': ['https://a.example', 'http://localhost:8080'] })
  const framesOf = async (path: string) => {
    const { headers } = await testApp.request({ url: path, headers: { accept: 'text/html' } })
    const policy = String(headers['content-security-policy'])
    return [policy.split('; ').find((part) => part.startsWith('frame-ancestors')), headers['x-frame-options']]
  }
  expect(await framesOf(`/embed/${open}`)).toEqual([
    'frame-ancestors https://a.example http://localhost:8080',
    undefined,
  ])
  // What is not public says nothing about the organization that it may belong to.
  expect(await framesOf(`/embed/${closed}`)).toEqual(await framesOf('/embed/none'))
  expect(await framesOf(`/map/${open}`)).toEqual(["frame-ancestors 'none'", 'DENY'])
  await set({ 'embeds.origins': [] })
  expect(await framesOf(`/embed/${open}`)).toEqual(["frame-ancestors 'none'", 'DENY'])
  await set({ 'embeds.origins': null })
  expect(await framesOf(`/embed/${open}`)).toEqual([undefined, undefined])
})

test('a connection that lends its login goes to nobody new when viewers must bring theirs, and one that is shared so works on', async () => {
  await set({ 'connections.create': 'editors', 'connections.share': 'editors' })
  await set({ 'connections.providers': {}, 'connections.sign-in': {} })
  const create = (name: string, more: object) =>
    call('POST', '/v3/connections', 'editor', { name, providerId: 'postgres', config: warehouse.config, ...more })
  const share = (name: string, wish: object) => call('PUT', `/v3/connections/${name}/sharing`, 'editor', wish)
  const organization = { privacy: 'shared', sharingScope: 'organization' }
  expect((await create('lent-before', organization)).statusCode).toBe(201)
  const policies = { 'connections.viewer-credentials': true }
  const { revision } = (await call('GET', governance, 'admin')).json()
  const plan = await call('POST', `${governance}/plan`, 'admin', { revision, policies })
  expect(plan.json().changes).toMatchObject([{ id: 'connections.viewer-credentials', kept: expect.any(Number) }])
  expect(plan.json().changes[0].kept).toBeGreaterThan(0)
  await set(policies)
  const rule = '403 governance.connections.viewer-credentials'
  expect(ruleOf(await create('lent-after', organization))).toBe(rule)
  expect((await create('kept', { privacy: 'private' })).statusCode).toBe(201)
  expect(ruleOf(await share('kept', organization))).toBe(rule)
  const choices = (await call('GET', '/v3/connections/kept/sharing', 'editor')).json().choices
  expect([choices.private.allowed, choices.organization.allowed]).toEqual([true, false])
  // What was shared before is read as before.
  const read = await call('GET', '/v3/sql/lent-before/query?q=SELECT%201%20AS%20one', 'admin')
  expect([read.statusCode, read.json().rows]).toEqual([200, [{ one: 1 }]])
  // With logins of the viewers' own it is shared, and does not go back to lending the stored one.
  const switched = await call('PATCH', '/v3/connections/kept', 'editor', {
    credentialPolicy: 'viewer',
    postureReason: 'A warehouse of a test',
  })
  expect(switched.statusCode, switched.body).toBe(200)
  const shared = await share('kept', organization)
  expect(shared.statusCode, shared.body).toBe(200)
  const back = await call('PATCH', '/v3/connections/kept', 'editor', { credentialPolicy: 'owner' })
  expect(ruleOf(back)).toBe(rule)
  await set({ 'connections.viewer-credentials': false })
})

test('a new connection is shared as the default of its maker says, unless its maker says otherwise', async () => {
  const open = { 'connections.create': 'editors', 'connections.share': 'editors' } as const
  await set({ ...open, 'connections.providers': {}, 'connections.sign-in': {} })
  const made = await call('POST', '/workspace-api/groups', 'admin', { name: 'Alpha' })
  const group: string = made.json().id
  const userIds = [testApp.users.editor.id]
  await call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds })
  const { revision } = (await call('GET', governance, 'admin')).json()
  const sharingDefaults = {
    organization: { connection: { audience: 'organization', groupIds: [], locked: false } },
    groups: { [group]: { connection: { audience: 'groups', groupIds: [group], locked: false } } },
  }
  const changed = await call('PATCH', governance, 'admin', { revision, sharingDefaults })
  expect(changed.statusCode, changed.body).toBe(200)
  const create = async (as: Role, name: string, more: object = {}) => {
    const body = { name, providerId: 'postgres', config: warehouse.config, ...more }
    const created = await call('POST', '/v3/connections', as, body)
    expect(created.statusCode, created.body).toBe(201)
    return (await call('GET', `/v3/connections/${name}/sharing`, as)).json()
  }
  expect(await create('admin', 'of-the-admin')).toMatchObject({ privacy: 'shared', sharingScope: 'organization' })
  expect(await create('editor', 'of-the-editor')).toMatchObject({
    privacy: 'shared',
    sharingScope: 'specific',
    groups: [{ id: group }],
  })
  expect(await create('admin', 'said-otherwise', { privacy: 'private' })).toMatchObject({ privacy: 'private' })
  // What it is shared as is what happens: a viewer draws with the admin's, and knows nothing of the group's.
  const look = async (name: string) => (await call('GET', `/v3/connections/${name}`, 'viewer')).statusCode
  expect([await look('of-the-admin'), await look('of-the-editor'), await look('said-otherwise')]).toEqual([
    200, 404, 404,
  ])
})
