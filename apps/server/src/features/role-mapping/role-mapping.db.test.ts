import type { MapSummary, RolePlan } from '@graticule/contract'
import { startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'
import { describeRoleMapping } from '../../testing/role-mapping-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('roles that follow groups on PostgreSQL', () => {
  describeRoleMapping(() => createTestApp(() => stores.open()))
})

describe('roles that follow the groups of a sign-in', () => {
  let testApp: TestApp
  let idp: TestOidcProvider
  let providerId: string

  beforeAll(async () => {
    const redirect_uris = ['http://localhost/auth/oidc/callback']
    const client = { client_id: 'graticule', client_secret: 'a secret of a test that is long enough', redirect_uris }
    ;[testApp, idp] = await Promise.all([createTestApp(() => stores.open()), startOidcProvider({ clients: [client] })])
    const created = await manage('POST', '/identity-providers', {
      kind: 'oidc',
      name: 'Corp',
      issuer: idp.issuer,
      clientId: client.client_id,
      clientSecret: client.client_secret,
      domains: ['corp.example'],
      groupsClaim: 'groups',
    })
    providerId = created.json().id
  })
  afterAll(async () => {
    await testApp.close()
    await idp.stop()
  })

  function manage(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, payload?: object) {
    return testApp.request({ method, url: `/workspace-api${path}`, as: 'admin', ...(payload && { payload }) })
  }

  async function signIn(sub: string, groups: readonly string[] | null) {
    const browser = new ProviderBrowser(testApp)
    const claims = { email: `${sub}@corp.example`, name: sub, ...(groups && { groups }) }
    await idp.instruct({ login: { sub, claims } })
    expect((await browser.open(`/auth/oidc/${providerId}/start`)).path).toBe('/')
    const ask = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
      testApp.request({
        method,
        url,
        headers: { cookie: browser.ownCookies, 'sec-fetch-site': 'same-origin' },
        ...(payload && { payload }),
      })
    return { ask, role: async () => (await ask('GET', '/auth/session')).json().user?.role }
  }

  const groupIdOf = async (name: string): Promise<string> =>
    (await testApp.store.selectFrom('groups').select('id').where('name', '=', name).executeTakeFirstOrThrow()).id

  async function map(roles: Readonly<Record<string, string>>): Promise<void> {
    const mapped = []
    for (const [name, role] of Object.entries(roles)) mapped.push({ groupId: await groupIdOf(name), role })
    const body = { enabled: true, defaultRole: 'viewer', custodianId: testApp.users.editor.id, roles: mapped }
    const plan = (await manage('POST', '/role-mapping/plan', body)).json<RolePlan>()
    const saved = await manage('PUT', '/role-mapping', { ...body, planVersion: plan.version })
    expect(saved.statusCode, saved.body).toBe(200)
  }

  test('AC-03: who leaves a group at the provider loses at the next sign-in what came with it, in live sessions too', async () => {
    await signIn('alice', ['Admins'])
    const eve = await signIn('eve', ['Sales'])
    expect(await eve.role()).toBe('viewer')
    await map({ Admins: 'admin', Sales: 'editor' })
    expect(await eve.role()).toBe('editor')
    const shared = await testApp.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { title: 'M' },
    })
    const mapUrl = `/workspace-api/maps/${shared.json<MapSummary>().id}`
    const sharing = { privacy: 'shared', groupIds: [await groupIdOf('Sales')] }
    await testApp.request({ method: 'PUT', url: `${mapUrl}/sharing`, as: 'editor', payload: sharing })
    expect((await eve.ask('GET', mapUrl)).statusCode).toBe(200)
    const own = (await eve.ask('POST', '/workspace-api/maps', { title: 'Of Eve' })).json<MapSummary>().id

    await signIn('eve', null)
    expect(await eve.role()).toBe('editor')
    expect((await eve.ask('GET', mapUrl)).statusCode).toBe(200)
    const again = await signIn('eve', ['Other'])
    for (const session of [eve, again]) {
      expect(await session.role()).toBe('viewer')
      expect((await session.ask('GET', mapUrl)).statusCode).toBe(404)
      expect((await session.ask('POST', '/workspace-api/maps', {})).statusCode).toBe(403)
    }
    const members = await manage('GET', `/groups/${await groupIdOf('Sales')}/members`)
    expect(members.json()).toMatchObject({ members: [], total: 0 })
    const row = await testApp.store.selectFrom('maps').select('owner_id').where('id', '=', own).executeTakeFirst()
    expect(row?.owner_id).toBe(testApp.users.editor.id)
  })

  test('a newcomer comes in with the role of their groups, and the strongest of several', async () => {
    const both = await signIn('finn', ['Sales', 'Admins'])
    expect(await both.role()).toBe('admin')
    expect(await (await signIn('gina', [])).role()).toBe('viewer')
    expect(await (await signIn('finn', ['Sales'])).role()).toBe('editor')
    expect(await both.role()).toBe('editor')
  })

  test('the last admin stays one although the provider says otherwise, and the log says why', async () => {
    const others = ['admin', 'superadmin'] as const
    await testApp.store
      .updateTable('users')
      .set({ disabled_at: testApp.clock.now() })
      .where(
        'id',
        'in',
        others.map((role) => testApp.users[role].id),
      )
      .execute()
    const alice = await signIn('alice', [])
    expect(await alice.role()).toBe('admin')
    const kept = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'user.role-kept')
      .execute()
    expect(kept).toMatchObject([{ details: { role: 'admin', wanted: 'viewer', rule: 'role-mapping.last-admin' } }])
    await signIn('finn', ['Admins'])
    await signIn('alice', [])
    expect(await alice.role()).toBe('viewer')
  })

  test('two admins who lose their group at the same moment leave one admin', async () => {
    await signIn('alice', ['Admins'])
    const begun = []
    for (const sub of ['alice', 'finn']) {
      const browser = new ProviderBrowser(testApp)
      await idp.instruct({ login: { sub, claims: { email: `${sub}@corp.example`, name: sub, groups: ['Sales'] } } })
      let url = new URL(`/auth/oidc/${providerId}/start`, 'http://localhost')
      while (!url.pathname.startsWith('/auth/oidc/callback')) {
        const next = await browser.step(url)
        if (next === null) throw new Error(`The browser stands on ${url.href}.`)
        url = next
      }
      begun.push({ browser, url })
    }
    const ends = await Promise.all(begun.map(({ browser, url }) => browser.open(url.href)))
    expect(ends.map(({ path }) => path)).toEqual(['/', '/'])
    const roles = await testApp.store
      .selectFrom('users')
      .select('role')
      .where('name', 'in', ['alice', 'finn'])
      .orderBy('role')
      .execute()
    expect(roles.map(({ role }) => role)).toEqual(['admin', 'editor'])
  })
})
