import type { GroupDetail, GroupList, GroupMemberList, IdentityProviderSummary, MapSummary } from '@graticule/contract'
import { startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'

const SECRET = 'the client secret of a test, which is long enough'

let testApp: TestApp
let idp: TestOidcProvider
let provider: IdentityProviderSummary

beforeAll(async () => {
  const clients = ['graticule', 'second'].map((client_id) => ({
    client_id,
    client_secret: SECRET,
    redirect_uris: ['http://localhost/auth/oidc/callback'],
  }))
  ;[testApp, idp] = await Promise.all([createTestApp(), startOidcProvider({ clients })])
  provider = await addProvider('Corp', 'graticule')
})
afterAll(async () => {
  await testApp.close()
  await idp.stop()
})

function manage(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object) {
  return testApp.request({ method, url: `/workspace-api${path}`, as: 'admin', ...(payload && { payload }) })
}

async function addProvider(name: string, clientId: string): Promise<IdentityProviderSummary> {
  const domains = ['corp.example']
  const settings = { kind: 'oidc', name, issuer: idp.issuer, clientId, clientSecret: SECRET, domains }
  const created = await manage('POST', '/identity-providers', { ...settings, groupsClaim: 'groups' })
  expect(created.statusCode, created.body).toBe(201)
  return created.json()
}

/** Signs somebody in with these groups in the claim; without them the claim is absent. */
async function signIn(sub: string, claims: object, through = provider): Promise<ProviderBrowser> {
  const browser = new ProviderBrowser(testApp)
  await idp.instruct({ login: { sub, claims: { email: `${sub}@corp.example`, name: sub, ...claims } } })
  expect((await browser.open(`/auth/oidc/${through.id}/start`)).path).toBe('/')
  return browser
}

const userOf = async (browser: ProviderBrowser) =>
  (await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })).json().user

async function listGroups(): Promise<GroupList['groups']> {
  return (await manage('GET', '/groups?pageSize=100')).json<GroupList>().groups
}

async function groupNamed(name: string) {
  const group = (await listGroups()).find((candidate) => candidate.name === name)
  if (group === undefined) throw new Error(`There is no group called ${name}.`)
  return group
}

async function membersOf(name: string): Promise<string[]> {
  const answer = await manage('GET', `/groups/${(await groupNamed(name)).id}/members`)
  return answer.json<GroupMemberList>().members.map((member) => member.name)
}

/** Refusals are written a moment after their answer, so those of earlier tests are waited for. */
async function eventsSince(position: number) {
  await testApp.activity.flush()
  const rows = await testApp.store.selectFrom('activity').selectAll().orderBy('position').execute()
  return rows.slice(position)
}

const countEvents = async () => (await eventsSince(0)).length

test('AC-01: the first sign-in makes one person with the least role and the groups of the claim, known by issuer and subject', async () => {
  const cookie = await testApp.signIn('admin')
  const begun = await testApp.request({
    method: 'POST',
    url: `/workspace-api/identity-providers/${provider.id}/test`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  const tester = new ProviderBrowser(testApp)
  tester.keepOwn([cookie, ...[begun.headers['set-cookie'] ?? []].flat()])
  await idp.instruct({ login: { sub: 'tester', claims: { email: 'tester@corp.example', groups: ['Testers'] } } })
  await tester.open(begun.json().url)
  await testApp.store.updateTable('users').set({ password_hash: 'x' }).where('role', '=', 'admin').execute()
  await testApp.giveSecondFactor('admin')
  const enforced = await manage('PUT', '/sso-enforcement', {
    enforced: true,
    guestsExempt: false,
    breakGlassUserId: testApp.users.admin.id,
  })
  expect(enforced.statusCode, enforced.body).toBe(200)
  expect(await listGroups()).toEqual([])
  const before = await countEvents()
  const people = (await testApp.store.selectFrom('users').select('id').execute()).length

  const alice = await userOf(await signIn('alice', { groups: ['Sales', 'Field ops'] }))
  expect(alice).toMatchObject({ email: 'alice@corp.example', role: 'viewer' })
  expect((await manage('GET', '/users?search=alice')).json().people).toMatchObject([
    { id: alice.id, managedBy: 'Corp' },
  ])
  const identities = await testApp.store.selectFrom('external_identities').selectAll().execute()
  expect(identities).toMatchObject([{ issuer: idp.issuer, subject: 'alice', user_id: alice.id }])
  expect(await listGroups()).toMatchObject([
    { name: 'Field ops', source: 'sso', origin: 'Corp', memberCount: 1 },
    { name: 'Sales', source: 'sso', origin: 'Corp', memberCount: 1 },
  ])
  expect(await membersOf('Sales')).toEqual(['alice'])
  expect(await eventsSince(before)).toMatchObject([
    { type: 'user.created', asset_id: alice.id, details: { role: 'viewer', provider: 'Corp' } },
    { type: 'group.created', details: { name: 'Sales', provider: 'Corp' } },
    { type: 'group.created', details: { name: 'Field ops', provider: 'Corp' } },
    { type: 'group.synced', asset_id: alice.id, details: { joined: ['Sales', 'Field ops'], left: [] } },
    { type: 'session.created', actor_id: alice.id, details: { method: 'oidc' } },
  ])

  const renamed = await signIn('alice', { email: 'alice.adams@corp.example', groups: ['Sales', 'Field ops'] })
  expect((await userOf(renamed)).id).toBe(alice.id)
  const impostor = new ProviderBrowser(testApp)
  await idp.instruct({ login: { sub: 'mallory', claims: { email: 'alice@corp.example', groups: ['Sales'] } } })
  expect((await impostor.open(`/auth/oidc/${provider.id}/start`)).path).toContain('problem=email_taken')
  expect(await testApp.store.selectFrom('users').select('id').execute()).toHaveLength(people + 1)
  expect(await membersOf('Sales')).toEqual(['alice'])
  expect((await manage('PUT', '/sso-enforcement', { ...enforced.json(), enforced: false })).statusCode).toBe(200)
})

test('an absent claim changes nothing, an empty one takes all groups away, and what was shared with them is lost at once', async () => {
  const created = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { title: 'Of sales' },
  })
  const map = created.json<MapSummary>().id
  const sharing = { privacy: 'shared', groupIds: [(await groupNamed('Sales')).id] }
  const url = `/workspace-api/maps/${map}/sharing`
  const shared = await testApp.request({ method: 'PUT', url, as: 'editor', payload: sharing })
  expect(shared.statusCode, shared.body).toBe(200)
  const live = await signIn('alice', { groups: ['Sales'] })
  const read = async () =>
    (await testApp.request({ url: `/workspace-api/maps/${map}`, headers: { cookie: live.ownCookies } })).statusCode
  expect(await read()).toBe(200)
  expect(await membersOf('Field ops')).toEqual([])

  const before = await countEvents()
  await signIn('alice', {})
  await signIn('alice', { groups: { not: 'a list' } })
  expect(await membersOf('Sales')).toEqual(['alice'])
  expect((await eventsSince(before)).map(({ type }) => type)).toEqual(['session.created', 'session.created'])
  await signIn('alice', { groups: [] })
  expect(await membersOf('Sales')).toEqual([])
  expect(await read()).toBe(404)
  expect((await listGroups()).map(({ name }) => name)).toEqual(['Field ops', 'Sales'])
})

test('a group made by hand, or by another provider, is never taken over by a claim that calls it the same', async () => {
  await manage('POST', '/groups', { name: 'board' })
  const second = await addProvider('Second', 'second')
  await signIn('bob', { groups: ['Board'] })
  await signIn('bob', { groups: ['Board'] }, second)
  await signIn('carol', { groups: ['BOARD', 'Board'] })
  expect(await membersOf('board')).toEqual([])
  expect(await membersOf('Board (Corp)')).toEqual(['bob', 'carol'])
  expect(await membersOf('Board (Second)')).toEqual(['bob'])
  expect(await membersOf('BOARD (Corp 2)')).toEqual(['carol'])
  // Each provider speaks of its own groups only.
  await signIn('bob', { groups: [] })
  expect(await membersOf('Board (Corp)')).toEqual(['carol'])
  expect(await membersOf('Board (Second)')).toEqual(['bob'])

  expect((await manage('DELETE', `/identity-providers/${second.id}`)).statusCode).toBe(204)
  expect((await eventsSince(0)).at(-1)).toMatchObject({ details: { releasedGroups: ['Board (Second)'] } })
  const released = await groupNamed('Board (Second)')
  expect(released).toMatchObject({ source: 'manual', origin: null, memberCount: 1 })
  expect((await manage('PATCH', `/groups/${released.id}`, { name: 'Second board' })).statusCode).toBe(200)
})

test('groups of a provider are not changed by hand, and say where they are', async () => {
  const { id } = await groupNamed('Sales')
  const sentence = 'The group "Sales" comes from Corp; change it there.'
  const bob = (await testApp.store.selectFrom('users').select('id').where('name', '=', 'bob').executeTakeFirstOrThrow())
    .id
  const tries = [
    await manage('PATCH', `/groups/${id}`, { name: 'Other' }),
    await manage('POST', `/groups/${id}/members`, { userIds: [bob] }),
    await manage('DELETE', `/groups/${id}/members/${bob}`),
  ]
  for (const refused of tries) {
    expect(refused.json()).toMatchObject({ status: 409, error: sentence, details: { rule: 'group.source' } })
  }
  const detail = (await manage('GET', `/groups/${id}`)).json<GroupDetail>()
  expect(detail).toMatchObject({ name: 'Sales', origin: 'Corp', assets: [{ kind: 'map' }] })
  expect((await manage('DELETE', `/groups/${id}?unshare=true`)).statusCode).toBe(200)
  await signIn('alice', { groups: ['Sales'] })
  expect((await manage('GET', `/groups/${(await groupNamed('Sales')).id}`)).json().assets).toEqual([])
})

test('first sign-ins at the same moment make each group once', async () => {
  const begun = []
  for (const sub of ['dan', 'eva', 'finn', 'gina']) {
    const browser = new ProviderBrowser(testApp)
    const groups = ['Crowd', `Of ${sub}`, 'Throng'].sort(() => (sub < 'f' ? 1 : -1))
    await idp.instruct({ login: { sub, claims: { email: `${sub}@corp.example`, name: sub, groups } } })
    let url = new URL(`/auth/oidc/${provider.id}/start`, 'http://localhost')
    while (!url.pathname.startsWith('/auth/oidc/callback')) {
      const next = await browser.step(url)
      if (next === null) throw new Error(`The browser stands on ${url.href}.`)
      url = next
    }
    begun.push({ browser, url })
  }
  const ends = await Promise.all(begun.map(({ browser, url }) => browser.open(url.href)))
  expect(ends.map(({ path }) => path)).toEqual(['/', '/', '/', '/'])
  expect(await membersOf('Crowd')).toEqual(['dan', 'eva', 'finn', 'gina'])
  expect(await membersOf('Throng')).toEqual(['dan', 'eva', 'finn', 'gina'])
  expect(await membersOf('Of eva')).toEqual(['eva'])
})

test('the claim may lie inside another, and a provider without one is asked for no groups', async () => {
  const set = async (groupsClaim: string | null) => {
    const changed = await manage('PATCH', `/identity-providers/${provider.id}`, { groupsClaim })
    expect(changed.json()).toMatchObject({ groupsClaim })
  }
  await set('realm_access.roles')
  await idp.instruct({
    login: { sub: 'hana', claims: { email: 'hana@corp.example', name: 'hana' } },
    claims: { realm_access: { roles: ['Deep'] }, groups: ['Ignored'] },
  })
  const browser = new ProviderBrowser(testApp)
  expect((await browser.open(`/auth/oidc/${provider.id}/start`)).path).toBe('/')
  expect(await membersOf('Deep')).toEqual(['hana'])
  await set(null)
  await signIn('hana', { groups: ['Ignored'] })
  expect(await membersOf('Deep')).toEqual(['hana'])
  expect((await listGroups()).some(({ name }) => name === 'Ignored')).toBe(false)
})
