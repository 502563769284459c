import {
  emptyMapDocument,
  type MapSummary,
  type PersonList,
  type PersonSummary,
  type Role,
  type TokenSummary,
} from '@graticule/contract'
import { ASSET_KINDS, type AssetKind, SHAREABLE_KINDS, type ShareableKind } from '@graticule/policy'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of the people of an organization on every engine that may keep them. */
export function describeUsers(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const list = async (as: Role, query = '') =>
    (await testApp.request({ url: `/workspace-api/users?${query}`, as })).json<PersonList>()
  const find = async (as: Role, id: string) => (await list(as)).people.find((person) => person.id === id)
  const patch = (as: Role, id: string, payload: { role: Role; receiverId?: string }) =>
    testApp.request({ method: 'PATCH', url: `/workspace-api/users/${id}`, as, payload })
  const remove = (as: Role, id: string, receiverId?: string) => {
    const query = receiverId === undefined ? '' : `?receiverId=${receiverId}`
    return testApp.request({ method: 'DELETE', url: `/workspace-api/users/${id}${query}`, as })
  }
  // What was refused is told a moment later, and is no change.
  const readEvents = () =>
    testApp.store.selectFrom('activity').selectAll().where('type', '!=', 'access.denied').orderBy('position').execute()
  const roleOf = async (id: string) =>
    (await testApp.store.selectFrom('users').select('role').where('id', '=', id).executeTakeFirstOrThrow()).role

  async function createMap(as: Role, title: string): Promise<string> {
    const payload = { document: emptyMapDocument(title) }
    const created = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as, payload })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  /** A connection that is already there; making one through the API would need its warehouse. */
  async function addConnection(owner: Role, name: string): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id,
        organization_id: testApp.organizationId,
        name,
        provider_id: 'postgres',
        owner_id: idOf(owner),
        embedded: false,
        config: toJson({}),
        credential_version: 1,
        aliases: toJson([]),
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  /** A named source that is already there; naming one through the API asks the warehouse whether its query reads. */
  async function addNamedSource(owner: Role, connectionId: string, name: string): Promise<string> {
    const id = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('named_sources')
      .values({
        id,
        organization_id: testApp.organizationId,
        connection_id: connectionId,
        owner_id: idOf(owner),
        name,
        description: '',
        sql: 'SELECT 1 AS one',
        created_at: now,
        updated_at: now,
      })
      .execute()
    return id
  }

  /** Where the assets of each kind are kept. A kind that is added to the registry does not type-check before it is here. */
  const TABLE_OF = {
    map: 'maps',
    connection: 'connections',
    workflow: 'workflows',
    application: 'applications',
    project: 'projects',
    token: 'tokens',
    'named-source': 'named_sources',
    'oauth-client': 'oauth_clients',
  } as const satisfies Readonly<Record<AssetKind, string>>
  const kinds = Object.keys(TABLE_OF) as AssetKind[]

  /** Has the editor own one asset of each kind there is, with whatever can be shared shared with the viewer. */
  async function giveEditorOneOfEachKind() {
    const make = async (url: string, payload: object) => {
      const made = await testApp.request({ method: 'POST', url, as: 'editor', payload })
      expect(made.statusCode, made.body).toBe(201)
      return made.json<{ id: string }>().id
    }
    const connection = await addConnection('editor', 'a-connection')
    const bearer = await testApp.createToken([{ connection_name: 'a-connection', source: '*' }])
    const { id: token } = await testApp.store.selectFrom('tokens').select('id').executeTakeFirstOrThrow()
    const ids: Readonly<Record<AssetKind, string>> = {
      map: await createMap('editor', 'A map'),
      connection,
      workflow: await make('/workspace-api/workflows', { title: 'A workflow' }),
      application: await make('/workspace-api/applications', { name: 'An application', url: 'https://example.org' }),
      project: await make('/v3/projects', { name: 'A project' }),
      token,
      'named-source': await addNamedSource('editor', connection, 'a-named-source'),
      'oauth-client': await make('/v3/oauth-clients', {
        kind: 'spa',
        title: 'An OAuth client',
        callbackUrls: ['https://example.org/'],
      }),
    }
    // Every kind has an owner, so the registry has no exceptions here.
    expect(Object.keys(ids).sort()).toEqual(Object.keys(ASSET_KINDS).sort())
    const sharingUrls: Readonly<Record<ShareableKind, string>> = {
      map: `/workspace-api/maps/${ids.map}/sharing`,
      connection: '/v3/connections/a-connection/sharing',
      workflow: `/workspace-api/workflows/${ids.workflow}/sharing`,
      application: `/workspace-api/applications/${ids.application}/sharing`,
      project: `/v3/projects/${ids.project}/sharing`,
    }
    for (const kind of SHAREABLE_KINDS) {
      const payload = { privacy: 'shared', userIds: [idOf('viewer')] }
      const shared = await testApp.request({ method: 'PUT', url: sharingUrls[kind], as: 'editor', payload })
      expect(shared.statusCode, `${kind}: ${shared.body}`).toBe(200)
    }
    expect((await readGrants()).map(({ asset_kind }) => asset_kind).sort()).toEqual([...SHAREABLE_KINDS].sort())
    return { ids, bearer }
  }

  const readGrants = () =>
    testApp.store
      .selectFrom('grants')
      .select(['asset_kind', 'asset_id', 'audience_kind', 'user_id'])
      .orderBy('asset_id')
      .execute()

  /** The owner of every asset of each kind. */
  async function readOwners(): Promise<Record<string, { id: string; owner_id: string | null }[]>> {
    const read = (kind: AssetKind) => testApp.store.selectFrom(TABLE_OF[kind]).select(['id', 'owner_id']).execute()
    return Object.fromEntries(await Promise.all(kinds.map(async (kind) => [kind, await read(kind)] as const)))
  }

  const eachOwnedBy = (owner: string, ids: Readonly<Record<AssetKind, string>>) =>
    Object.fromEntries(kinds.map((kind) => [kind, [{ id: ids[kind], owner_id: owner }]]))

  /** The kind and id of what was told to have gone to somebody, in the order of the kinds. */
  const readTransfers = async (receiver: string) =>
    (await readEvents())
      .filter(({ type, details }) => type.endsWith('.transferred') && details.toId === receiver)
      .map(({ type, asset_id }) => [type.replace('.transferred', ''), asset_id])
      .sort()

  async function addPerson(name: string, role: Role): Promise<string> {
    const id = createId()
    await testApp.store
      .insertInto('users')
      .values({
        id,
        organization_id: testApp.organizationId,
        email: `${name}@example.org`,
        name,
        role,
        created_at: testApp.clock.now(),
      })
      .execute()
    return id
  }

  test('admins see everybody, when they were last here and what they own, and find them by name, e-mail and role', async () => {
    await createMap('editor', 'One')
    const deleted = await createMap('editor', 'Two')
    await testApp.request({ method: 'DELETE', url: `/workspace-api/maps/${deleted}`, as: 'editor' })
    await addConnection('editor', 'mine')
    const seen = await list('admin')
    expect(seen.total).toBe(5)
    expect(seen.people.map((person) => person.name)).toEqual([
      'The admin',
      'The editor',
      'The guest',
      'The superadmin',
      'The viewer',
    ])
    expect(await find('admin', idOf('editor'))).toMatchObject({
      email: 'editor@example.org',
      role: 'editor',
      createdAt: testApp.clock.now().toISOString(),
      lastSeenAt: testApp.clock.now().toISOString(),
      mapCount: 1,
      connectionCount: 1,
    })
    expect(await find('admin', idOf('guest'))).toMatchObject({ lastSeenAt: null, mapCount: 0, connectionCount: 0 })
    const names = async (query: string) => (await list('admin', query)).people.map((person) => person.role)
    expect(await names('search=EDITOR%40')).toEqual(['editor'])
    expect(await names('search=the%20g')).toEqual(['guest'])
    expect(await names('search=%25')).toEqual([])
    expect(await names('role=viewer')).toEqual(['viewer'])
    expect(await names('mayOwn=true')).toEqual(['admin', 'editor', 'superadmin'])
    expect(await list('admin', 'pageSize=2&page=3')).toMatchObject({ total: 5, people: [{ role: 'viewer' }] })
  })

  test('the list is narrowed to a group, beside search, role and pages; only who looks after people may ask so', async () => {
    const addGroup = async (name: string, members: readonly Role[]) => {
      const made = await testApp.request({
        method: 'POST',
        url: '/workspace-api/groups',
        as: 'admin',
        payload: { name },
      })
      const { id } = made.json<{ id: string }>()
      const payload = { userIds: members.map(idOf) }
      await testApp.request({ method: 'POST', url: `/workspace-api/groups/${id}/members`, as: 'admin', payload })
      return id
    }
    const field = await addGroup('Field', ['editor', 'viewer', 'guest'])
    await addGroup('Office', ['admin', 'viewer'])
    const empty = (
      await testApp.request({ method: 'POST', url: '/workspace-api/groups', as: 'admin', payload: { name: 'Empty' } })
    ).json<{ id: string }>()
    const roles = async (query: string) => (await list('admin', query)).people.map((person) => person.role)
    expect(await roles(`groupId=${field}`)).toEqual(['editor', 'guest', 'viewer'])
    expect(await roles(`groupId=${field}&role=viewer`)).toEqual(['viewer'])
    expect(await roles(`groupId=${field}&search=the%20e`)).toEqual(['editor'])
    expect(await list('admin', `groupId=${field}&pageSize=2&page=2`)).toMatchObject({
      total: 3,
      people: [{ role: 'viewer' }],
    })
    expect(await roles(`groupId=${empty.id}`)).toEqual([])
    expect(await roles('groupId=gone')).toEqual([])
    const refused = await testApp.request({ url: `/workspace-api/users?groupId=${field}`, as: 'editor' })
    expect(refused.statusCode).toBe(403)
  })

  test('the list is sorted by any of its columns, page after page, and who was never here comes last', async () => {
    await createMap('editor', 'One')
    await addConnection('superadmin', 'one')
    await testApp.createToken([{ connection_name: 'one', source: '*' }])
    const inOrder = async (query: string) => (await list('admin', query)).people.map((person) => person.role)
    const strongestFirst = ['superadmin', 'admin', 'editor', 'viewer', 'guest']
    expect(await inOrder('orderBy=role&orderDirection=desc')).toEqual(strongestFirst)
    expect(await inOrder('orderBy=role')).toEqual(strongestFirst.toReversed())
    expect((await inOrder('orderBy=email&orderDirection=desc'))[0]).toBe('viewer')
    expect((await inOrder('orderBy=mapCount&orderDirection=desc'))[0]).toBe('editor')
    expect((await inOrder('orderBy=connectionCount&orderDirection=desc'))[0]).toBe('superadmin')
    for (const direction of ['asc', 'desc']) {
      // The editor made a map and the admin asks; nobody else was ever here.
      const ever = await list('admin', `orderBy=lastSeenAt&orderDirection=${direction}`)
      expect(ever.people.map((person) => person.lastSeenAt !== null)).toEqual([true, true, false, false, false])
    }
    const pages = await Promise.all([1, 2, 3].map((page) => list('admin', `orderBy=mapCount&pageSize=2&page=${page}`)))
    expect(new Set(pages.flatMap(({ people }) => people.map(({ id }) => id))).size).toBe(5)
    expect(await find('admin', idOf('editor'))).toMatchObject({ mapCount: 1, tokenCount: 1 })
    expect((await testApp.request({ url: '/workspace-api/users?pageSize=101', as: 'admin' })).statusCode).toBe(400)
    expect((await testApp.request({ url: '/workspace-api/users?orderBy=password', as: 'admin' })).statusCode).toBe(400)
  })

  test('editors see who is there and no more, viewers and guests nobody', async () => {
    const seen = await list('editor')
    expect(seen.total).toBe(5)
    for (const person of seen.people) {
      expect(Object.keys(person).sort()).toEqual(['email', 'id', 'name', 'permissions', 'role'])
      expect(person.permissions.delete).toMatchObject({ allowed: false, reason: expect.stringContaining('(editor)') })
      expect(person.permissions.roles.every(({ allowed }) => !allowed)).toBe(true)
    }
    for (const orderBy of ['lastSeenAt', 'mapCount', 'connectionCount']) {
      const sorted = await testApp.request({ url: `/workspace-api/users?orderBy=${orderBy}`, as: 'editor' })
      expect(sorted.statusCode, orderBy).toBe(403)
    }
    for (const as of ['viewer', 'guest'] as const) {
      expect((await testApp.request({ url: '/workspace-api/users', as })).statusCode).toBe(403)
    }
  })

  test('each person is shown with what the asker may do about them, and the reason why not', async () => {
    await createMap('editor', 'Mine')
    const editor = await find('admin', idOf('editor'))
    expect(editor?.permissions.roles).toEqual([
      { role: 'superadmin', allowed: false, needsReceiver: false, reason: expect.stringContaining('Only an admin') },
      { role: 'admin', allowed: true, needsReceiver: false },
      { role: 'viewer', allowed: true, needsReceiver: true },
      { role: 'guest', allowed: true, needsReceiver: true },
    ])
    expect(editor?.permissions.delete).toEqual({ allowed: true, needsReceiver: true })
    expect((await find('admin', idOf('viewer')))?.permissions.delete).toEqual({ allowed: true, needsReceiver: false })
    const self = await find('admin', idOf('admin'))
    expect(self?.permissions.delete.reason).toBe('Nobody deletes themselves; another admin can delete you.')
    expect(self?.permissions.roles.map(({ allowed }) => allowed)).toEqual([false, false, false, false])
    const allowedTo = async (as: Role, id: string) =>
      (await find(as, id))?.permissions.roles.filter(({ allowed }) => allowed).map(({ role }) => role)
    expect(await allowedTo('admin', idOf('superadmin'))).toEqual([])
    expect(await allowedTo('superadmin', idOf('admin'))).toEqual(['superadmin', 'editor'])
  })

  test('what is shown as allowed is what happens, for every role and target', async () => {
    for (const as of ['admin', 'superadmin', 'editor'] as const) {
      for (const person of (await list(as)).people) {
        for (const { role, allowed, reason } of person.permissions.roles) {
          const answer = await patch(as, person.id, { role })
          const expected = allowed ? [200] : [403, 409]
          expect(expected, `${as} makes ${person.role} ${role}: ${answer.body}`).toContain(answer.statusCode)
          if (!allowed) expect(answer.json().error).toBe(reason)
          else await testApp.store.updateTable('users').set({ role: person.role }).where('id', '=', person.id).execute()
        }
      }
    }
  })

  test('a new role holds from the very next request, and leaves an event', async () => {
    await testApp.request({ url: '/workspace-api/users', as: 'viewer' })
    const changed = await patch('admin', idOf('viewer'), { role: 'editor' })
    expect(changed.statusCode, changed.body).toBe(200)
    expect(changed.json<PersonSummary>()).toMatchObject({ id: idOf('viewer'), role: 'editor' })
    expect((await testApp.request({ url: '/workspace-api/users', as: 'viewer' })).statusCode).toBe(200)
    expect((await readEvents()).at(-1)).toMatchObject({
      type: 'user.role-changed',
      actor_id: idOf('admin'),
      asset_type: 'user',
      asset_id: idOf('viewer'),
      details: { email: 'viewer@example.org', from: 'viewer', to: 'editor' },
    })
  })

  test('people change their own name, and nothing else about themselves', async () => {
    const rename = (as: Role, name: string) =>
      testApp.request({ method: 'PATCH', url: '/workspace-api/profile', as, payload: { name } })
    expect((await rename('guest', ' Gus Holm ')).statusCode).toBe(204)
    const session = await testApp.request({ url: '/auth/session', as: 'guest' })
    expect(session.json().user).toMatchObject({ name: 'Gus Holm', role: 'guest' })
    const before = (await readEvents()).length
    expect((await rename('guest', 'Gus Holm')).statusCode).toBe(204)
    for (const name of ['', '  ', 'x'.repeat(101)]) expect((await rename('guest', name)).statusCode).toBe(400)
    const events = await readEvents()
    expect(events).toHaveLength(before)
    expect(events.at(-1)).toMatchObject({
      type: 'user.renamed',
      actor_id: idOf('guest'),
      details: { from: 'The guest', to: 'Gus Holm' },
    })
  })

  test('a role that somebody has already is no change', async () => {
    const before = (await readEvents()).length
    expect((await patch('admin', idOf('editor'), { role: 'editor' })).statusCode).toBe(200)
    expect((await readEvents()).length).toBe(before)
  })

  test('a demoted editor’s maps, connections and tokens go to the receiver, with their sharing and what they open', async () => {
    const map = await createMap('editor', 'Kept')
    const payload = { privacy: 'public' }
    const shared = await testApp.request({
      method: 'PUT',
      url: `/workspace-api/maps/${map}/sharing`,
      as: 'editor',
      payload,
    })
    expect(shared.statusCode, shared.body).toBe(200)
    const connection = await addConnection('editor', 'mine')
    const token = await testApp.createToken([{ connection_name: 'mine', source: '*' }])
    const read = () => testApp.request({ url: '/v3/sql/mine/query?q=', token })
    expect((await read()).statusCode).toBe(400)

    expect((await patch('admin', idOf('editor'), { role: 'viewer', receiverId: idOf('admin') })).statusCode).toBe(200)
    const owned = (table: 'maps' | 'connections') =>
      testApp.store.selectFrom(table).select(['id', 'owner_id']).execute()
    expect(await owned('maps')).toEqual([{ id: map, owner_id: idOf('admin') }])
    const sharing = await testApp.request({ url: `/workspace-api/maps/${map}/sharing`, as: 'admin' })
    expect(sharing.json()).toMatchObject({ privacy: 'public', owner: { id: idOf('admin') } })
    expect(await owned('connections')).toEqual([{ id: connection, owner_id: idOf('admin') }])
    // Refused for the statement that is missing, as before: not for the token.
    expect((await read()).statusCode).toBe(400)
    const listTokens = async (as: Role) => (await testApp.request({ url: '/v3/tokens', as })).json<TokenSummary[]>()
    expect(await listTokens('admin')).toMatchObject([
      { name: 'test token', grants: [{ connection_name: 'mine', source: '*' }] },
    ])
    const refused = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload: {} })
    expect(refused.statusCode).toBe(403)
    const events = (await readEvents()).slice(-4)
    const cause = { cause: 'user.role-changed', from: 'editor@example.org' }
    expect(events.map(({ type, asset_id, details }) => ({ type, asset_id, details }))).toMatchObject([
      { type: 'map.transferred', asset_id: map, details: { ...cause, title: 'Kept', to: 'admin@example.org' } },
      { type: 'connection.transferred', asset_id: connection, details: { ...cause, name: 'mine' } },
      { type: 'token.transferred', details: { ...cause, name: 'test token', to: 'admin@example.org' } },
      { type: 'user.role-changed', details: { receiver: 'admin@example.org', maps: 1, connections: 1, tokens: 1 } },
    ])
    const [{ id } = { id: '' }] = await listTokens('admin')
    expect((await testApp.request({ method: 'DELETE', url: `/v3/tokens/${id}`, as: 'admin' })).statusCode).toBe(204)
    expect((await read()).statusCode).toBe(401)
  })

  test('a token that is handed over opens what its receiver may use, and ends when that is nothing', async () => {
    const shared = await addConnection('superadmin', 'shared')
    await addConnection('superadmin', 'hidden')
    await testApp.store
      .insertInto('grants')
      .values({
        organization_id: testApp.organizationId,
        asset_kind: 'connection',
        asset_id: shared,
        audience_kind: 'organization',
        created_at: testApp.clock.now(),
      })
      .execute()
    const grantsOn = (...names: string[]) => names.map((name) => ({ connection_name: name, source: 'SELECT 2 AS two' }))
    const both = await testApp.createToken(grantsOn('shared', 'hidden', 'nowhere'))
    const hidden = await testApp.createToken(grantsOn('hidden'))
    const statusOf = async (token: string, connection: string) => {
      // No grant is on this query: 403 where the token knows the connection.
      const url = `/v3/sql/${connection}/query?q=SELECT%201`
      return (await testApp.request({ url, token })).statusCode
    }
    expect([await statusOf(both, 'shared'), await statusOf(both, 'hidden'), await statusOf(hidden, 'hidden')]).toEqual([
      403, 403, 403,
    ])
    expect((await patch('admin', idOf('editor'), { role: 'viewer', receiverId: idOf('admin') })).statusCode).toBe(200)
    expect([await statusOf(both, 'shared'), await statusOf(both, 'hidden'), await statusOf(hidden, 'hidden')]).toEqual([
      403, 404, 401,
    ])
    const tokens = (await testApp.request({ url: '/v3/tokens', as: 'admin' })).json<TokenSummary[]>()
    expect(tokens.map(({ grants }) => grants)).toEqual([grantsOn('shared')])
    const events = (await readEvents()).filter(({ type }) => type.startsWith('token.'))
    expect(events.map(({ type, details }) => [type, details.grants, details.lost])).toEqual(
      expect.arrayContaining([
        ['token.transferred', grantsOn('shared'), grantsOn('hidden', 'nowhere')],
        ['token.revoked', grantsOn('hidden'), undefined],
      ]),
    )
  })

  test('who owns nothing but a token, or what rests in the trash, needs a receiver too', async () => {
    await testApp.createToken([{ connection_name: 'none', source: '*' }])
    const mayGo = async () => (await find('admin', idOf('editor')))?.permissions.delete.needsReceiver
    expect(await mayGo()).toBe(true)
    expect((await remove('admin', idOf('editor'))).statusCode).toBe(422)
    await testApp.store.updateTable('tokens').set({ revoked_at: testApp.clock.now() }).execute()
    expect(await mayGo()).toBe(false)
    const map = await createMap('editor', 'Thrown away')
    await testApp.request({ method: 'DELETE', url: `/workspace-api/maps/${map}`, as: 'editor' })
    expect(await mayGo()).toBe(true)
    expect((await patch('admin', idOf('editor'), { role: 'guest' })).statusCode).toBe(422)
    expect((await remove('admin', idOf('editor'), idOf('admin'))).statusCode).toBe(204)
    expect((await remove('admin', idOf('viewer'))).statusCode).toBe(204)
  })

  test('AC-04: nobody changes themself, admin and viewer lie two steps apart, and a named receiver inherits every kind and the tokens, shared as it was', async () => {
    const [admin, editor] = [idOf('admin'), idOf('editor')]
    const [eve, abe] = [await addPerson('Eve', 'editor'), await addPerson('Abe', 'admin')]
    const refusals = [
      ...(['guest', 'viewer', 'editor', 'superadmin'] as const).map((role) => [admin, role, 403, 'self'] as const),
      [abe, 'viewer', 409, 'through-editor'] as const,
      [abe, 'guest', 409, 'through-editor'] as const,
      [idOf('viewer'), 'admin', 409, 'through-editor'] as const,
    ]
    for (const [id, role, status, rule] of refusals) {
      const answer = await patch('admin', id, { role })
      expect(answer.statusCode, answer.body).toBe(status)
      expect(answer.json().details.rule).toBe(`role-change.${rule}`)
    }

    const { ids, bearer } = await giveEditorOneOfEachKind()
    const readSeats = async () =>
      (await testApp.request({ url: '/workspace-api/organization', as: 'admin' })).json().seats
    const grants = await readGrants()
    expect(await readOwners()).toEqual(eachOwnedBy(editor, ids))
    expect(await readSeats()).toMatchObject({ editor: { used: 5 }, viewer: { used: 2 } })

    for (const [receiverId, rule] of [
      [undefined, 'missing'],
      [idOf('viewer'), 'role'],
    ] as const) {
      const refused = await patch('admin', editor, { role: 'viewer', ...(receiverId && { receiverId }) })
      expect([refused.statusCode, refused.json().details.rule]).toEqual([422, `role-change.receiver.${rule}`])
    }
    const demoted = await patch('admin', editor, { role: 'viewer', receiverId: eve })
    expect(demoted.statusCode, demoted.body).toBe(200)
    expect(await readOwners()).toEqual(eachOwnedBy(eve, ids))
    expect(await readTransfers(eve)).toEqual(Object.entries(ids).sort())
    const revoked = await testApp.store.selectFrom('tokens').select('id').where('revoked_at', 'is not', null).execute()
    expect(revoked).toEqual([])
    expect((await testApp.request({ url: '/v3/sql/jobs', token: bearer })).statusCode).toBe(200)
    expect(await readGrants()).toEqual(grants)
    expect(await readSeats()).toMatchObject({ editor: { used: 4 }, viewer: { used: 3 } })
  })

  test('AC-04: of somebody who is deleted the named receiver inherits every kind as well, shared as it was', async () => {
    const eve = await addPerson('Eve', 'editor')
    const { ids, bearer } = await giveEditorOneOfEachKind()
    const grants = await readGrants()
    const refused = await remove('admin', idOf('editor'))
    expect([refused.statusCode, refused.json().details.rule]).toEqual([422, 'deletion.receiver.missing'])
    expect(await readOwners()).toEqual(eachOwnedBy(idOf('editor'), ids))

    const deleted = await remove('admin', idOf('editor'), eve)
    expect(deleted.statusCode, deleted.body).toBe(204)
    expect(await readOwners()).toEqual(eachOwnedBy(eve, ids))
    expect(await readTransfers(eve)).toEqual(Object.entries(ids).sort())
    expect((await testApp.request({ url: '/v3/sql/jobs', token: bearer })).statusCode).toBe(200)
    expect(await readGrants()).toEqual(grants)
  })

  test('a promotion and the step from admin to editor move nothing', async () => {
    const map = await createMap('editor', 'Mine')
    expect((await patch('admin', idOf('editor'), { role: 'admin' })).statusCode).toBe(200)
    expect((await patch('admin', idOf('editor'), { role: 'editor' })).statusCode).toBe(200)
    const row = await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', map).executeTakeFirst()
    expect(row?.owner_id).toBe(idOf('editor'))
  })

  test('a deleted person is out at once, what they owned is the receiver’s, and the log still knows their name', async () => {
    const map = await createMap('editor', 'Kept')
    await addConnection('editor', 'mine')
    const token = await testApp.createToken([{ connection_name: 'mine', source: '*' }])
    const receiver = createId()
    await testApp.store
      .insertInto('users')
      .values({
        id: receiver,
        organization_id: testApp.organizationId,
        email: 'second@example.org',
        name: 'The second editor',
        role: 'editor',
        created_at: testApp.clock.now(),
      })
      .execute()
    const gone = await remove('admin', idOf('editor'), receiver)
    expect(gone.statusCode, gone.body).toBe(204)

    expect((await testApp.request({ url: '/auth/session', as: 'editor' })).statusCode).toBe(401)
    // Refused for the statement that is missing: the token is the receiver’s.
    expect((await testApp.request({ url: '/v3/sql/mine/query?q=', token })).statusCode).toBe(400)
    expect(await find('admin', idOf('editor'))).toBeUndefined()
    expect(await find('admin', receiver)).toMatchObject({ mapCount: 1, connectionCount: 1, tokenCount: 1 })
    const sessions = await testApp.store
      .selectFrom('sessions')
      .select('revoked_at')
      .where('user_id', '=', idOf('editor'))
      .execute()
    expect(sessions.length).toBeGreaterThan(0)
    expect(sessions.every((session) => session.revoked_at !== null)).toBe(true)
    const moved = (await readEvents()).filter((event) => event.type.endsWith('.transferred'))
    expect(moved.map((event) => event.details.toId)).toEqual([receiver, receiver, receiver])
    const log = (await testApp.request({ url: '/v3/activity', as: 'admin' })).json<{
      events: { type: string; assetId: string; actor: { name: string } | null; details: object }[]
    }>()
    expect(log.events[0]).toMatchObject({
      type: 'user.deleted',
      details: { email: 'editor@example.org', role: 'editor', maps: 1, connections: 1, tokens: 1 },
    })
    const made = log.events.find((event) => event.type === 'map.created' && event.assetId === map)
    expect(made?.actor?.name).toBe('The editor')
  })

  test('a deleted person’s e-mail is free again, and they cannot be found or deleted twice', async () => {
    expect((await remove('admin', idOf('guest'), idOf('admin'))).statusCode).toBe(204)
    expect((await remove('admin', idOf('guest'), idOf('admin'))).statusCode).toBe(404)
    expect((await patch('admin', idOf('guest'), { role: 'viewer' })).statusCode).toBe(404)
    const again = {
      id: createId(),
      organization_id: testApp.organizationId,
      email: 'GUEST@example.org',
      name: 'Another guest',
      role: 'guest' as const,
      created_at: testApp.clock.now(),
    }
    await testApp.store.insertInto('users').values(again).execute()
    const twice = testApp.store
      .insertInto('users')
      .values({ ...again, id: createId() })
      .execute()
    await expect(twice).rejects.toThrow('users_email')
  })

  test('a receiver who is missing, may own nothing, is nobody or is the person themself is refused, and nothing has happened', async () => {
    const map = await createMap('editor', 'Kept')
    const before = (await readEvents()).length
    const editor = idOf('editor')
    const cases = [
      { receiverId: idOf('viewer'), rule: 'receiver.role' },
      { receiverId: editor, rule: 'receiver.same-person' },
      { receiverId: 'nobody', rule: 'receiver.unknown' },
      { receiverId: undefined, rule: 'receiver.missing' },
    ]
    for (const { receiverId, rule } of cases) {
      const demoted = await patch('admin', editor, { role: 'viewer', ...(receiverId && { receiverId }) })
      expect(demoted.statusCode, demoted.body).toBe(422)
      expect(demoted.json().details.rule).toBe(`role-change.${rule}`)
      const deleted = await remove('admin', editor, receiverId)
      expect(deleted.statusCode, deleted.body).toBe(422)
      expect(deleted.json().details.rule).toBe(`deletion.${rule}`)
    }
    expect(await roleOf(editor)).toBe('editor')
    const maps = (await testApp.request({ url: '/workspace-api/maps', as: 'editor' })).json<{ maps: MapSummary[] }>()
    expect(maps.maps.map(({ id, owner }) => [id, owner.id])).toEqual([[map, editor]])
    expect((await readEvents()).length).toBe(before)
  })

  test('nobody of another organization can be seen, changed, deleted or named as a receiver', async () => {
    const stranger = createId()
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at: now })
      .execute()
    await testApp.store
      .insertInto('users')
      .values({
        id: stranger,
        organization_id: 'ac_elsewher',
        email: 'stranger@example.org',
        name: 'A stranger',
        role: 'editor',
        created_at: now,
      })
      .execute()
    expect(await find('superadmin', stranger)).toBeUndefined()
    expect((await patch('superadmin', stranger, { role: 'viewer' })).statusCode).toBe(404)
    expect((await remove('superadmin', stranger, idOf('superadmin'))).statusCode).toBe(404)
    // In the same words as for nobody at all.
    await createMap('editor', 'Kept')
    const named = await Promise.all([stranger, 'nobody'].map((id) => remove('superadmin', idOf('editor'), id)))
    expect(named.map(({ statusCode }) => statusCode)).toEqual([422, 422])
    expect(named[0]?.json().error).toBe(named[1]?.json().error)
    expect(await roleOf(stranger)).toBe('editor')
  })

  test('many people get a role or are deleted at once, each decided as if alone, with one receiver', async () => {
    const stranger = createId()
    const now = testApp.clock.now()
    const elsewhere = { id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at: now }
    await testApp.store.insertInto('organizations').values(elsewhere).execute()
    const person = { email: 's@example.org', name: 'A stranger', role: 'editor' as const, created_at: now }
    await testApp.store
      .insertInto('users')
      .values({ ...person, id: stranger, organization_id: elsewhere.id })
      .execute()
    const map = await createMap('editor', 'Kept')
    const batch = (as: Role, way: 'role' | 'delete', payload: object) =>
      testApp.request({ method: 'POST', url: `/workspace-api/users/batch/${way}`, as, payload })
    const [admin, editor, viewer, guest] = [idOf('admin'), idOf('editor'), idOf('viewer'), idOf('guest')]
    const superadmin = idOf('superadmin')
    const ownerOf = async () =>
      (await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', map).executeTakeFirstOrThrow())
        .owner_id
    const eventsAfter = async (count: number) =>
      (await readEvents()).slice(count).map(({ type, asset_id }) => [type, asset_id])

    const before = (await readEvents()).length
    const userIds = [admin, superadmin, stranger, 'nobody', editor, viewer]
    const changed = await batch('admin', 'role', { userIds, role: 'guest', receiverId: superadmin })
    expect(changed.statusCode, changed.body).toBe(200)
    const refused = (id: string, says: string) => ({
      id,
      success: false,
      failureReason: expect.stringContaining(says),
    })
    expect(changed.json().results).toEqual([
      refused(admin, 'Nobody changes their own role;'),
      refused(superadmin, 'by way of admin'),
      refused(stranger, 'no such person'),
      refused('nobody', 'no such person'),
      { id: editor, success: true },
      { id: viewer, success: true },
    ])
    expect(await ownerOf()).toBe(superadmin)
    expect(await eventsAfter(before)).toEqual([
      ['map.transferred', map],
      ['user.role-changed', editor],
      ['user.role-changed', viewer],
    ])

    // Of the two admins one can go: whoever asks is the last, and stays.
    await testApp.store.updateTable('users').set({ role: 'admin' }).where('id', '=', superadmin).execute()
    const first = (await readEvents()).length
    const deleted = await batch('admin', 'delete', {
      userIds: [admin, guest, stranger, superadmin, viewer],
      receiverId: admin,
    })
    expect(deleted.statusCode, deleted.body).toBe(200)
    expect(deleted.json().results).toEqual([
      refused(admin, 'Nobody deletes themselves;'),
      { id: guest, success: true },
      refused(stranger, 'no such person'),
      { id: superadmin, success: true },
      { id: viewer, success: true },
    ])
    expect(await ownerOf()).toBe(admin)
    expect((await eventsAfter(first)).filter(([type]) => type === 'user.deleted')).toHaveLength(3)
    expect(await roleOf(stranger)).toBe('editor')

    expect((await batch('admin', 'delete', { userIds: [], receiverId: admin })).statusCode).toBe(400)
  })

  test('of many people without a receiver those are deleted or demoted who own nothing', async () => {
    await createMap('editor', 'Kept')
    const [editor, viewer] = [idOf('editor'), idOf('viewer')]
    const batch = (way: 'role' | 'delete', payload: object) =>
      testApp.request({ method: 'POST', url: `/workspace-api/users/batch/${way}`, as: 'admin', payload })
    const expected = [
      { id: editor, success: false, failureReason: 'This person owns something; name who is to receive it.' },
      { id: viewer, success: true },
    ]
    const userIds = [editor, viewer]
    expect((await batch('role', { userIds, role: 'guest' })).json().results).toEqual(expected)
    expect((await batch('delete', { userIds })).json().results).toEqual(expected)
    expect(await roleOf(editor)).toBe('editor')
  })

  test('people who get a role at once take the seats one after the other', async () => {
    const seats = { editor_seats: 4 }
    await testApp.store.updateTable('organizations').set(seats).where('id', '=', testApp.organizationId).execute()
    const userIds = [idOf('viewer'), idOf('guest')]
    const payload = { userIds, role: 'editor' }
    const changed = await testApp.request({
      method: 'POST',
      url: '/workspace-api/users/batch/role',
      as: 'admin',
      payload,
    })
    expect(changed.json().results).toEqual([
      { id: idOf('viewer'), success: true },
      { id: idOf('guest'), success: false, failureReason: expect.stringContaining('seat') },
    ])
    expect([await roleOf(idOf('viewer')), await roleOf(idOf('guest'))]).toEqual(['editor', 'guest'])
  })

  test('two admins who demote or delete each other at the same moment leave one of them', async () => {
    // The superadmin counts as an admin too, and so steps back for this.
    await testApp.store.updateTable('users').set({ role: 'editor' }).where('role', '=', 'superadmin').execute()
    const admins = [idOf('admin'), idOf('editor')] as const
    for (const way of ['demote', 'delete', 'demote', 'delete'] as const) {
      await testApp.store
        .updateTable('users')
        .set({ role: 'admin', disabled_at: null, deleted_at: null })
        .where('id', 'in', admins)
        .execute()
      await testApp.store.updateTable('sessions').set({ revoked_at: null }).execute()
      testApp.clock.advance(2_000)
      const strike = (as: Role, id: string, own: string) =>
        way === 'demote' ? patch(as, id, { role: 'editor' }) : remove(as, id, own)
      const answers = await Promise.all([
        strike('admin', idOf('editor'), idOf('admin')),
        strike('editor', idOf('admin'), idOf('editor')),
      ])
      const done = answers.filter((answer) => answer.statusCode < 300)
      expect(done, answers.map((answer) => answer.body).join('\n')).toHaveLength(1)
      const left = await testApp.store
        .selectFrom('users')
        .select('id')
        .where('role', '=', 'admin')
        .where('disabled_at', 'is', null)
        .execute()
      expect(left).toHaveLength(1)
    }
  })

  test('what is made while its maker is demoted belongs to the receiver or is refused, never to a viewer', async () => {
    await createMap('editor', 'Before')
    const making = Array.from({ length: 6 }, (_, index) =>
      testApp.request({
        method: 'POST',
        url: '/workspace-api/maps',
        as: 'editor',
        payload: { title: `Map ${index}` },
      }),
    )
    const [demoted, ...made] = await Promise.all([
      patch('admin', idOf('editor'), { role: 'viewer', receiverId: idOf('admin') }),
      ...making,
    ])
    expect(demoted.statusCode).toBe(200)
    const count = made.filter((answer) => answer.statusCode === 201).length
    const maps = await testApp.store.selectFrom('maps').select('owner_id').execute()
    expect(maps.filter((map) => map.owner_id === idOf('editor'))).toEqual([])
    expect(maps.length).toBeGreaterThanOrEqual(1 + count)
  })
}
