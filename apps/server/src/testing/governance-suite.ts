import type {
  GovernancePlan,
  GovernancePolicies,
  GovernanceSettings,
  Role,
  SharingDefault,
  SharingDefaults,
  SharingDetail,
} from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of governance policies and of the defaults of sharing on every engine that may keep them. */
export function describeGovernance(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const url = '/workspace-api/organization/governance'
  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, as: Role, payload?: object) =>
    testApp.request({ method, url: path, as, ...(payload ? { payload } : {}) })
  const read = async (as: Role = 'admin') => (await call('GET', url, as)).json<GovernanceSettings>()
  const patch = (as: Role, payload: object) => call('PATCH', url, as, payload)
  const changesOf = async (change: { policies?: Partial<GovernancePolicies>; sharingDefaults?: SharingDefaults }) => ({
    revision: (await read()).revision,
    ...change,
  })
  async function set(policies: Partial<GovernancePolicies>, sharingDefaults?: SharingDefaults) {
    const changed = await patch('admin', await changesOf({ policies, ...(sharingDefaults ? { sharingDefaults } : {}) }))
    expect(changed.statusCode, changed.body).toBe(200)
  }
  const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
    `${answer.statusCode} ${answer.json().details?.rule}`
  const share = (kind: 'maps' | 'workflows' | 'applications', id: string, as: Role, payload: object) =>
    call('PUT', `/workspace-api/${kind}/${id}/sharing`, as, payload)
  const make = (kind: 'maps' | 'workflows' | 'applications', as: Role = 'editor') => {
    const named = { maps: { title: 'Rivers' }, workflows: { title: 'Flow' }, applications: { name: 'App' } }[kind]
    return call('POST', `/workspace-api/${kind}`, as, {
      ...named,
      ...(kind === 'applications' ? { url: 'https://a.example' } : {}),
    })
  }
  async function made(kind: 'maps' | 'workflows' | 'applications', as: Role = 'editor') {
    const answer = await make(kind, as)
    expect(answer.statusCode, answer.body).toBe(201)
    return answer.json<{ id: string; privacy: string; sharingScope: string | null }>()
  }
  async function addGroup(name: string, members: readonly Role[]): Promise<string> {
    const { id } = (await call('POST', '/workspace-api/groups', 'admin', { name })).json()
    if (members.length > 0)
      await call('POST', `/workspace-api/groups/${id}/members`, 'admin', { userIds: members.map(idOf) })
    return id
  }
  // What was refused is told a moment later, and is no change.
  const readEvents = () =>
    testApp.store.selectFrom('activity').selectAll().where('type', '!=', 'access.denied').orderBy('position').execute()
  const to = (audience: SharingDefault['audience'], more: Partial<SharingDefault> = {}): SharingDefault => ({
    audience,
    groupIds: [],
    locked: false,
    ...more,
  })

  test('nothing is forbidden at first; admins change it under a revision, with one event of what changed', async () => {
    const first = await read()
    expect(first).toMatchObject({
      revision: 0,
      policies: { 'connections.create': 'editors', 'maps.public': 'editors', 'tokens.lifetime': null },
      sharingDefaults: { organization: {}, groups: {} },
      use: { maps: 0, publicMaps: 0 },
    })
    expect(await read('editor')).not.toHaveProperty('use')
    for (const as of ['viewer', 'guest'] as const) expect((await call('GET', url, as)).statusCode).toBe(403)
    for (const as of ['editor', 'viewer', 'guest'] as const) {
      expect((await patch(as, { revision: 0, policies: { 'maps.public': 'nobody' } })).statusCode).toBe(403)
    }
    const changed = await patch('admin', { revision: 0, policies: { 'maps.public': 'nobody', 'tokens.lifetime': 90 } })
    expect(changed.json()).toMatchObject({
      revision: 1,
      policies: { 'maps.public': 'nobody', 'tokens.lifetime': 90, 'connections.create': 'editors' },
    })
    const late = await patch('superadmin', { revision: 0, policies: { 'maps.public': 'admins' } })
    expect([late.statusCode, late.json().details]).toEqual([409, { rule: 'governance.revision', revision: 1 }])
    // What is said again as it is changes nothing.
    expect((await patch('admin', { revision: 1, policies: { 'maps.public': 'nobody' } })).json().revision).toBe(1)
    const events = (await readEvents()).filter(({ type }) => type === 'governance.updated')
    expect(events.map(({ actor_id, details }) => ({ actor_id, details }))).toEqual([
      {
        actor_id: idOf('admin'),
        details: { 'maps.public': { from: 'editors', to: 'nobody' }, 'tokens.lifetime': { from: null, to: 90 } },
      },
    ])
  })

  test('what could not be kept is refused with a sentence, and nothing has changed', async () => {
    const gone = to('groups', { groupIds: ['gone'] })
    for (const [change, status] of [
      [{ policies: { 'no.such-policy': true } }, 400],
      [{ policies: { 'maps.public': 'everybody' } }, 400],
      [{ policies: { 'tokens.lifetime': 0 } }, 400],
      [{ policies: { 'connections.providers': { oracle: 'nobody' } } }, 422],
      [{ policies: { 'connections.sign-in': { telepathy: 'admins' } } }, 422],
      [{ policies: { 'embeds.origins': ['https://example.org/path'] } }, 422],
      [{ policies: { 'embeds.origins': ["https://a.org; script-src 'unsafe-inline'"] } }, 422],
      [{ sharingDefaults: { organization: { map: gone }, groups: {} } }, 422],
      [{ sharingDefaults: { organization: {}, groups: { gone: { map: to('private') } } } }, 422],
      [{ sharingDefaults: { organization: { map: to('groups') }, groups: {} } }, 422],
    ] as const) {
      const refused = await patch('admin', { revision: 0, ...change })
      expect(refused.statusCode, JSON.stringify(change)).toBe(status)
      expect(refused.json().error).toMatch(/\.$/)
    }
    expect((await read()).revision).toBe(0)
  })

  test('another organization’s groups are none of ours, and its policies forbid nothing here', async () => {
    const elsewhere = 'ac_elsewher'
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: elsewhere, name: 'Elsewhere', is_demo: false, created_at: now })
      .execute()
    const theirs = createId()
    await testApp.store
      .insertInto('groups')
      .values({ id: theirs, organization_id: elsewhere, name: 'Theirs', source: 'manual', created_at: now })
      .execute()
    const row = {
      organization_id: elsewhere,
      policies: '{"maps.limit": 0}',
      sharing_defaults: '{"organization": {}, "groups": {}}',
    }
    await testApp.store.insertInto('governance').values(row).execute()
    const organization = { map: to('groups', { groupIds: [theirs] }) }
    expect((await patch('admin', { revision: 0, sharingDefaults: { organization, groups: {} } })).statusCode).toBe(422)
    expect((await read()).policies['maps.limit']).toBeNull()
    await made('maps')
  })

  test('public maps, other people’s groups and asking for access end for new attempts alone', async () => {
    const group = await addGroup('Sales', ['viewer'])
    const [old, next] = [(await made('maps')).id, (await made('maps')).id]
    expect((await share('maps', old, 'editor', { privacy: 'public' })).statusCode).toBe(200)
    await set({ 'maps.public': 'admins', 'sharing.own-groups': true, 'access.requests': false })
    for (const path of [`/workspace-api/maps/${next}/sharing`, `/workspace-api/maps/${next}/privacy`]) {
      const method = path.endsWith('sharing') ? 'PUT' : 'POST'
      const refused = await call(method, path, 'editor', { privacy: 'public' })
      expect(ruleOf(refused)).toBe('403 governance.maps.public')
      expect(refused.json().error).toBe(
        'Only admins can make maps public, by the policy "Who makes maps public"; an admin can change it in Settings → Governance.',
      )
    }
    expect(ruleOf(await share('maps', next, 'editor', { privacy: 'shared', groupIds: [group] }))).toBe(
      '403 governance.sharing.own-groups',
    )
    const detail = (await call('GET', `/workspace-api/maps/${next}/sharing`, 'editor')).json<SharingDetail>()
    expect(detail.choices).toMatchObject({
      private: { allowed: true },
      organization: { allowed: true },
      specific: { allowed: true },
      public: { allowed: false, reason: expect.stringMatching(/^Only admins can make maps public/) },
      otherGroups: { allowed: false },
      ownGroupIds: [],
      locked: false,
    })
    const asked = await call('POST', '/workspace-api/access-requests', 'viewer', { kind: 'map', id: next })
    expect(ruleOf(asked)).toBe('403 governance.access.requests')
    // The old one is public still, and is changed in every other way.
    expect((await testApp.request({ url: `/workspace-api/viewer/maps/${old}` })).statusCode).toBe(200)
    const widened = await share('maps', old, 'editor', { privacy: 'public', sharingScope: 'organization' })
    expect(widened.statusCode, widened.body).toBe(200)
    const admins = (await made('maps', 'admin')).id
    expect((await share('maps', admins, 'admin', { privacy: 'public' })).statusCode).toBe(200)
    // In the trash its link has ended, so that a new one would be made.
    await call('DELETE', `/workspace-api/maps/${old}`, 'editor')
    const restore = (sharing: string) => call('POST', `/workspace-api/trash/map/${old}/restore`, 'editor', { sharing })
    expect(ruleOf(await restore('as-before'))).toBe('403 governance.maps.public')
    expect((await restore('private')).statusCode).toBe(204)
  })

  test('tokens keep to their terms, applications are registered by admins, and connections are forbidden before they are tried', async () => {
    const grants = [{ connection_name: 'none', source: '*' }]
    const row = {
      id: createId(),
      organization_id: testApp.organizationId,
      name: 'none',
      provider_id: 'postgres',
      owner_id: idOf('editor'),
    }
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({ ...row, config: '{}', created_at: now, updated_at: now })
      .execute()
    const create = (payload: object) =>
      call('POST', '/v3/tokens', 'editor', { name: 't', allowed_apis: ['sql'], ...payload })
    const old = (await create({ grants })).json<{ id: string }>().id
    await set({
      'tokens.everything': 'admins',
      'tokens.lifetime': 30,
      'tokens.referers': true,
      'applications.register': 'admins',
      'connections.sign-in': { none: 'nobody' },
      'connections.providers': { postgres: 'admins' },
    })
    expect(ruleOf(await create({ grants }))).toBe('403 governance.tokens.everything')
    const narrow = { grants: [{ connection_name: 'none', source: 'public.cities' }] }
    expect(ruleOf(await create(narrow))).toBe('403 governance.tokens.referers')
    const bound = { ...narrow, referers: ['https://example.org'] }
    expect(ruleOf(await create(bound))).toBe('403 governance.tokens.lifetime')
    const in29Days = new Date(testApp.clock.now().getTime() + 29 * 86_400_000).toISOString()
    const fresh = await create({ ...bound, expiration_date: in29Days })
    expect(fresh.statusCode, fresh.body).toBe(201)
    const edit = (id: string, payload: object) => call('PATCH', `/v3/tokens/${id}`, 'editor', payload)
    expect(ruleOf(await edit(fresh.json().id, { grants }))).toBe('403 governance.tokens.everything')
    expect(ruleOf(await edit(fresh.json().id, { referers: [] }))).toBe('403 governance.tokens.referers')
    expect((await edit(old, { name: 'renamed', grants })).statusCode).toBe(200)

    expect(ruleOf(await make('applications'))).toBe('403 governance.applications.register')
    await made('applications', 'admin')
    const draft = { name: 'fresh', providerId: 'postgres', config: { host: 'db.example', database: 'd', user: 'u' } }
    expect(ruleOf(await call('POST', '/v3/connections', 'editor', draft))).toBe('403 governance.connections.providers')
    expect(ruleOf(await call('POST', '/v3/connections/test', 'editor', draft))).toBe(
      '403 governance.connections.providers',
    )
    expect(ruleOf(await call('POST', '/v3/connections', 'admin', draft))).toBe('403 governance.connections.sign-in')
  })

  test('new things are shared as the default says: of the organization, or of the first group by name', async () => {
    const beta = await addGroup('Beta', ['editor', 'viewer'])
    const alpha = await addGroup('Alpha', ['editor'])
    await set(
      {},
      {
        organization: { map: to('organization'), workflow: to('organization'), application: to('private') },
        groups: { [beta]: { map: to('groups', { groupIds: [beta] }) }, [alpha]: { workflow: to('private') } },
      },
    )
    expect(await made('maps', 'admin')).toMatchObject({ privacy: 'shared', sharingScope: 'organization' })
    const map = await made('maps')
    expect(map).toMatchObject({ privacy: 'shared', sharingScope: 'specific' })
    expect((await call('GET', `/workspace-api/maps/${map.id}`, 'viewer')).statusCode).toBe(200)
    expect(await made('workflows')).toMatchObject({ privacy: 'private' })
    expect(await made('workflows', 'admin')).toMatchObject({ sharingScope: 'organization' })
    expect(await made('applications')).toMatchObject({ privacy: 'private' })
    const copy = await call('POST', `/workspace-api/maps/${map.id}/duplicate`, 'editor')
    expect(copy.json()).toMatchObject({ privacy: 'shared', sharingScope: 'specific' })
    const own = (await call('GET', '/workspace-api/sharing-defaults/map', 'editor')).json()
    expect(own).toEqual({
      audience: 'groups',
      groups: [{ id: beta, name: 'Beta' }],
      locked: false,
      sentence: 'This is the default for new maps of your group "Beta".',
    })
    const created = (await readEvents()).find(({ type, asset_id }) => type === 'map.created' && asset_id === map.id)
    expect(created?.details.audience).toEqual({ organization: false, groupIds: [beta], userIds: [] })
    // Open to change, and gone with the group.
    expect((await share('maps', map.id, 'editor', { privacy: 'private' })).statusCode).toBe(200)
    await call('DELETE', `/workspace-api/groups/${beta}?unshare=true`, 'admin')
    expect(await made('maps')).toMatchObject({ privacy: 'shared', sharingScope: 'organization' })
    expect((await read()).sharingDefaults.groups).toEqual({ [alpha]: { workflow: to('private') } })
  })

  test('a locked default leaves owners nothing else to choose, and is said before they try', async () => {
    const old = (await made('maps')).id
    await share('maps', old, 'editor', { privacy: 'shared', userIds: [idOf('guest')] })
    await set({}, { organization: { map: to('organization', { locked: true }) }, groups: {} })
    const map = await made('maps')
    expect(map).toMatchObject({ privacy: 'shared', sharingScope: 'organization' })
    for (const payload of [
      { privacy: 'private' },
      { privacy: 'public' },
      { privacy: 'shared', userIds: [idOf('viewer')] },
    ]) {
      const refused = await share('maps', map.id, 'editor', payload)
      expect(ruleOf(refused)).toBe('403 governance.sharing.map.locked')
    }
    expect((await share('maps', map.id, 'editor', { privacy: 'private' })).json().error).toBe(
      'Maps are shared with the whole organization and nothing else: the default of the organization is locked; an admin can change it in Settings → Governance.',
    )
    const { choices } = (await call('GET', `/workspace-api/maps/${map.id}/sharing`, 'editor')).json<SharingDetail>()
    const audiences = ['private', 'organization', 'specific', 'public', 'otherGroups'] as const
    const allowed = audiences.filter((audience) => choices[audience].allowed)
    expect([choices.locked, allowed]).toEqual([true, ['organization']])
    // What was shared otherwise before stays, and changes to the default alone.
    expect((await call('GET', `/workspace-api/viewer/maps/${old}`, 'guest')).statusCode).toBe(200)
    expect(ruleOf(await share('maps', old, 'editor', { privacy: 'private' }))).toBe('403 governance.sharing.map.locked')
    expect((await share('maps', old, 'editor', { privacy: 'shared' })).statusCode).toBe(200)
  })

  test('a limit of maps refuses with the count, for copies and what comes back from the trash too', async () => {
    const [first] = [await made('maps'), await made('maps')]
    await set({ 'maps.limit': 2, 'maps.public-limit': 1 })
    const refused = await make('maps', 'admin')
    expect(ruleOf(refused)).toBe('403 governance.maps.limit')
    expect(refused.json().error).toBe(
      'There are 2 maps, and the organization allows 2; an admin can change it in Settings → Quotas.',
    )
    expect(ruleOf(await call('POST', `/workspace-api/maps/${first.id}/duplicate`, 'editor'))).toBe(
      '403 governance.maps.limit',
    )
    await call('DELETE', `/workspace-api/maps/${first.id}`, 'editor')
    const second = await made('maps')
    const restored = await call('POST', `/workspace-api/trash/map/${first.id}/restore`, 'editor', {
      sharing: 'private',
    })
    expect(ruleOf(restored)).toBe('403 governance.maps.limit')
    expect((await share('maps', second.id, 'editor', { privacy: 'public' })).statusCode).toBe(200)
    await set({ 'maps.limit': null })
    const third = await made('maps')
    expect(ruleOf(await share('maps', third.id, 'editor', { privacy: 'public' }))).toBe(
      '403 governance.maps.public-limit',
    )
    expect((await read()).use).toEqual({ maps: 3, publicMaps: 1, applications: 0, connections: 0 })
  })

  test('a limit of applications refuses with the count, what comes back from the trash too, and of several at once one is made', async () => {
    await set({ 'applications.limit': 1 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => make('applications')))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 403, 403, 403, 403])
    const refused = await make('applications', 'admin')
    expect(ruleOf(refused)).toBe('403 governance.applications.limit')
    expect(refused.json().error).toBe(
      'There is 1 application, and the organization allows 1; an admin can change it in Settings → Quotas.',
    )
    const first = answers.find(({ statusCode }) => statusCode === 201)?.json<{ id: string }>()
    await call('DELETE', `/workspace-api/applications/${first?.id}`, 'editor')
    await made('applications')
    const back = await call('POST', `/workspace-api/trash/application/${first?.id}/restore`, 'editor', {
      sharing: 'private',
    })
    expect(ruleOf(back)).toBe('403 governance.applications.limit')
    expect((await read()).use?.applications).toBe(1)
  })

  test('of several maps made at once into the last place, and made public into the last link, one is', async () => {
    await set({ 'maps.limit': 1 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => make('maps')))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 403, 403, 403, 403])
    await set({ 'maps.limit': null, 'maps.public-limit': 1 })
    const ids = await Promise.all(Array.from({ length: 4 }, async () => (await made('maps')).id))
    const shared = await Promise.all(ids.map((id) => share('maps', id, 'editor', { privacy: 'public' })))
    expect(shared.map(({ statusCode }) => statusCode).sort()).toEqual([200, 403, 403, 403])
    expect((await read()).use?.publicMaps).toBe(1)
  })

  test('nothing is made against a policy after the policy was set, however close together they come', async () => {
    for (let round = 0; round < 3; round++) {
      await set({ 'applications.register': 'editors', 'maps.public': 'editors' })
      const ids = [(await made('maps')).id, (await made('maps')).id]
      const from = (await readEvents()).length
      const [changed] = await Promise.all([
        changesOf({ policies: { 'applications.register': 'nobody', 'maps.public': 'nobody' } }).then((body) =>
          patch('admin', body),
        ),
        ...[1, 2, 3].map(() => make('applications')),
        ...ids.map((id) => share('maps', id, 'editor', { privacy: 'public' })),
      ])
      expect(changed.statusCode).toBe(200)
      const types = (await readEvents()).slice(from).map(({ type }) => type)
      const after = types.slice(types.indexOf('governance.updated') + 1)
      expect(after.filter((type) => ['application.created', 'map.privacy-changed'].includes(type))).toEqual([])
    }
  })

  test('of two admins who change it at once one is told to look again', async () => {
    const answers = await Promise.all([
      patch('admin', { revision: 0, policies: { 'maps.public': 'nobody' } }),
      patch('superadmin', { revision: 0, policies: { 'tokens.lifetime': 7 } }),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
    expect((await read()).revision).toBe(1)
  })

  test('a plan tells by name who loses and gains, and how much stays, and changes nothing', async () => {
    const map = (await made('maps')).id
    await share('maps', map, 'editor', { privacy: 'public' })
    const body = await changesOf({
      policies: { 'maps.public': 'admins', 'sharing.own-groups': true },
      sharingDefaults: { organization: { workflow: to('organization', { locked: true }) }, groups: {} },
    })
    const plan = await call('POST', `${url}/plan`, 'admin', body)
    const { changes } = plan.json<GovernancePlan>()
    expect(
      changes.map(({ id, losers, loserCount, kept }) => [id, losers.map(({ name }) => name), loserCount, kept]),
    ).toEqual([
      ['maps.public', ['The editor'], 1, 1],
      ['sharing.own-groups', ['The editor'], 1, 0],
      ['sharing-defaults.workflow', ['The admin', 'The editor', 'The superadmin'], 3, null],
    ])
    expect((await read()).revision).toBe(0)
    expect((await call('POST', `${url}/plan`, 'editor', body)).statusCode).toBe(403)
    expect((await call('POST', `${url}/plan`, 'admin', { ...body, revision: 4 })).statusCode).toBe(409)
  })
}
