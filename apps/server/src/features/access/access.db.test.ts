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
  const dataset = (id: string, connectionName: string) => ({
    id,
    type: 'table' as const,
    source: 'demo.stores',
    connectionName,
    providerId: 'postgres',
    label: id,
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson' as const,
  })
  const document = {
    ...emptyMapDocument('Plans'),
    datasets: [dataset('a', 'wh'), dataset('b', 'hidden'), dataset('c', 'gone')],
  }
  const { id: drawing } = await send('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument('Plans') })
  await send('PUT', `/workspace-api/maps/${drawing}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] })
  // Both what is edited and what readers see: whatever the editor may use today.
  await store
    .updateTable('maps')
    .set({ document: toJson(document), published_document: toJson(document) })
    .where('id', '=', drawing)
    .execute()
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
