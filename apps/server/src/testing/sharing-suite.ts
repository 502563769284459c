import {
  emptyMapDocument,
  type GroupDetail,
  type GroupList,
  type MapList,
  type PersonList,
  type Role,
} from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of groups and of sharing on every engine that may keep them. */
export function describeSharing(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const groupsUrl = '/workspace-api/groups'
  // What was refused is told a moment later, and is no change.
  const readEvents = () =>
    testApp.store.selectFrom('activity').selectAll().where('type', '!=', 'access.denied').orderBy('position').execute()

  async function createGroup(name: string, members: readonly Role[] = []): Promise<string> {
    const created = await call('POST', groupsUrl, 'admin', { name })
    expect(created.statusCode, created.body).toBe(201)
    const { id } = created.json<GroupDetail>()
    if (members.length > 0) await addMembers(id, members.map(idOf))
    return id
  }

  async function addMembers(id: string, userIds: readonly string[]) {
    const added = await call('POST', `${groupsUrl}/${id}/members`, 'admin', { userIds })
    expect(added.statusCode, added.body).toBe(200)
    return added.json<GroupDetail>()
  }

  async function createMap(title: string, as: Role = 'editor'): Promise<string> {
    const created = await call('POST', '/workspace-api/maps', as, { document: emptyMapDocument(title) })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  const share = (map: string, payload: object, as: Role = 'editor') =>
    call('PUT', `/workspace-api/maps/${map}/sharing`, as, payload)

  async function shareWithGroup(map: string, groupId: string) {
    const shared = await share(map, { privacy: 'shared', groupIds: [groupId] })
    expect(shared.statusCode, shared.body).toBe(200)
    return shared
  }

  const statusOf = async (map: string, as: Role) => (await call('GET', `/workspace-api/maps/${map}`, as)).statusCode
  const titles = async (as: Role, scope: string) =>
    (await call('GET', `/workspace-api/maps?scope=${scope}`, as)).json<MapList>().maps.map((map) => map.title)

  /** Somebody more, of the organization unless another is named. */
  async function addPerson(role: Role, organizationId = testApp.organizationId): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('users')
      .values({
        id,
        organization_id: organizationId,
        email: `${id}@example.org`,
        name: `Another ${role}`,
        role,
        created_at: now,
      })
      .execute()
    return id
  }

  async function addOrganization(): Promise<string> {
    const id = 'ac_elsewher'
    const created = { id, name: 'Elsewhere', is_demo: false, created_at: testApp.clock.now() }
    await testApp.store.insertInto('organizations').values(created).execute()
    return id
  }

  /** A connection that is already there; making one through the API would need its warehouse. */
  async function addConnection(name: string): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id,
        organization_id: testApp.organizationId,
        name,
        provider_id: 'postgres',
        owner_id: idOf('editor'),
        config: toJson({}),
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  test('admins make, find, rename and delete groups; editors know their names, others nothing', async () => {
    for (const name of ['Sales', 'Field 100%', 'marketing']) await createGroup(name, ['viewer'])
    const list = async (as: Role, query = '') => (await call('GET', `${groupsUrl}?${query}`, as)).json<GroupList>()
    const seen = await list('admin')
    expect(seen.groups.map(({ name, memberCount, source }) => [name, memberCount, source])).toEqual([
      ['Field 100%', 1, 'manual'],
      ['marketing', 1, 'manual'],
      ['Sales', 1, 'manual'],
    ])
    expect((await list('superadmin', 'search=SAL')).groups.map(({ name }) => name)).toEqual(['Sales'])
    expect((await list('admin', 'search=%25')).total).toBe(1)
    expect(await list('admin', 'pageSize=2&page=2')).toMatchObject({ total: 3, groups: [{ name: 'Sales' }] })
    for (const group of (await list('editor')).groups) expect(Object.keys(group).sort()).toEqual(['id', 'name'])
    for (const as of ['viewer', 'guest'] as const) expect((await call('GET', groupsUrl, as)).statusCode).toBe(403)
    const id = seen.groups.find(({ name }) => name === 'Sales')?.id
    expect((await call('PATCH', `${groupsUrl}/${id}`, 'editor', { name: 'Mine' })).statusCode).toBe(403)

    const taken = await call('POST', groupsUrl, 'admin', { name: ' MARKETING ' })
    expect(taken.statusCode).toBe(409)
    expect(taken.json().error).toBe('There is already a group called "MARKETING"; choose another name.')
    expect((await call('PATCH', `${groupsUrl}/${id}`, 'admin', { name: 'marketing' })).statusCode).toBe(409)
    expect((await call('POST', groupsUrl, 'admin', { name: '   ' })).statusCode).toBe(400)
    const renamed = await call('PATCH', `${groupsUrl}/${id}`, 'admin', { name: 'sales' })
    expect(renamed.json()).toMatchObject({ id, name: 'sales', memberCount: 1, assets: [] })
    expect((await call('DELETE', `${groupsUrl}/${id}`, 'admin')).json()).toEqual({ unshared: [] })
    expect((await call('GET', `${groupsUrl}/${id}`, 'admin')).statusCode).toBe(404)
    const events = (await readEvents()).filter((event) => event.asset_id === id)
    expect(events.map(({ type, details }) => ({ type, details }))).toMatchObject([
      { type: 'group.created', details: { name: 'Sales' } },
      { type: 'group.member-added', details: { name: 'Sales', email: 'viewer@example.org' } },
      { type: 'group.renamed', details: { from: 'Sales', to: 'sales' } },
      { type: 'group.deleted', details: { name: 'sales', unshared: [] } },
    ])
  })

  test('people are put into groups all or none, found in them, and taken out again', async () => {
    const id = await createGroup('Sales')
    expect((await addMembers(id, [idOf('viewer'), idOf('guest')])).memberCount).toBe(2)
    const before = (await readEvents()).length
    expect((await addMembers(id, [idOf('viewer')])).memberCount).toBe(2)
    expect((await readEvents()).length).toBe(before)
    const members = async (query = '') => (await call('GET', `${groupsUrl}/${id}/members?${query}`, 'admin')).json()
    expect(await members()).toMatchObject({ total: 2, members: [{ name: 'The guest' }, { name: 'The viewer' }] })
    const listed = (await call('GET', '/workspace-api/users?search=VIEWER%40', 'admin')).json<PersonList>().people
    expect(listed.map(({ groups }) => groups)).toEqual([['Sales']])
    expect(await members('search=VIEWER%40')).toMatchObject({ total: 1, members: [{ role: 'viewer' }] })
    const stranger = await addPerson('viewer', await addOrganization())
    const refused = await call('POST', `${groupsUrl}/${id}/members`, 'admin', { userIds: [idOf('editor'), stranger] })
    expect(refused.statusCode).toBe(404)
    expect(await members()).toMatchObject({ total: 2 })
    const url = `${groupsUrl}/${id}/members/${idOf('viewer')}`
    expect((await call('DELETE', url, 'editor')).statusCode).toBe(403)
    expect((await call('DELETE', url, 'admin')).statusCode).toBe(204)
    expect((await call('DELETE', url, 'admin')).statusCode).toBe(404)
    expect(await members()).toMatchObject({ total: 1 })
  })

  test('a map for a group is its members’ from the next request on, guests among them, and nobody else’s', async () => {
    const group = await createGroup('Partners', ['guest'])
    const map = await createMap('For partners')
    expect(await statusOf(map, 'guest')).toBe(404)
    const shared = await shareWithGroup(map, group)
    expect(shared.json()).toMatchObject({
      privacy: 'shared',
      sharingScope: 'specific',
      groups: [{ id: group, name: 'Partners' }],
      users: [],
      owner: { id: idOf('editor') },
      peopleCount: 3,
      people: [
        { name: 'The editor', role: 'editor', paths: ['owner'] },
        { name: 'The guest', role: 'guest', paths: ['group'] },
        { name: 'The superadmin', role: 'superadmin', paths: ['role'] },
      ],
    })
    expect(await statusOf(map, 'guest')).toBe(200)
    expect(await statusOf(map, 'viewer')).toBe(404)
    expect(await statusOf(map, 'admin')).toBe(404)
    expect(await titles('guest', 'shared')).toEqual(['For partners'])
    expect(await titles('viewer', 'all')).toEqual([])
    // The superadmin reaches it, but nobody shared it with them.
    expect(await titles('superadmin', 'all')).toEqual(['For partners'])
    expect(await titles('superadmin', 'shared')).toEqual([])
    expect(await titles('editor', 'shared')).toEqual([])

    await addMembers(group, [idOf('viewer')])
    expect(await statusOf(map, 'viewer')).toBe(200)
    await call('DELETE', `${groupsUrl}/${group}/members/${idOf('guest')}`, 'admin')
    expect(await statusOf(map, 'guest')).toBe(404)
    expect(await titles('guest', 'all')).toEqual([])
  })

  test('another server follows a change of a group within a second', async () => {
    const other = await testApp.buildServer('other-server')
    const cookie = await testApp.signIn('viewer')
    const group = await createGroup('Sales')
    const map = await createMap('For sales')
    await shareWithGroup(map, group)
    const headers = { cookie, host: 'localhost', 'sec-fetch-site': 'same-origin' }
    const read = async () => (await other.app.inject({ url: `/workspace-api/maps/${map}`, headers })).statusCode
    expect(await read()).toBe(404)
    await addMembers(group, [idOf('viewer')])
    testApp.clock.advance(1_001)
    expect(await read()).toBe(200)
    await call('DELETE', `${groupsUrl}/${group}?unshare=true`, 'admin')
    testApp.clock.advance(1_001)
    expect(await read()).toBe(404)
  })

  test('the whole organization is everybody but guests, who are named besides', async () => {
    const map = await createMap('For all')
    const all = await share(map, { privacy: 'shared' })
    expect(all.json()).toMatchObject({ privacy: 'shared', sharingScope: 'organization', peopleCount: 4 })
    expect(await statusOf(map, 'viewer')).toBe(200)
    expect(await statusOf(map, 'guest')).toBe(404)
    const userIds = [idOf('guest')]
    const both = await share(map, { privacy: 'shared', sharingScope: 'organization', userIds })
    expect(both.json()).toMatchObject({ sharingScope: 'organization', users: [{ role: 'guest' }], peopleCount: 5 })
    expect(await statusOf(map, 'guest')).toBe(200)
    expect((await share(map, { privacy: 'shared', userIds })).json()).toMatchObject({ sharingScope: 'specific' })
    expect(await statusOf(map, 'viewer')).toBe(404)
    expect((await share(map, { privacy: 'public' })).json()).toMatchObject({ privacy: 'public', peopleCount: 5 })
    expect((await share(map, { privacy: 'private' })).json()).toMatchObject({ privacy: 'private', peopleCount: 2 })
    expect(await statusOf(map, 'guest')).toBe(404)
    const changes = (await readEvents()).filter(({ type }) => type === 'map.privacy-changed')
    expect(changes.map(({ details }) => [details.from, details.to, details.userIds])).toEqual([
      ['private', 'shared', []],
      ['shared', 'shared', userIds],
      ['shared', 'shared', userIds],
      ['shared', 'public', []],
      ['public', 'private', []],
    ])
  })

  test('the peer’s call for privacy takes the same people and groups', async () => {
    const group = await createGroup('Sales', ['viewer'])
    const map = await createMap('By privacy')
    const payload = { privacy: 'shared', sharingScope: 'specific', groupIds: [group], userIds: [idOf('guest')] }
    const answer = await call('POST', `/workspace-api/maps/${map}/privacy`, 'editor', payload)
    expect(answer.json()).toMatchObject({ id: map, privacy: 'shared', sharingScope: 'specific' })
    for (const as of ['viewer', 'guest'] as const) expect(await statusOf(map, as)).toBe(200)
  })

  test('a connection for a group is used by its members, and can be nobody’s in public or a guest’s', async () => {
    const group = await createGroup('Analysts', ['viewer', 'guest'])
    const id = await addConnection('wh')
    const url = '/v3/connections/wh/sharing'
    const shared = await call('PUT', url, 'editor', { privacy: 'shared', groupIds: [group] })
    expect(shared.statusCode, shared.body).toBe(200)
    expect(shared.json()).toMatchObject({ sharingScope: 'specific', peopleCount: 2 })
    const names = async (as: Role) => (await call('GET', '/v3/connections', as)).json<{ name: string }[]>().length
    expect([await names('viewer'), await names('guest'), await names('admin')]).toEqual([1, 0, 0])
    expect((await call('GET', url, 'admin')).statusCode).toBe(404)
    const refuse = async (payload: object) => {
      const answer = await call('PUT', url, 'editor', payload)
      expect(answer.statusCode, answer.body).toBe(422)
      expect(answer.json().error).toMatch(/^[A-Z][^.]*\.( [A-Z][^.]*\.)?$/)
      return answer.json().details.rule
    }
    expect(await refuse({ privacy: 'public' })).toBe('sharing.connection.public')
    expect(await refuse({ privacy: 'shared', userIds: [idOf('guest')] })).toBe('sharing.connection.guest')
    expect((await call('GET', url, 'editor')).json()).toMatchObject({ groups: [{ id: group }], users: [] })
    const event = (await readEvents()).at(-1)
    expect(event).toMatchObject({ type: 'connection.privacy-changed', asset_id: id, details: { groupIds: [group] } })
  })

  test('what cannot be shared so is refused with the rule, and nothing has happened', async () => {
    const map = await createMap('Mine')
    const elsewhere = await addOrganization()
    const gone = await addPerson('viewer')
    await call('DELETE', `/workspace-api/users/${gone}?receiverId=${idOf('admin')}`, 'admin')
    const foreignGroup = createId()
    await testApp.store
      .insertInto('groups')
      .values({
        id: foreignGroup,
        organization_id: elsewhere,
        name: 'Theirs',
        source: 'manual',
        created_at: new Date(),
      })
      .execute()
    const cases: [object, string][] = [
      [{ privacy: 'shared', userIds: [await addPerson('viewer', elsewhere)] }, 'sharing.person'],
      [{ privacy: 'shared', userIds: [gone] }, 'sharing.person'],
      [{ privacy: 'shared', userIds: ['nobody'] }, 'sharing.person'],
      [{ privacy: 'shared', groupIds: [foreignGroup] }, 'sharing.group'],
      [{ privacy: 'shared', groupIds: ['none'] }, 'sharing.group'],
      [{ privacy: 'shared', sharingScope: 'specific' }, 'sharing.contradiction'],
      [{ privacy: 'private', userIds: [idOf('viewer')] }, 'sharing.contradiction'],
    ]
    for (const [payload, rule] of cases) {
      const answer = await share(map, payload)
      expect(answer.statusCode, answer.body).toBe(422)
      expect(answer.json()).toMatchObject({ code: 'rule_violated', details: { rule } })
    }
    expect((await share(map, { privacy: 'everybody' })).statusCode).toBe(400)
    const detail = (await call('GET', `/workspace-api/maps/${map}/sharing`, 'editor')).json()
    expect(detail).toMatchObject({ privacy: 'private', sharingScope: null, groups: [], users: [] })
  })

  test('only the owner shares; who may not know of it learns nothing, and viewers learn nobody’s names', async () => {
    const map = await createMap('Mine')
    const url = `/workspace-api/maps/${map}/sharing`
    const wish = { privacy: 'public' }
    for (const as of ['admin', 'viewer', 'guest'] as const) {
      expect((await call('GET', url, as)).statusCode).toBe(404)
      expect((await share(map, wish, as)).statusCode).toBe(404)
      expect((await call('POST', `${url}/preview`, as, wish)).statusCode).toBe(404)
    }
    await share(map, { privacy: 'shared' })
    for (const as of ['admin', 'viewer', 'superadmin'] as const) {
      expect((await share(map, wish, as)).statusCode).toBe(403)
      expect((await call('POST', `${url}/preview`, as, wish)).statusCode).toBe(403)
    }
    expect((await call('GET', url, 'admin')).json()).toMatchObject({ peopleCount: 4, share: { allowed: false } })
    expect((await call('GET', url, 'viewer')).statusCode).toBe(403)
  })

  test('a preview names exactly those who then gain and lose access', async () => {
    const group = await createGroup('Sales', ['viewer', 'editor'])
    const map = await createMap('Mine')
    const url = `/workspace-api/maps/${map}/sharing`
    const roles: Role[] = ['superadmin', 'admin', 'editor', 'viewer', 'guest']
    const readers = async () => {
      const statuses = await Promise.all(roles.map(async (role) => ({ role, status: await statusOf(map, role) })))
      return statuses.filter(({ status }) => status === 200).map(({ role }) => `The ${role}`)
    }
    const wishes = [
      { privacy: 'shared', groupIds: [group] },
      { privacy: 'shared', userIds: [idOf('guest'), idOf('admin')] },
      { privacy: 'public' },
      { privacy: 'shared' },
      { privacy: 'shared', sharingScope: 'organization', userIds: [idOf('guest')] },
      { privacy: 'private' },
    ]
    for (const wish of wishes) {
      const before = await readers()
      const preview = (await call('POST', `${url}/preview`, 'editor', wish)).json()
      expect(await readers()).toEqual(before)
      const shared = await share(map, wish)
      expect(shared.statusCode, shared.body).toBe(200)
      const after = await readers()
      const names = (list: { name: string }[]) => list.map(({ name }) => name).sort()
      expect(names(preview.gains)).toEqual(after.filter((name) => !before.includes(name)).sort())
      expect(names(preview.losses)).toEqual(before.filter((name) => !after.includes(name)).sort())
      expect(preview.peopleCount).toBe(after.length)
      expect(shared.json().peopleCount).toBe(after.length)
      expect(names(shared.json().people)).toEqual([...after].sort())
    }
  })

  test('a group that something is shared with is deleted only when that is said, and what it unshares is named', async () => {
    const group = await createGroup('Sales', ['viewer'])
    const map = await createMap('Secret plans')
    await shareWithGroup(map, group)
    const own = await createMap('Mine', 'admin')
    await share(own, { privacy: 'shared', groupIds: [group], userIds: [idOf('guest')] }, 'admin')
    const deleted = await createMap('Gone')
    await shareWithGroup(deleted, group)
    await call('DELETE', `/workspace-api/maps/${deleted}`, 'editor')

    const refused = await call('DELETE', `${groupsUrl}/${group}`, 'admin')
    expect(refused.statusCode).toBe(409)
    const assets = [
      { kind: 'map', id: own, name: 'Mine', owner: { id: idOf('admin') } },
      // It is not the admin's to see.
      { kind: 'map', id: map, name: null, owner: { id: idOf('editor') } },
    ]
    expect(refused.json().details.assets).toMatchObject(assets)
    expect((await call('GET', `${groupsUrl}/${group}`, 'admin')).json().assets).toMatchObject(assets)
    expect(await statusOf(map, 'viewer')).toBe(200)
    const done = await call('DELETE', `${groupsUrl}/${group}?unshare=true`, 'admin')
    expect(done.json().unshared).toMatchObject(assets)
    expect(await statusOf(map, 'viewer')).toBe(404)
    expect(await statusOf(own, 'guest')).toBe(200)
    const sharing = (await call('GET', `/workspace-api/maps/${map}/sharing`, 'editor')).json()
    expect(sharing).toMatchObject({ privacy: 'private', groups: [] })
  })

  test('a deleted person is in no group and no audience any more', async () => {
    const group = await createGroup('Sales', ['viewer', 'guest'])
    const map = await createMap('Named')
    await share(map, { privacy: 'shared', userIds: [idOf('viewer')], groupIds: [group] })
    await call('DELETE', `/workspace-api/users/${idOf('viewer')}?receiverId=${idOf('admin')}`, 'admin')
    const sharing = (await call('GET', `/workspace-api/maps/${map}/sharing`, 'editor')).json()
    expect(sharing).toMatchObject({ users: [], groups: [{ id: group }], peopleCount: 3 })
    expect((await call('GET', `${groupsUrl}/${group}`, 'admin')).json().memberCount).toBe(1)
    const left = await testApp.store.selectFrom('grants').select('user_id').where('user_id', 'is not', null).execute()
    expect(left).toEqual([])
  })

  test('a group that is deleted while it is shared with is either kept or not shared with', async () => {
    for (let round = 0; round < 6; round++) {
      const group = await createGroup(`Group ${round}`, ['viewer'])
      const map = await createMap(`Map ${round}`)
      const sharing = () => share(map, { privacy: 'shared', groupIds: [group] })
      const deleting = () => call('DELETE', `${groupsUrl}/${group}`, 'admin')
      const [first, second] = round % 2 === 0 ? [sharing, deleting] : [deleting, sharing]
      const answers = await Promise.all([first(), second()])
      const [shared, deleted] = round % 2 === 0 ? answers : [answers[1], answers[0]]
      const outcome = `${shared?.statusCode} ${deleted?.statusCode}`
      expect(['200 409', '422 200']).toContain(outcome)
      expect(await statusOf(map, 'viewer')).toBe(outcome === '200 409' ? 200 : 404)
    }
  })

  test('audiences that are set at the same moment leave one of them whole', async () => {
    const groups = await Promise.all(['One', 'Two'].map((name) => createGroup(name)))
    const map = await createMap('Contested')
    const wishes = [
      { privacy: 'shared', groupIds: [groups[0]], userIds: [idOf('viewer')] },
      { privacy: 'shared', groupIds: [groups[1]], userIds: [idOf('guest')] },
      { privacy: 'public' },
      { privacy: 'shared' },
    ]
    const answers = await Promise.all(wishes.map((wish) => share(map, wish)))
    // Whoever looked while it was private must look again once it is public, and the other way round.
    const refused = answers.filter(({ statusCode }) => statusCode !== 200)
    expect(refused.map((answer) => [answer.statusCode, answer.json().details.rule])).toEqual(
      refused.map(() => [409, 'publication.changed']),
    )
    const granted = wishes.filter((_wish, index) => answers[index]?.statusCode === 200)
    expect(granted.length).toBeGreaterThan(0)
    const detail = (await call('GET', `/workspace-api/maps/${map}/sharing`, 'editor')).json()
    const found = {
      privacy: detail.privacy,
      groupIds: detail.groups.map(({ id }: { id: string }) => id),
      users: detail.users.map(({ role }: { role: string }) => role),
    }
    const outcomes = granted.map(({ privacy, groupIds = [], userIds = [] }) => ({
      privacy,
      groupIds,
      users: userIds.map((id) => (id === idOf('viewer') ? 'viewer' : 'guest')),
    }))
    expect(outcomes).toContainEqual(found)
  })

  test('an owner who is demoted while they share has shared before or is refused', async () => {
    const map = await createMap('Mine')
    const [demoted, shared] = await Promise.all([
      call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'admin', { role: 'viewer', receiverId: idOf('admin') }),
      share(map, { privacy: 'shared', userIds: [idOf('guest')] }),
    ])
    expect(demoted.statusCode, demoted.body).toBe(200)
    expect([200, 403, 404]).toContain(shared.statusCode)
    const kinds = ['map.privacy-changed', 'map.transferred']
    const events = (await readEvents()).filter(({ asset_id: id, type }) => id === map && kinds.includes(type))
    const order = events.map(({ type }) => type)
    // Whoever shared in time may be demoted before they are answered, and is not told of the map any more.
    const isShared = order.length === 2
    expect(order).toEqual(isShared ? kinds : ['map.transferred'])
    if (shared.statusCode === 200) expect(isShared).toBe(true)
    expect(await statusOf(map, 'guest')).toBe(isShared ? 200 : 404)
    expect((await share(map, { privacy: 'public' })).statusCode).not.toBe(200)
  })
}
