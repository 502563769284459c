import {
  emptyMapDocument,
  type Resource,
  type ResourceDeletion,
  type ResourceList,
  type ResourceTransfer,
  type ResourceTransferPreview,
  type Role,
} from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import { SEALED_COLUMNS } from '../platform/secrets/sealed-columns.ts'
import type { TestApp } from './create-test-app.ts'

const RESOURCES = '/v3/accounts/resources'

/** What holds of the assets of everybody on every engine that may keep them. */
export function describeAssetManagement(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  /** A second editor, who receives. */
  let ed: string

  beforeAll(async () => {
    testApp = await createApp()
    ed = await addPerson('Ed', 'editor')
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })

  async function addPerson(name: string, role: Role, organizationId = testApp.organizationId): Promise<string> {
    const id = createId()
    const created_at = testApp.clock.now()
    await testApp.store
      .insertInto('users')
      .values({ id, organization_id: organizationId, email: `${id}@example.org`, name, role, created_at })
      .execute()
    return id
  }

  async function addConnection(name: string, ownerId: string | null = idOf('editor')): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id,
        organization_id: testApp.organizationId,
        name,
        provider_id: 'postgres',
        owner_id: ownerId,
        config: toJson({}),
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  async function createMap(title: string, connectionName?: string, as: Role = 'editor'): Promise<string> {
    const dataset = {
      id: 'stores',
      type: 'table',
      source: 'demo.stores',
      connectionName,
      providerId: 'postgres',
      label: 'Stores',
      geoColumn: 'geom',
      columns: [],
      format: 'tilejson',
    }
    const document = { ...emptyMapDocument(title), datasets: connectionName === undefined ? [] : [dataset] }
    const created = await call('POST', '/workspace-api/maps', as, { document })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  const list = async (query = '') => (await call('GET', `${RESOURCES}?${query}`, 'superadmin')).json<ResourceList>()
  const namesOf = (found: ResourceList) => found.resources.map(({ name }) => name)
  const map = (id: string) => ({ resourceType: 'map', id })
  const connection = (id: string) => ({ resourceType: 'connection', id })
  const transfer = async (resources: object[], receiverUserId = ed) => {
    const answer = await call('POST', `${RESOURCES}/transfer`, 'superadmin', { receiverUserId, resources })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<ResourceTransfer>()
  }
  const remove = async (resources: object[]) => {
    const answer = await call('POST', `${RESOURCES}/delete-batch`, 'superadmin', { resources })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<ResourceDeletion>()
  }
  const eventsOf = async (id: string) => {
    await testApp.activity.flush()
    const rows = await testApp.store
      .selectFrom('activity')
      .selectAll()
      .where('asset_id', '=', id)
      .orderBy('position')
      .execute()
    return rows.map(({ type, details }) => ({ type, details }))
  }

  test('a superadmin moves a private map and its private connection: results, warnings, rights, sharing, events', async () => {
    const warehouse = await addConnection('ac23')
    const id = await createMap('Quarterly plans', 'ac23')
    const alone = await transfer([map(id), map('bogus')])
    expect(alone.results).toEqual([
      { ...map(id), success: true },
      { ...map('bogus'), success: false, failureReason: 'There is no such map, or it is not shared with you.' },
    ])
    expect(alone.warnings).toEqual([
      {
        ...map(id),
        name: 'Quarterly plans',
        connection: { id: warehouse, name: 'ac23' },
        sentence: 'The map "Quarterly plans" would break: Ed may not use its connection "ac23".',
        together: { ...connection(warehouse), name: 'ac23' },
      },
    ])
    expect((await call('GET', `/workspace-api/maps/${id}`, 'editor')).statusCode).toBe(404)
    const [moved] = (await list('q=quarterly')).resources
    expect(moved).toMatchObject({ owner: { id: ed, name: 'Ed' }, privacy: 'private', connections: [{ id: warehouse }] })

    const second = await transfer([connection(warehouse)])
    expect(second).toEqual({ results: [{ ...connection(warehouse), success: true }], warnings: [] })
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'map.transferred',
      details: { title: 'Quarterly plans', fromId: idOf('editor'), toId: ed, cause: 'asset.transferred' },
    })
    expect((await eventsOf(warehouse)).map(({ type }) => type)).toEqual(['connection.transferred'])
    expect((await call('GET', '/v3/connections/ac23', 'editor')).statusCode).toBe(404)
    await remove([map(id), connection(warehouse)])
  })

  test('what is transferred stays shared with the same people; its receiver edits it, and who had it does not', async () => {
    const id = await createMap('Handed over')
    const audience = { privacy: 'shared', userIds: [idOf('viewer'), idOf('editor')] }
    expect((await call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', audience)).statusCode).toBe(200)
    const mayEdit = async (as: Role) =>
      (await call('GET', `/workspace-api/maps/${id}`, as)).json().permissions.edit.allowed
    expect(await mayEdit('editor')).toBe(true)
    expect((await call('GET', `/workspace-api/maps/${id}`, 'admin')).statusCode).toBe(404)
    await transfer([map(id)], idOf('admin'))
    expect([await mayEdit('admin'), await mayEdit('editor')]).toEqual([true, false])
    const sharing = (await call('GET', `/workspace-api/maps/${id}/sharing`, 'admin')).json()
    expect(sharing).toMatchObject({ privacy: 'shared', sharingScope: 'specific', owner: { id: idOf('admin') } })
    const readers = sharing.users.map((user: { id: string }) => user.id)
    expect(readers.sort()).toEqual([idOf('viewer'), idOf('editor')].sort())
    await remove([map(id)])
  })

  test('tokens of everybody are found and revoked, and go to nobody else', async () => {
    const token = await testApp.createToken([{ connection_name: 'none', source: '*' }])
    const opens = () => testApp.request({ url: '/v3/sql/jobs', token })
    expect((await opens()).statusCode).toBe(200)
    const { resources } = await list('resourceType=token')
    expect(resources).toMatchObject([
      { name: 'test token', owner: { id: idOf('editor') }, privacy: 'private', connections: [], dependentCount: 0 },
    ])
    expect(JSON.stringify(resources)).not.toContain(token)
    const key = { resourceType: 'token', id: resources[0]?.id ?? '' }
    expect((await transfer([key])).results).toMatchObject([
      { success: false, failureReason: expect.stringContaining('goes to nobody else') },
    ])
    expect((await opens()).statusCode).toBe(200)
    expect((await remove([key, { ...key, id: 'bogus' }])).results.map(({ success }) => success)).toEqual([true, false])
    expect((await opens()).statusCode).toBe(401)
    expect((await list('resourceType=token')).total).toBe(0)
    expect((await eventsOf(key.id)).map(({ type }) => type)).toEqual(['token.revoked'])
  })

  test('who is not a superadmin gets 403 on everything, whatever they ask', async () => {
    const body = { resources: [map('bogus')] }
    for (const as of ['admin', 'editor', 'viewer', 'guest'] as const) {
      const answers = await Promise.all([
        call('GET', `${RESOURCES}?resourceType=map`, as),
        call('POST', `${RESOURCES}/delete-batch`, as, body),
        call('POST', `${RESOURCES}/transfer`, as, { ...body, receiverUserId: idOf(as) }),
        call('POST', `${RESOURCES}/transfer/preview`, as, { ...body, receiverUserId: idOf(as) }),
      ])
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403])
    }
  })

  test('the table has every kind whatever its sharing, found by owner, kind and name, page by page', async () => {
    const workflow = await call('POST', '/workspace-api/workflows', 'editor', { title: 'T4 workflow' })
    const application = await call('POST', '/workspace-api/applications', 'admin', {
      name: 'T1 application',
      url: 'https://example.org',
    })
    await addConnection('t2-connection')
    const shared = await createMap('T3 map', 't2-connection')
    await call('PUT', `/workspace-api/maps/${shared}/sharing`, 'editor', { privacy: 'public' })
    await createMap('T5 gone').then((id) => call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    const found = await list('q=t&orderBy=name')
    expect(found.resources.map(({ resourceType, name, privacy }) => [resourceType, name, privacy])).toEqual([
      ['application', 'T1 application', 'private'],
      ['connection', 't2-connection', 'private'],
      ['map', 'T3 map', 'public'],
      ['workflow', 'T4 workflow', 'private'],
    ])
    expect(found.resources.map(({ dependentCount }) => dependentCount)).toEqual([0, 1, 0, 0])
    expect(namesOf(await list('resourceType=workflow'))).toEqual(['T4 workflow'])
    expect(namesOf(await list(`ownerId=${idOf('admin')}`))).toEqual(['T1 application'])
    expect(await list('q=t&orderBy=name&orderDirection=desc&pageSize=3&page=2')).toMatchObject({
      total: 4,
      resources: [{ name: 'T1 application' }],
    })
    const keys = found.resources.map(({ resourceType, id }) => ({ resourceType, id }))
    // The connection stands before the map that uses it, and goes after it.
    expect((await remove(keys)).results.map(({ id, success }) => ({ id, success }))).toEqual(
      keys.map(({ id }) => ({ id, success: true })),
    )
    expect((await remove(keys.slice(0, 1))).results).toMatchObject([{ success: false }])
    expect((await list('q=t')).total).toBe(0)
    expect((await eventsOf(workflow.json().id)).at(-1)?.type).toBe('workflow.deleted')
    expect((await eventsOf(application.json().id)).at(-1)?.type).toBe('application.deleted')
  })

  test('a connection goes nowhere without its maps unseen, and is not deleted under them', async () => {
    const warehouse = await addConnection('busy')
    const used = await createMap('Uses busy', 'busy')
    const flow = await call('POST', '/workspace-api/workflows', 'editor', { title: 'Flow', connectionId: warehouse })
    const preview = async (resources: object[]) => {
      const body = { receiverUserId: ed, resources }
      const answer = await call('POST', `${RESOURCES}/transfer/preview`, 'superadmin', body)
      return answer.json<ResourceTransferPreview>().warnings.map(({ sentence, together }) => [sentence, together?.id])
    }
    expect(await preview([connection(warehouse)])).toEqual([
      ['The workflow "Flow" would break: The editor may not use its connection "busy".', flow.json().id],
      ['The map "Uses busy" would break: The editor may not use its connection "busy".', used],
    ])
    const all = [connection(warehouse), map(used), { resourceType: 'workflow', id: flow.json().id }]
    expect(await preview(all)).toEqual([])
    await call('PUT', '/v3/connections/busy/sharing', 'editor', { privacy: 'shared', userIds: [idOf('editor')] })
    expect(await preview([connection(warehouse)])).toEqual([])
    const refused = (await remove([connection(warehouse)])).results[0]
    expect(refused).toMatchObject({
      success: false,
      failureReason: expect.stringContaining('1 map and 1 workflow read'),
    })
    expect((await transfer(all)).results.every(({ success }) => success)).toBe(true)
    const { resources } = await list(`ownerId=${ed}`)
    expect(resources.map(({ name }: Resource) => name).sort()).toEqual(['Flow', 'Uses busy', 'busy'])
    await remove(all)
  })

  test('who may own nothing, is elsewhere or nobody receives nothing, and what the system owns stays', async () => {
    const id = await createMap('Stays')
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at: testApp.clock.now() })
      .execute()
    const stranger = await addPerson('Stranger', 'editor', 'ac_elsewher')
    const cases: [string, number][] = [
      [idOf('viewer'), 422],
      [idOf('guest'), 422],
      [stranger, 404],
      ['nobody', 404],
    ]
    for (const [receiverUserId, status] of cases) {
      for (const path of ['transfer', 'transfer/preview']) {
        const body = { receiverUserId, resources: [map(id)] }
        const answer = await call('POST', `${RESOURCES}/${path}`, 'superadmin', body)
        expect(answer.statusCode, answer.body).toBe(status)
      }
    }
    const system = await addConnection('embedded-one', null)
    const reason = '"embedded-one" belongs to the system, so nobody deletes it or gives it to others.'
    expect((await transfer([connection(system)])).results[0]).toMatchObject({ failureReason: reason })
    expect((await remove([connection(system)])).results[0]).toMatchObject({ failureReason: reason })
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['map.created'])
    await remove([map(id)])
  })

  test('a superadmin opens what nobody shares with them read-only, and its activity says so', async () => {
    const id = await createMap('Private matters')
    await call('GET', `/workspace-api/maps/${id}`, 'editor')
    expect((await call('GET', `/workspace-api/maps/${id}`, 'superadmin')).json()).toMatchObject({
      permissions: { edit: { allowed: false }, share: { allowed: false } },
    })
    await call('GET', `/workspace-api/viewer/maps/${id}`, 'superadmin')
    const workflow = (await call('POST', '/workspace-api/workflows', 'editor', { title: 'Private work' })).json().id
    expect((await call('GET', `/workspace-api/workflows/${workflow}`, 'superadmin')).statusCode).toBe(200)
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['map.created', 'map.inspected', 'map.inspected'])
    expect((await eventsOf(workflow)).map(({ type }) => type)).toEqual(['workflow.created', 'workflow.inspected'])
    const log = (await call('GET', `/v3/activity?assetId=${id}`, 'admin')).json().events
    expect(log[0]).toMatchObject({ type: 'map.inspected', actor: { name: 'The superadmin' } })
    expect(log).toHaveLength(3)
    await call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', { privacy: 'shared' })
    await call('GET', `/workspace-api/maps/${id}`, 'superadmin')
    expect((await eventsOf(id)).filter(({ type }) => type === 'map.inspected')).toHaveLength(2)
    await remove([map(id), { resourceType: 'workflow', id: workflow }])
  })

  test('a superadmin looks at a connection that nobody shares with them, and reads none of its data', async () => {
    const id = await addConnection('looked at')
    const config = { host: 'db.example.org', database: 'sales' }
    await testApp.store
      .updateTable('connections')
      .set({
        config: toJson(config),
        secrets: testApp.secretBox.seal(
          JSON.stringify({ password: 'of the warehouse' }),
          SEALED_COLUMNS.connectionSecrets.in(id),
        ),
      })
      .where('id', '=', id)
      .execute()
    const drawing = await createMap('Of the editor alone', 'looked at')
    const look = (as: Role) => call('GET', `${RESOURCES}/connections/${id}`, as)
    const found = await look('superadmin')
    expect(found.statusCode, found.body).toBe(200)
    expect(found.json()).toMatchObject({
      name: 'looked at',
      owner: { id: idOf('editor') },
      privacy: 'private',
      groups: [],
      users: [],
      config,
      dependents: [{ kind: 'map', id: drawing, title: 'Of the editor alone' }],
      data: { allowed: false, reason: 'You cannot browse the data of this connection: it is not shared with you.' },
    })
    expect(found.body).not.toContain('of the warehouse')
    for (const url of ['/v3/connections/', '/workspace-api/connections/'].map((base) => `${base}${id}`)) {
      const path = url.startsWith('/v3') ? url : `${url}/schemas`
      expect((await call('GET', path, 'superadmin')).statusCode, path).toBe(404)
    }
    expect((await call('GET', `/v3/sql/${id}/query?q=SELECT+1`, 'superadmin')).statusCode).toBe(404)
    for (const as of ['admin', 'editor'] as const) expect((await look(as)).statusCode).toBe(403)
    expect((await eventsOf(id)).filter(({ type }) => type === 'connection.inspected')).toEqual([
      { type: 'connection.inspected', details: { name: 'looked at' } },
    ])
    const log = (await call('GET', `/v3/activity?assetId=${id}&type=connection.inspected`, 'admin')).json().events
    expect(log[0]).toMatchObject({ type: 'connection.inspected', actor: { name: 'The superadmin' } })
    await call('PUT', `/v3/connections/${id}/sharing`, 'editor', { privacy: 'shared', userIds: [idOf('superadmin')] })
    const shared = (await look('superadmin')).json()
    expect(shared).toMatchObject({ users: [{ id: idOf('superadmin') }], data: { allowed: true } })
    expect((await eventsOf(id)).filter(({ type }) => type === 'connection.inspected')).toHaveLength(1)
    await remove([map(drawing), connection(id)])
  })

  test('an asset that is deleted, saved or handed over while it is transferred ends in one state that its events tell', async () => {
    for (let round = 0; round < 6; round++) {
      const id = await createMap(`Race ${round}`)
      const moving = () => transfer([map(id)])
      const deleting = () => call('DELETE', `/workspace-api/maps/${id}`, 'editor')
      const [first, second] = await Promise.all(round % 2 === 0 ? [moving(), deleting()] : [deleting(), moving()])
      const [moved, deleted] = (round % 2 === 0 ? [first, second] : [second, first]) as [
        ResourceTransfer,
        Awaited<ReturnType<typeof call>>,
      ]
      const row = await testApp.store
        .selectFrom('maps')
        .select(['owner_id', 'deleted_at'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      const types = (await eventsOf(id)).map(({ type }) => type)
      // Either it was the editor's to delete, or it had gone to somebody else: never both.
      const isMoved = moved.results[0]?.success === true
      expect(deleted.statusCode).toBe(isMoved ? 404 : 204)
      expect(row.owner_id).toBe(isMoved ? ed : idOf('editor'))
      expect(row.deleted_at !== null).toBe(!isMoved)
      expect(types).toEqual(['map.created', isMoved ? 'map.transferred' : 'map.deleted'])
    }
  })

  test('a receiver who is demoted meanwhile is left with nothing', async () => {
    for (let round = 0; round < 4; round++) {
      const receiver = await addPerson(`Receiver ${round}`, 'editor')
      const id = await createMap(`Handed ${round}`)
      const body = { role: 'viewer', receiverId: idOf('admin') }
      const demoting = () => call('PATCH', `/workspace-api/users/${receiver}`, 'admin', body)
      const moving = () =>
        call('POST', `${RESOURCES}/transfer`, 'superadmin', { receiverUserId: receiver, resources: [map(id)] })
      const answers = await Promise.all(round % 2 === 0 ? [demoting(), moving()] : [moving(), demoting()])
      for (const { statusCode } of answers) expect([200, 422]).toContain(statusCode)
      const row = await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', id).executeTakeFirst()
      expect([idOf('admin'), idOf('editor')]).toContain(row?.owner_id)
    }
  })
}
