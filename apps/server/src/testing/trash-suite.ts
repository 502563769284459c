import { emptyMapDocument, type MapDetail, type Role, type TrashItem, type TrashList } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuiltApp } from '../app.ts'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import { insertConnectionRow } from './connection-rows.ts'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000

/** What holds of the trash on every engine that may keep it. */
export function describeTrash(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  /** Another server on the same store, whose timer is turned by hand. */
  let sweeper: BuiltApp

  beforeAll(async () => {
    testApp = await createApp()
    sweeper = await testApp.buildServer('sweeping-server')
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const ok = async (answer: ReturnType<typeof call>) => {
    const response = await answer
    expect(response.statusCode, response.body).toBeLessThan(300)
    return response
  }
  const create = async (url: string, payload: object): Promise<string> => {
    const created = await call('POST', url, 'editor', payload)
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }
  const createMap = (title: string, datasets: object[] = []) =>
    create('/workspace-api/maps', { document: { ...emptyMapDocument(title), datasets } })
  const trashOf = async (as: Role) => (await call('GET', '/workspace-api/trash', as)).json<TrashList>()
  const namesOf = async (as: Role) => (await trashOf(as)).items.map(({ name }) => name)
  const restore = (key: string, sharing: 'private' | 'as-before', as: Role = 'editor') =>
    call('POST', `/workspace-api/trash/${key}/restore`, as, { sharing })
  const statusOf = async (url: string, as: Role) => (await call('GET', url, as)).statusCode
  const eventsOf = async (id: string) =>
    (
      await testApp.store.selectFrom('activity').selectAll().where('asset_id', '=', id).orderBy('position').execute()
    ).map(({ type }) => type)

  test('a deleted map is gone for everybody and rests with its owner, who brings it back private or as it was', async () => {
    const id = await createMap('Plans')
    const url = `/workspace-api/maps/${id}`
    const group = (await call('POST', '/workspace-api/groups', 'admin', { name: 'Planners' })).json().id
    await call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [idOf('viewer')] })
    const audience = { privacy: 'shared', groupIds: [group], userIds: [idOf('guest')] }
    await ok(call('PUT', `${url}/sharing`, 'editor', audience))
    await ok(call('DELETE', url, 'editor'))
    for (const as of ['superadmin', 'editor', 'viewer', 'guest'] as const) expect(await statusOf(url, as)).toBe(404)
    expect(await trashOf('editor')).toMatchObject({
      total: 1,
      items: [
        {
          kind: 'map',
          id,
          name: 'Plans',
          owner: { id: idOf('editor') },
          deletedBy: 'The editor',
          purgedAt: new Date(testApp.clock.now().getTime() + 30 * DAY_MS).toISOString(),
          privacy: 'shared',
          sharingScope: 'specific',
          missingConnections: [],
        },
      ],
    })
    expect(await namesOf('superadmin')).toEqual(['Plans'])
    for (const as of ['admin', 'viewer', 'guest'] as const) {
      expect(await namesOf(as)).toEqual([])
      expect((await restore(`map/${id}`, 'as-before', as)).statusCode).toBe(404)
      expect((await call('DELETE', `/workspace-api/trash/map/${id}`, as)).statusCode).toBe(404)
    }
    expect((await call('GET', `/workspace-api/groups/${group}`, 'admin')).json().assets).toEqual([])

    await ok(restore(`map/${id}`, 'private'))
    expect((await call('GET', url, 'editor')).json<MapDetail>()).toMatchObject({ title: 'Plans', privacy: 'private' })
    expect(await statusOf(url, 'viewer')).toBe(404)
    expect((await restore(`map/${id}`, 'private')).statusCode).toBe(404)

    await ok(call('PUT', `${url}/sharing`, 'editor', audience))
    await ok(call('DELETE', url, 'editor'))
    await ok(restore(`map/${id}`, 'as-before', 'superadmin'))
    for (const as of ['viewer', 'guest'] as const) expect(await statusOf(url, as)).toBe(200)
    expect((await call('GET', `${url}/sharing`, 'editor')).json()).toMatchObject({
      groups: [{ id: group }],
      users: [{ id: idOf('guest') }],
    })
    expect((await eventsOf(id)).filter((type) => type === 'map.restored' || type === 'map.deleted')).toEqual([
      'map.deleted',
      'map.restored',
      'map.deleted',
      'map.restored',
    ])
    await call('DELETE', url, 'editor')
    await ok(call('DELETE', `/workspace-api/trash/map/${id}`, 'editor'))
    expect((await eventsOf(id)).at(-1)).toBe('map.purged')
  })

  test('the public link of a map ends at its deletion, and an old token does not come back with it', async () => {
    const id = await createMap('In public')
    const open = () => testApp.request({ url: `/v3/maps/public/${id}` })
    await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'public' }))
    const before = (await open()).json().token
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    expect((await open()).statusCode).toBe(404)
    const stale = await testApp.request({ url: '/v3/maps/nowhere/table?name=x', token: before })
    expect(stale.statusCode).toBe(401)
    await ok(restore(`map/${id}`, 'private'))
    expect((await open()).statusCode).toBe(404)
    await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'public' }))
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    await ok(restore(`map/${id}`, 'as-before'))
    const after = (await open()).json().token
    expect(typeof after).toBe('string')
    expect(after).not.toBe(before)
    await call('DELETE', `/workspace-api/maps/${id}`, 'editor')
    await call('DELETE', `/workspace-api/trash/map/${id}`, 'editor')
  })

  test('workflows and applications rest too; what an admin may delete, an admin may bring back', async () => {
    const workflow = await create('/workspace-api/workflows', { title: 'Flow' })
    const application = await create('/workspace-api/applications', { name: 'App', url: 'https://example.org' })
    await ok(call('PUT', `/workspace-api/applications/${application}/sharing`, 'editor', { privacy: 'shared' }))
    await ok(call('DELETE', `/workspace-api/workflows/${workflow}`, 'editor'))
    testApp.clock.advance(1_000)
    await ok(call('DELETE', `/workspace-api/applications/${application}`, 'admin'))
    expect(await namesOf('editor')).toEqual(['App', 'Flow'])
    expect(await trashOf('admin')).toMatchObject({ items: [{ name: 'App', deletedBy: 'The admin' }] })
    expect((await restore(`workflow/${workflow}`, 'private', 'admin')).statusCode).toBe(404)
    await ok(restore(`application/${application}`, 'as-before', 'admin'))
    await ok(restore(`workflow/${workflow}`, 'private'))
    expect(await statusOf(`/workspace-api/applications/${application}`, 'viewer')).toBe(200)
    expect(await statusOf(`/workspace-api/workflows/${workflow}`, 'editor')).toBe(200)
    expect(await statusOf('/workspace-api/trash/connection/x', 'editor')).toBe(404)
    expect((await restore('connection/x', 'private')).statusCode).toBe(400)
  })

  test('a map says in the trash that its connection is gone, and comes back without it', async () => {
    const now = testApp.clock.now()
    const connection = {
      id: createId(),
      organization_id: testApp.organizationId,
      name: 'gone-wh',
      provider_id: 'postgres',
      owner_id: idOf('editor'),
      config: toJson({}),
      created_at: now,
      updated_at: now,
    }
    await testApp.store.insertInto('connections').values(connection).execute()
    const dataset = {
      id: 'stores',
      type: 'table',
      source: 'demo.stores',
      connectionName: 'gone-wh',
      providerId: 'postgres',
      label: 'Stores',
      geoColumn: 'geom',
      columns: [],
      format: 'tilejson',
    }
    const id = await createMap('On a lost one', [dataset])
    const missing = async () => (await trashOf('editor')).items.map((item: TrashItem) => item.missingConnections)
    expect((await call('DELETE', '/v3/connections/gone-wh', 'editor')).statusCode).toBe(409)
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    expect(await missing()).toEqual([[]])
    await ok(call('DELETE', '/v3/connections/gone-wh', 'editor'))
    expect(await missing()).toEqual([['gone-wh']])
    await ok(restore(`map/${id}`, 'private'))
    expect((await call('GET', `/workspace-api/maps/${id}`, 'editor')).json().connectionNames).toEqual(['gone-wh'])
    await call('DELETE', `/workspace-api/maps/${id}`, 'editor')
    await call('DELETE', `/workspace-api/trash/map/${id}`, 'editor')
  })

  test('who cannot be shared with any more is named, and it still comes back private', async () => {
    const id = await create('/workspace-api/workflows', { title: 'For one' })
    const shared = { privacy: 'shared', userIds: [idOf('viewer')] }
    await ok(call('PUT', `/workspace-api/workflows/${id}/sharing`, 'editor', shared))
    await ok(call('DELETE', `/workspace-api/workflows/${id}`, 'editor'))
    await ok(call('PATCH', `/workspace-api/users/${idOf('viewer')}`, 'admin', { role: 'guest' }))
    const refused = await restore(`workflow/${id}`, 'as-before')
    expect(refused.json()).toMatchObject({ status: 422, details: { rule: 'sharing.workflow.guest' } })
    // Whose it is not is told nothing of those whom it was shared with.
    const ofOthers = await restore(`workflow/${id}`, 'as-before', 'guest')
    expect(ofOthers.statusCode).toBe(404)
    expect(ofOthers.json().error).toBe((await restore('workflow/none', 'as-before', 'guest')).json().error)
    expect(await namesOf('editor')).toEqual(['For one'])
    await ok(restore(`workflow/${id}`, 'private'))
    await ok(call('PATCH', `/workspace-api/users/${idOf('viewer')}`, 'admin', { role: 'viewer' }))
  })

  test('what was shared until a time comes back until that time, and not at all after it', async () => {
    const day = (count: number) => new Date(testApp.clock.now().getTime() + count * DAY_MS)
    const endsOf = async (id: string) =>
      (await testApp.store.selectFrom('grants').select('expires_at').where('asset_id', '=', id).execute()).map(
        ({ expires_at: end }) => end?.toISOString() ?? null,
      )
    const id = await createMap('For a while')
    const userIds = [idOf('viewer'), idOf('guest')]
    await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared', userIds }))
    const ends: [Role, Date][] = [
      ['viewer', day(2)],
      ['guest', day(6)],
    ]
    for (const [role, end] of ends) {
      const grants = testApp.store.updateTable('grants').set({ expires_at: end })
      await grants.where('asset_id', '=', id).where('user_id', '=', idOf(role)).execute()
    }
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    testApp.clock.advance(3 * DAY_MS)
    await ok(restore(`map/${id}`, 'as-before'))
    expect(await endsOf(id)).toEqual([ends[1]?.[1].toISOString()])
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    await ok(call('DELETE', `/workspace-api/trash/map/${id}`, 'editor'))
  })

  test('a named source rests without its text, comes back to its owner, and its tokens only when that is confirmed', async () => {
    const connectionId = await insertConnectionRow(testApp, 'named-on')
    const makeSource = async (name: string, owner: Role = 'editor') => {
      const now = testApp.clock.now()
      const row = {
        id: createId(),
        organization_id: testApp.organizationId,
        connection_id: connectionId,
        owner_id: idOf(owner),
        name,
        description: '',
        sql: 'SELECT 1 AS hidden_text',
        created_at: now,
        updated_at: now,
      }
      await testApp.store.insertInto('named_sources').values(row).execute()
      return row.id
    }
    const grantsOf = async (token: string) =>
      (await testApp.store.selectFrom('tokens').select('grants').where('id', '=', token).executeTakeFirst())?.grants
    const namedGrants = [
      { connection_name: 'named-on', source: 'kept-name' },
      { connection_name: 'named-on', source: 'demo.stores' },
    ]
    const token = await create('/v3/tokens', { name: 'Program', grants: namedGrants, allowed_apis: ['sql'] })
    const id = await makeSource('kept-name')
    await ok(call('DELETE', '/v3/named-sources/kept-name', 'editor'))
    expect((await call('DELETE', '/v3/named-sources/kept-name', 'editor')).statusCode).toBe(404)
    for (const as of ['editor', 'superadmin'] as const) {
      const answer = await call('GET', '/workspace-api/trash', as)
      expect(answer.json<TrashList>().items).toMatchObject([
        { kind: 'named-source', id, namedBy: { connectionName: 'named-on', tokens: 1, maps: 0 } },
      ])
      expect(answer.body).not.toContain('hidden_text')
    }
    for (const as of ['admin', 'viewer', 'guest'] as const) {
      expect(await namesOf(as)).toEqual([])
      expect((await restore(`named-source/${id}`, 'private', as)).statusCode).toBe(404)
    }
    const takesItsName = await makeSource('kept-name')
    const taken = await restore(`named-source/${id}`, 'as-before')
    expect(taken.json()).toMatchObject({ status: 409, details: { rule: 'named-source.name' } })
    await ok(call('DELETE', '/v3/named-sources/kept-name', 'editor'))
    await ok(call('DELETE', `/workspace-api/trash/named-source/${takesItsName}`, 'editor'))
    await ok(restore(`named-source/${id}`, 'as-before'))
    expect(await grantsOf(token)).toEqual(namedGrants)
    await ok(call('DELETE', '/v3/named-sources/kept-name', 'editor'))
    await ok(restore(`named-source/${id}`, 'private', 'superadmin'))
    expect(await grantsOf(token)).toEqual([namedGrants[1]])
    expect((await ok(call('GET', '/v3/named-sources/kept-name', 'editor'))).json().id).toBe(id)
    expect(await eventsOf(id)).toEqual([
      'named-source.deleted',
      'named-source.restored',
      'named-source.deleted',
      'named-source.restored',
    ])
    // With everything else of somebody who loses the right to own it goes to the receiver, in the trash as well.
    await ok(call('DELETE', '/v3/named-sources/kept-name', 'editor'))
    const role = { role: 'viewer', receiverId: idOf('admin') }
    await ok(call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'superadmin', role))
    await ok(call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'superadmin', { role: 'editor' }))
    expect(await namesOf('editor')).toEqual([])
    expect(await namesOf('admin')).toEqual(['kept-name'])
    await ok(call('DELETE', `/workspace-api/trash/named-source/${id}`, 'admin'))
    expect(await testApp.store.selectFrom('named_sources').selectAll().execute()).toEqual([])
  })

  test('of two who restore at once one does, and what is purged meanwhile is restored or gone, never half', async () => {
    for (let round = 0; round < 4; round++) {
      const id = await createMap(`Twice ${round}`)
      await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared' }))
      await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
      const both = await Promise.all([restore(`map/${id}`, 'as-before'), restore(`map/${id}`, 'private', 'superadmin')])
      expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([204, 404])
      await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
      const [purged, restored] = await Promise.all([
        call('DELETE', `/workspace-api/trash/map/${id}`, 'superadmin'),
        restore(`map/${id}`, 'as-before'),
      ])
      expect([purged.statusCode, restored.statusCode].sort()).toEqual([204, 404])
      expect(await statusOf(`/workspace-api/maps/${id}`, 'editor')).toBe(restored.statusCode === 204 ? 200 : 404)
      const rows = await testApp.store.selectFrom('trashed_grants').selectAll().execute()
      expect(rows).toEqual([])
    }
  })

  test('the timer deletes for good what has rested 30 days, not a moment before, and writes it down', async () => {
    const project = await create('/v3/projects', { name: 'Purged too' })
    const folder = await create('/v3/projects', { name: 'Purged with it', parentId: project })
    await ok(call('PUT', `/v3/projects/${folder}/sharing`, 'editor', { privacy: 'shared', userIds: [idOf('viewer')] }))
    await ok(call('DELETE', `/v3/projects/${project}?contents=to-top`, 'editor'))
    const id = await createMap('To be purged')
    await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared' }))
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    const deletedAt = testApp.clock.now().getTime()
    testApp.clock.advance(30 * DAY_MS - 1)
    await sweeper.sweep()
    expect(await namesAt()).toEqual(['To be purged'])
    testApp.clock.advance(1)
    expect(testApp.clock.now().getTime()).toBe(deletedAt + 30 * DAY_MS)
    await sweeper.sweep()
    expect(await namesAt()).toEqual([])
    const left = await testApp.store.selectFrom('maps').select('id').where('id', '=', id).execute()
    expect(left).toEqual([])
    expect(await testApp.store.selectFrom('trashed_grants').selectAll().execute()).toEqual([])
    expect((await eventsOf(id)).at(-1)).toBe('map.purged')
    for (const gone of [project, folder]) expect((await eventsOf(gone)).at(-1)).toBe('project.purged')
    expect(await testApp.store.selectFrom('trashed_projects').selectAll().execute()).toEqual([])

    async function namesAt() {
      // Sessions of 30 days ago have ended; the store is asked.
      const rows = await testApp.store.selectFrom('maps').select('title').where('deleted_at', 'is not', null).execute()
      return rows.map(({ title }) => title)
    }
  })
}
