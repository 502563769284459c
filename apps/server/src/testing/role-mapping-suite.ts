import type { GroupList, MappableRole, PersonList, Role, RoleMappingSettings, RolePlan } from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of roles that follow groups on every engine that may keep them. */
export function describeRoleMapping(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  const groups = new Map<string, string>()
  let providerId: string

  beforeAll(async () => {
    testApp = await createApp()
    providerId = createId()
    const { organizationId: organization_id, store } = testApp
    const now = testApp.clock.now()
    await store
      .insertInto('identity_providers')
      .values({
        id: providerId,
        organization_id,
        kind: 'oidc',
        name: 'Corp',
        issuer: 'https://login.corp.example',
        client_id: 'graticule',
        domains: '["corp.example"]',
        default_role: 'viewer',
        enabled: true,
        created_at: now,
        updated_at: now,
      })
      .execute()
    for (const name of ['Admins', 'Makers', 'Readers', 'Partners']) {
      const id = createId()
      groups.set(name, id)
      const external = { source: 'sso', external_id: name, provider_id: providerId } as const
      await store
        .insertInto('groups')
        .values({ id, organization_id, name, ...external, created_at: now })
        .execute()
    }
  })
  afterAll(() => testApp.close())

  /** Everybody in their own role again, told by the directory to be in the groups of it; nothing is mapped. */
  beforeEach(async () => {
    const { store, users } = testApp
    await store.deleteFrom('group_roles').execute()
    await store.deleteFrom('directory_settings').execute()
    await store.deleteFrom('group_members').execute()
    await store.deleteFrom('maps').execute()
    await store.updateTable('organizations').set({ editor_seats: null, viewer_seats: null }).execute()
    for (const { id, role } of Object.values(users)) {
      const directory_synced_at = role === 'superadmin' ? null : testApp.clock.now()
      await store.updateTable('users').set({ role, directory_synced_at }).where('id', '=', id).execute()
    }
    await join('admin', 'Admins')
    await join('editor', 'Makers')
    await join('viewer', 'Readers')
    await join('guest', 'Partners')
  })

  const idOf = (role: Role) => testApp.users[role].id
  const groupId = (name: string) => groups.get(name) ?? ''
  const join = (role: Role, name: string) =>
    testApp.store
      .insertInto('group_members')
      .values({ group_id: groupId(name), user_id: idOf(role), added_at: testApp.clock.now() })
      .execute()
  const leave = (role: Role) => testApp.store.deleteFrom('group_members').where('user_id', '=', idOf(role)).execute()
  const readRoles = async () => {
    const rows = await testApp.store.selectFrom('users').select(['id', 'role']).execute()
    const now = new Map(rows.map((row) => [row.id, row.role]))
    return Object.values(testApp.users).map(({ id, role }) => `${role}: ${now.get(id)}`)
  }
  const AS_BEFORE = ['superadmin', 'admin', 'editor', 'viewer', 'guest'].map((role) => `${role}: ${role}`)
  const ALL: Readonly<Record<string, MappableRole>> = {
    Admins: 'admin',
    Makers: 'editor',
    Readers: 'viewer',
    Partners: 'guest',
  }

  function bodyOf(roles: Readonly<Record<string, MappableRole>>, changes: object = {}) {
    const mapped = Object.entries(roles).map(([name, role]) => ({ groupId: groupId(name), role }))
    return { enabled: true, defaultRole: 'viewer', custodianId: idOf('superadmin'), roles: mapped, ...changes }
  }
  const send = (method: 'POST' | 'PUT', path: string, payload: object, as: Role = 'superadmin') =>
    testApp.request({ method, url: `/workspace-api/role-mapping${path}`, as, payload })
  const plan = async (body: object) => {
    const answer = await send('POST', '/plan', body)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<RolePlan>()
  }
  const save = async (body: object, as: Role = 'superadmin') =>
    send('PUT', '', { ...body, planVersion: (await plan(body)).version }, as)
  const lastEvents = async (count: number) =>
    (await testApp.store.selectFrom('activity').selectAll().orderBy('position').execute()).slice(-count)

  async function createMap(as: Role): Promise<string> {
    const payload = { title: 'Kept' }
    const created = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as, payload })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  test('the plan names who gains and who loses which role, changes nothing, and saving does just that', async () => {
    await leave('editor')
    await join('viewer', 'Makers')
    const map = await createMap('editor')
    const body = bodyOf(ALL)
    const planned = await plan(body)
    expect(planned.problems).toEqual([])
    expect(planned.changes).toMatchObject([
      { person: { name: 'The editor' }, from: 'editor', to: 'viewer', handsOver: true },
      { person: { name: 'The viewer' }, from: 'viewer', to: 'editor', handsOver: false },
    ])
    expect(await readRoles()).toEqual(AS_BEFORE)
    const saved = await save(body)
    expect(saved.statusCode, saved.body).toBe(200)
    expect(saved.json<RoleMappingSettings>()).toMatchObject({
      enabled: true,
      defaultRole: 'viewer',
      custodian: { id: idOf('superadmin') },
      groups: [
        { name: 'Admins', origin: 'Corp', memberCount: 1, role: 'admin' },
        { name: 'Makers', role: 'editor' },
        { name: 'Partners', role: 'guest' },
        { name: 'Readers', role: 'viewer' },
      ],
    })
    expect(await readRoles()).toEqual([
      'superadmin: superadmin',
      'admin: admin',
      'editor: viewer',
      'viewer: editor',
      'guest: guest',
    ])
    const owner = await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', map).executeTakeFirst()
    expect(owner?.owner_id).toBe(idOf('superadmin'))
    expect(await lastEvents(4)).toMatchObject([
      { type: 'role-mapping.updated', actor_id: idOf('superadmin'), details: { changed: 2 } },
      { type: 'map.transferred', actor_kind: 'system', asset_id: map },
      {
        type: 'user.role-changed',
        actor_kind: 'system',
        asset_id: idOf('editor'),
        details: { cause: 'groups', maps: 1 },
      },
      { type: 'user.role-changed', asset_id: idOf('viewer'), details: { from: 'viewer', to: 'editor' } },
    ])
    // The very next request is decided by the new role.
    const refused = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload: {} })
    expect(refused.statusCode).toBe(403)
    expect((await testApp.request({ url: '/workspace-api/users', as: 'viewer' })).statusCode).toBe(200)
  })

  test('while roles follow groups nobody changes them by hand, and each says why; superadmins do as before', async () => {
    await save(bodyOf(ALL))
    const change = (as: Role, of: Role, role: Role) =>
      testApp.request({ method: 'PATCH', url: `/workspace-api/users/${idOf(of)}`, as, payload: { role } })
    const refused = await change('admin', 'viewer', 'editor')
    const reason = 'Roles follow groups in this organization; change the person’s groups instead.'
    expect(refused.json()).toMatchObject({
      status: 403,
      error: reason,
      details: { rule: 'role-change.follows-groups' },
    })
    const list = await testApp.request({ url: '/workspace-api/users?search=viewer%40', as: 'admin' })
    const { roles } = list.json<PersonList>().people[0]?.permissions ?? { roles: [] }
    expect(roles.filter(({ role }) => role === 'editor' || role === 'guest')).toMatchObject([
      { allowed: false, reason },
      { allowed: false, reason },
    ])
    expect((await change('superadmin', 'admin', 'superadmin')).statusCode).toBe(200)
    expect((await change('superadmin', 'admin', 'admin')).statusCode).toBe(200)
    expect((await save(bodyOf(ALL, { enabled: false }))).statusCode).toBe(200)
    expect((await change('admin', 'viewer', 'editor')).statusCode).toBe(200)
  })

  test('it cannot be saved without a group of admins, a custodian who may own, or a last admin', async () => {
    await testApp.store.updateTable('users').set({ role: 'viewer' }).where('id', '=', idOf('superadmin')).execute()
    const { Admins: _, ...withoutAdmins } = ALL
    const asAdmin = (body: object) => send('POST', '/plan', body, 'admin')
    const problemsOf = async (body: object) => (await asAdmin(body)).json<RolePlan>().problems
    const custodianId = idOf('editor')
    expect(await problemsOf(bodyOf({}, { custodianId: null }))).toEqual([
      'Give at least one group the role admin.',
      'Name an asset custodian, who receives what people own that lose the right to own.',
      expect.stringMatching(/^The admin: This is the last admin of the organization;/),
    ])
    expect(await problemsOf(bodyOf(withoutAdmins, { custodianId }))).toHaveLength(2)
    expect(await problemsOf(bodyOf(ALL, { custodianId: idOf('viewer') }))).toEqual([
      'The asset custodian must be an editor or an admin, also once roles follow groups; name somebody else.',
    ])
    const { Makers: __, ...withoutMakers } = ALL
    expect(await problemsOf(bodyOf(withoutMakers, { custodianId }))).toHaveLength(1)
    await leave('admin')
    const body = bodyOf(ALL, { custodianId })
    const { problems, version: planVersion } = (await asAdmin(body)).json<RolePlan>()
    expect(problems).toEqual([expect.stringMatching(/^The admin: This is the last admin/)])
    const refused = await send('PUT', '', { ...body, planVersion }, 'admin')
    expect(refused.json()).toMatchObject({ status: 409, error: problems[0] })
    expect(await testApp.store.selectFrom('group_roles').selectAll().execute()).toEqual([])
  })

  test('seats that there are not are named with their count', async () => {
    await join('viewer', 'Makers')
    await testApp.store.updateTable('organizations').set({ editor_seats: 3 }).execute()
    expect((await plan(bodyOf(ALL))).problems).toEqual([
      expect.stringMatching(/^The viewer: All seats for editors are taken \(3 of 3\);/),
    ])
  })

  test('what was looked at is what is saved: a plan that no longer holds is refused', async () => {
    const body = bodyOf(ALL)
    const { version: planVersion } = await plan(body)
    await leave('editor')
    const refused = await send('PUT', '', { ...body, planVersion })
    expect(refused.statusCode).toBe(409)
    expect(refused.json().error).toMatch(/^People or groups have changed since you looked at the plan;/)
    expect(await readRoles()).toEqual(AS_BEFORE)
  })

  test('groups made by hand and those of others cannot be mapped, and a mapped one cannot be deleted', async () => {
    const made = await testApp.request({
      method: 'POST',
      url: '/workspace-api/groups',
      as: 'admin',
      payload: { name: `By hand ${createId()}` },
    })
    const wrong = bodyOf({}, { roles: [{ groupId: made.json().id, role: 'admin' }] })
    expect((await send('POST', '/plan', wrong)).statusCode).toBe(404)
    const twice = bodyOf({}, { roles: [...bodyOf(ALL).roles, { groupId: groupId('Admins'), role: 'guest' }] })
    expect((await send('POST', '/plan', twice)).statusCode).toBe(400)
    expect((await send('POST', '/plan', bodyOf({ Admins: 'superadmin' as 'admin' }))).statusCode).toBe(400)
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await send('POST', '/plan', bodyOf(ALL), as)).statusCode).toBe(403)
    }
    await save(bodyOf(ALL))
    const remove = () =>
      testApp.request({ method: 'DELETE', url: `/workspace-api/groups/${groupId('Makers')}`, as: 'admin' })
    expect((await remove()).json()).toMatchObject({ status: 409, details: { rule: 'group.mapped' } })
    const url = `/workspace-api/identity-providers/${providerId}`
    const released = await testApp.request({ method: 'DELETE', url, as: 'admin' })
    expect(released.json()).toMatchObject({ status: 409, details: { rule: 'group.mapped' } })
    const list = await testApp.request({ url: '/workspace-api/groups?search=makers', as: 'admin' })
    expect(list.json<GroupList>().groups).toMatchObject([{ source: 'sso', origin: 'Corp' }])
  })

  test('two admins who save at the same moment end with the mapping of one of them and an admin', async () => {
    const mine = bodyOf(ALL)
    const theirs = bodyOf({ Admins: 'admin', Makers: 'viewer' })
    const [first, second] = [(await plan(mine)).version, (await plan(theirs)).version]
    const answers = await Promise.all([
      send('PUT', '', { ...mine, planVersion: first }),
      send('PUT', '', { ...theirs, planVersion: second }, 'admin'),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()[0]).toBe(200)
    const roles = await testApp.store.selectFrom('group_roles').select('role').orderBy('role').execute()
    expect([2, 4]).toContain(roles.length)
    expect(await readRoles()).toContain('admin: admin')
  })
}
