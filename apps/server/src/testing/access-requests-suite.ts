import { type AccessRequestList, emptyMapDocument, type PersonWithAccess, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000

/** What holds of requests for access, and of access that ends, on every engine that may keep them. */
export function describeAccessRequests(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const requestsUrl = '/workspace-api/access-requests'
  const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const ask = (as: Role, id: string, message?: string, wish: object = {}) =>
    call('POST', requestsUrl, as, { kind: 'map', id, message, ...wish })
  const statusOf = async (map: string, as: Role) => (await call('GET', `/workspace-api/maps/${map}`, as)).statusCode
  const listKept = () => testApp.store.selectFrom('access_requests').selectAll().execute()

  async function createMap(title: string, as: Role = 'editor'): Promise<string> {
    const created = await call('POST', '/workspace-api/maps', as, { document: emptyMapDocument(title) })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function listOf(as: Role) {
    const answer = await call('GET', requestsUrl, as)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AccessRequestList>().requests
  }

  /** Asks and waits until it has been passed on; the id of the request. */
  async function askAndArrive(as: Role, map: string, message?: string, wish: object = {}): Promise<string> {
    expect((await ask(as, map, message, wish)).statusCode).toBe(202)
    return vi.waitFor(async () => {
      const found = (await listOf('editor')).find((each) => each.asset.id === map && each.requester.id === idOf(as))
      if (!found) throw new Error('The request has not arrived.')
      return found.id
    })
  }

  const grant = (as: Role, id: string, expiresAt?: Date) =>
    call('POST', `${requestsUrl}/${id}/grant`, as, expiresAt ? { expiresAt: expiresAt.toISOString() } : {})

  test('whoever came to a map by its link asks, its owner is told and grants it, and it opens at once', async () => {
    const map = await createMap('Plans')
    expect(await statusOf(map, 'guest')).toBe(404)
    const id = await askAndArrive('guest', map, ' Please, for Tuesday. ')
    expect(await listOf('editor')).toContainEqual({
      id,
      asset: { kind: 'map', id: map, title: 'Plans' },
      wanted: 'open',
      requester: { id: idOf('guest'), name: 'The guest', email: 'guest@example.org' },
      message: 'Please, for Tuesday.',
      createdAt: testApp.clock.now().toISOString(),
    })
    const mails = (await call('GET', '/workspace-api/outbox', 'admin')).json().mails
    expect(mails[0]).toMatchObject({ to: 'editor@example.org', subject: 'The guest asks for access to Plans' })
    expect(mails[0].text).toContain('/settings/requests')
    expect((await grant('editor', id)).statusCode).toBe(204)
    expect(await statusOf(map, 'guest')).toBe(200)
    expect((await listOf('editor')).some((each) => each.id === id)).toBe(false)
    const events = await testApp.store
      .selectFrom('activity')
      .select(['type', 'actor_id'])
      .where('asset_id', '=', map)
      .where('type', 'like', 'access.%')
      .orderBy('position')
      .execute()
    expect(events).toEqual([
      { type: 'access.requested', actor_id: idOf('guest') },
      { type: 'access.granted', actor_id: idOf('editor') },
    ])
  })

  test('the answer to a request says nothing of whether there is such a map, and nothing is kept for one there is not', async () => {
    const [gone, open, real] = [await createMap('Gone', 'admin'), await createMap('Open'), await createMap('Real')]
    await call('PUT', `/workspace-api/maps/${open}/sharing`, 'editor', { privacy: 'shared' })
    await call('DELETE', `/workspace-api/maps/${gone}`, 'admin')
    const elsewhere = await createMapElsewhere()
    const before = (await listKept()).length
    const answers = [
      await ask('viewer', 'no-such-map'),
      await ask('viewer', gone),
      await ask('viewer', open),
      await ask('viewer', elsewhere),
      await ask('viewer', real),
    ]
    for (const { statusCode, body, headers } of answers) {
      expect({ statusCode, body, length: headers['content-length'] }).toEqual({
        statusCode: 202,
        body: answers[0]?.body,
        length: answers[0]?.headers['content-length'],
      })
    }
    await askAndArrive('viewer', real)
    expect(await listKept()).toHaveLength(before + 1)
  })

  test.each([
    ['workflow', { title: 'Plan' }, '/workspace-api/workflows'],
    ['application', { name: 'Tool', url: 'https://tool.example.org' }, '/workspace-api/applications'],
    ['project', { name: 'Folder' }, '/v3/projects'],
  ] as const)(
    'whoever came to a %s by its link asks, and is let in for a month by one answer',
    async (kind, made, url) => {
      const created = await call('POST', url, 'editor', made)
      expect(created.statusCode, created.body).toBe(201)
      const id = created.json().id
      const opens = async () => (await call('GET', `${url}/${id}`, 'viewer')).statusCode
      expect(await opens()).toBe(404)
      const request = await askAndArrive('viewer', id, 'Please.', { kind })
      const title = 'title' in made ? made.title : made.name
      expect((await listOf('editor')).find((each) => each.id === request)).toMatchObject({
        asset: { kind, id, title },
        wanted: 'open',
      })
      const mails = (await call('GET', '/workspace-api/outbox', 'admin')).json().mails
      expect(mails[0].text).toContain(`asks to open your ${kind} “${title}”.`)
      const until = new Date(testApp.clock.now().getTime() + 30 * DAY_MS)
      expect((await grant('viewer', request, until)).statusCode).toBe(404)
      expect((await grant('editor', request, until)).statusCode).toBe(204)
      expect(await opens()).toBe(200)
      const kept = await testApp.store.selectFrom('grants').selectAll().where('asset_id', '=', id).execute()
      expect(kept).toMatchObject([{ asset_kind: kind, user_id: idOf('viewer'), expires_at: until }])
      const events = await testApp.store
        .selectFrom('activity')
        .select(['type', 'asset_type'])
        .where('asset_id', '=', id)
        .where('type', 'like', 'access.%')
        .orderBy('position')
        .execute()
      expect(events).toEqual(['access.requested', 'access.granted'].map((type) => ({ type, asset_type: kind })))
    },
  )

  test('what a role can never be given is refused in a sentence, whether or not there is such a thing', async () => {
    const map = await createMap('Not theirs to edit')
    const refusals = [
      await ask('guest', 'no-such-workflow', undefined, { kind: 'workflow' }),
      await ask('guest', 'no-such-project', undefined, { kind: 'project' }),
      await ask('viewer', map, undefined, { wanted: 'edit' }),
      await ask('admin', 'no-such-workflow', undefined, { kind: 'workflow', wanted: 'edit' }),
    ]
    expect(refusals.map((answer) => [answer.statusCode, answer.json().details.rule, answer.json().error])).toEqual([
      [
        403,
        'role.guest.workflow.read.none',
        'Your role (guest) cannot open this workflow; an admin can change your role.',
      ],
      [
        403,
        'role.guest.project.read.none',
        'Your role (guest) cannot open this project; an admin can change your role.',
      ],
      [403, 'role.viewer.map.update.none', 'Your role (viewer) cannot edit this map; an admin can change your role.'],
      [
        403,
        'access-request.workflow.edit',
        'Only the owner edits a workflow; ask them to give it to you, or to change what you need.',
      ],
    ])
    expect((await listKept()).filter((row) => row.asset_id === map)).toEqual([])
  })

  test('a map that one may only look at is opened to editing by its owner, for good; one that is closed is opened first', async () => {
    const map = await createMap('To help with')
    await call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { privacy: 'shared' })
    const mayEdit = async () =>
      (await call('GET', `/workspace-api/maps/${map}`, 'admin')).json().permissions.edit.allowed
    expect(await mayEdit()).toBe(false)
    const id = await askAndArrive('admin', map, 'I have the new figures.', { wanted: 'edit' })
    expect((await listOf('editor')).find((each) => each.id === id)).toMatchObject({ wanted: 'edit' })
    const soon = new Date(testApp.clock.now().getTime() + DAY_MS)
    const ending = await grant('editor', id, soon)
    expect(ending.json()).toMatchObject({ status: 400, details: { rule: 'access-request.edit-without-end' } })
    expect((await grant('editor', id)).statusCode).toBe(204)
    expect(await mayEdit()).toBe(true)
    const types = await testApp.store
      .selectFrom('activity')
      .select('type')
      .where('asset_id', '=', map)
      .orderBy('position', 'desc')
      .limit(2)
      .execute()
    expect(types.map(({ type }) => type)).toEqual(['access.granted', 'map.collaboration-changed'])
    const closed = await createMap('Closed')
    const asked = await askAndArrive('admin', closed, undefined, { wanted: 'edit' })
    expect((await listOf('editor')).find((each) => each.id === asked)).toMatchObject({ wanted: 'open' })
  })

  test('asking again is one request, and after an answer one may ask anew', async () => {
    const map = await createMap('Asked often')
    const id = await askAndArrive('viewer', map, 'First')
    await Promise.all(Array.from({ length: 5 }, () => ask('viewer', map, 'Again')))
    await askAndArrive('guest', map)
    const kept = (await listKept()).filter((row) => row.asset_id === map)
    expect(kept.map(({ message }) => message).sort()).toEqual(['', 'First'])
    expect((await call('POST', `${requestsUrl}/${id}/decline`, 'editor')).statusCode).toBe(204)
    expect(await statusOf(map, 'viewer')).toBe(404)
    expect(await askAndArrive('viewer', map, 'Second')).not.toBe(id)
  })

  test('only the present owner sees and answers a request, and only once', async () => {
    const map = await createMap('Mine alone')
    const id = await askAndArrive('viewer', map)
    for (const as of ['superadmin', 'admin', 'viewer', 'guest'] as const) {
      expect((await listOf(as)).some((each) => each.id === id)).toBe(false)
      expect((await grant(as, id)).statusCode).toBe(404)
      expect((await call('POST', `${requestsUrl}/${id}/decline`, as)).statusCode).toBe(404)
    }
    const [granted, declined] = await Promise.all([
      grant('editor', id),
      call('POST', `${requestsUrl}/${id}/decline`, 'editor'),
    ])
    const statuses = [granted.statusCode, declined.statusCode]
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409 || status === 404)).toHaveLength(1)
    expect(await statusOf(map, 'viewer')).toBe(granted.statusCode === 204 ? 200 : 404)
  })

  test('a request that waits goes with the map to a new owner, and with its asker away', async () => {
    const map = await createMap('Handed over')
    const id = await askAndArrive('viewer', map)
    await testApp.store
      .updateTable('maps')
      .set({ owner_id: idOf('admin') })
      .where('id', '=', map)
      .execute()
    expect((await listOf('editor')).some((each) => each.id === id)).toBe(false)
    expect((await listOf('admin')).some((each) => each.id === id)).toBe(true)
    expect((await grant('editor', id)).statusCode).toBe(404)
    await testApp.store
      .updateTable('users')
      .set({ disabled_at: testApp.clock.now() })
      .where('id', '=', idOf('viewer'))
      .execute()
    expect((await listOf('admin')).some((each) => each.id === id)).toBe(false)
    await testApp.store.updateTable('users').set({ disabled_at: null }).where('id', '=', idOf('viewer')).execute()
  })

  test('access that is granted until a time ends then for every door: opening, lists, counts and explanations', async () => {
    const map = await createMap('For a week')
    const id = await askAndArrive('guest', map)
    const past = new Date(testApp.clock.now().getTime() - 1)
    expect((await grant('editor', id, past)).statusCode).toBe(400)
    const until = new Date(testApp.clock.now().getTime() + 7 * DAY_MS)
    expect((await grant('editor', id, until)).statusCode).toBe(204)

    const look = async () => {
      const url = `/v3/access/explain?subject=${idOf('guest')}&action=map.read&asset=map:${map}`
      const sharing = (await call('GET', `/workspace-api/maps/${map}/sharing`, 'editor')).json()
      return {
        opens: await statusOf(map, 'guest'),
        listed: (await call('GET', '/workspace-api/maps?search=For+a+week', 'guest')).json().total,
        explained: (await call('GET', url, 'admin')).json().allowed,
        privacy: sharing.privacy,
        count: (await call('GET', `/v3/access/people-counts?kind=map&ids=${map}`, 'editor')).json().counts[map],
        until: sharing.people.find(({ id: person }: PersonWithAccess) => person === idOf('guest'))?.until,
      }
    }
    const granted = { opens: 200, listed: 1, explained: true, privacy: 'shared', count: 3, until: until.toISOString() }
    expect(await look()).toEqual(granted)
    // Sharing it with others keeps the end.
    const wish = { privacy: 'shared', userIds: [idOf('guest'), idOf('admin')] }
    await call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', wish)
    expect(await look()).toEqual({ ...granted, count: 4 })
    await call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { ...wish, userIds: [idOf('guest')] })
    await testApp.store
      .updateTable('grants')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('asset_id', '=', map)
      .execute()
    expect(await look()).toEqual({
      opens: 404,
      listed: 0,
      explained: false,
      privacy: 'private',
      count: 2,
      until: undefined,
    })
    // Naming them anew is for good, whatever had ended.
    await call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { ...wish, userIds: [idOf('guest')] })
    expect(await look()).toEqual({ ...granted, until: undefined })
  })

  test('what ended is swept, and so are requests that nobody answered for three months', async () => {
    const map = await createMap('Swept')
    await askAndArrive('guest', map)
    const server = await testApp.buildServer('sweeper')
    await testApp.store
      .insertInto('grants')
      .values({
        organization_id: testApp.organizationId,
        asset_kind: 'map',
        asset_id: map,
        audience_kind: 'user',
        group_id: null,
        user_id: idOf('admin'),
        created_at: testApp.clock.now(),
        expires_at: new Date(testApp.clock.now().getTime() - DAY_MS),
      })
      .execute()
    await server.sweep()
    const grants = await testApp.store.selectFrom('grants').select('user_id').where('asset_id', '=', map).execute()
    expect(grants).toEqual([])
    expect((await listKept()).some((row) => row.asset_id === map)).toBe(true)
    testApp.clock.advance(91 * DAY_MS)
    await server.sweep()
    expect(await listKept()).toEqual([])
  })

  async function createMapElsewhere(): Promise<string> {
    const organizationId = 'ac_elsewher'
    const created_at = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: organizationId, name: 'Elsewhere', is_demo: false, created_at })
      .execute()
    const [ownerId, id] = [createId(), createId()]
    const email = `${ownerId}@example.org`
    await testApp.store
      .insertInto('users')
      .values({ id: ownerId, organization_id: organizationId, email, name: 'A stranger', role: 'editor', created_at })
      .execute()
    await testApp.store
      .insertInto('maps')
      .values({
        id,
        organization_id: organizationId,
        owner_id: ownerId,
        title: 'Elsewhere',
        description: '',
        document: JSON.stringify(emptyMapDocument('Elsewhere')),
        created_at,
        updated_at: created_at,
      })
      .execute()
    return id
  }
}
