import type { IdentityProviderSummary, InvitationList, InviteResult } from '@graticule/contract'
import { startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'
import { hashPassword } from '../auth/password-hash.ts'

const SECRET = 'the client secret of a test, which is long enough'
const PASSWORD = 'correct horse battery'

let testApp: TestApp
let idp: TestOidcProvider
let provider: IdentityProviderSummary

/** An organization whose people come by their provider alone, and who is invited as well. */
beforeAll(async () => {
  const client = {
    client_id: 'graticule',
    client_secret: SECRET,
    redirect_uris: ['http://localhost/auth/oidc/callback'],
  }
  ;[testApp, idp] = await Promise.all([createTestApp(), startOidcProvider({ clients: [client] })])
  const settings = { kind: 'oidc', name: 'Corp', issuer: idp.issuer, clientId: 'graticule', clientSecret: SECRET }
  const created = await manage('POST', '/identity-providers', {
    ...settings,
    domains: ['corp.example'],
    groupsClaim: 'groups',
  })
  expect(created.statusCode, created.body).toBe(201)
  provider = created.json()
  await testApp.store
    .updateTable('users')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute()
  await testApp.giveSecondFactor('superadmin')
  await passTest()
  const enforcement = { enforced: true, guestsExempt: false, breakGlassUserId: testApp.users.superadmin.id }
  expect((await manage('PUT', '/sso-enforcement', enforcement)).statusCode).toBe(200)
})
afterAll(async () => {
  await testApp?.close()
  await idp?.stop()
})

function manage(method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) {
  return testApp.request({ method, url: `/workspace-api${path}`, as: 'superadmin', ...(payload && { payload }) })
}

/** A login that shows that the provider works, without which nobody may enforce it. */
async function passTest(): Promise<void> {
  await idp.instruct({ login: { sub: 'tester', claims: { email: 'tester@corp.example' } } })
  const cookie = await testApp.signIn('superadmin')
  const begun = await testApp.request({
    method: 'POST',
    url: `/workspace-api/identity-providers/${provider.id}/test`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  const browser = new ProviderBrowser(testApp)
  browser.keepOwn([cookie, ...[begun.headers['set-cookie'] ?? []].flat()])
  expect((await browser.open(begun.json().url)).path).toBe('/settings/single-sign-on?tested=true')
}

/** Invites an address and answers the token of its link. */
async function invite(email: string, role = 'editor'): Promise<string> {
  const answer = await manage('POST', '/invitations', { emails: [email], role })
  const [result] = answer.json<{ results: InviteResult[] }>().results
  if (result?.outcome !== 'invited') throw new Error(answer.body)
  return result.link?.split('#')[1] ?? ''
}

async function stateOf(email: string) {
  const { invitations } = (await manage('GET', '/invitations?pageSize=100')).json<InvitationList>()
  return invitations.find((invitation) => invitation.email === email)?.state
}

/** Where the browser of a subject with these claims ends, and as whom. */
async function signIn(sub: string, claims: object) {
  await idp.instruct({ login: { sub, claims: { name: sub, ...claims } } })
  const browser = new ProviderBrowser(testApp)
  const { path } = await browser.open(`/auth/oidc/${provider.id}/start`)
  const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
  const user: { id: string; role: string } | null = answer.statusCode === 200 ? answer.json().user : null
  return { path, user }
}

const peopleWith = (email: string) =>
  testApp.store.selectFrom('users').select(['id', 'role']).where('email', '=', email).execute()

test('who is invited as an editor is one at their first sign-in, and the invitation is accepted by it', async () => {
  const token = await invite('Ina@Corp.example')
  const open = await testApp.request({ method: 'POST', url: '/auth/invitation/read', payload: { token } })
  expect(open.json()).toMatchObject({ role: 'editor', passwordAllowed: false })
  const { path, user } = await signIn('ina-1', { email: 'ina@corp.example', email_verified: true })
  expect(path).toBe('/')
  expect(user).toMatchObject({ role: 'editor' })
  expect(await stateOf('Ina@Corp.example')).toBe('accepted')
  const events = await testApp.store
    .selectFrom('activity')
    .select(['type', 'details'])
    .where('actor_id', '=', user?.id ?? '')
    .orderBy('position')
    .execute()
  expect(events).toMatchObject([
    { type: 'invitation.accepted', details: { role: 'editor', method: 'oidc', provider: 'Corp' } },
    { type: 'user.created', details: { role: 'editor', method: 'oidc', provider: 'Corp' } },
    { type: 'session.created' },
  ])
  // It works once: neither its link nor another subject with the address gets anything.
  const late = await testApp.request({
    method: 'POST',
    url: '/auth/invitation',
    payload: { token, name: 'Late', password: PASSWORD },
  })
  expect(late.json()).toMatchObject({ status: 401, error: expect.stringContaining('accepted already') })
  const other = await signIn('ina-2', { email: 'ina@corp.example', email_verified: true })
  expect(other.path).toContain('problem=email_taken')
  expect((await signIn('ina-1', { email: 'ina@corp.example', email_verified: true })).user).toEqual(user)
})

test('an e-mail that the provider does not call verified takes no invitation', async () => {
  await invite('silent@corp.example')
  expect((await signIn('silent-1', { email: 'silent@corp.example' })).user).toMatchObject({ role: 'viewer' })
  expect(await stateOf('silent@corp.example')).toBe('pending')
  await invite('denied@corp.example')
  const denied = await signIn('denied-1', { email: 'denied@corp.example', email_verified: false })
  expect(denied).toMatchObject({ path: expect.stringContaining('problem=email_unverified'), user: null })
  expect(await stateOf('denied@corp.example')).toBe('pending')
  expect(await peopleWith('denied@corp.example')).toEqual([])
})

test('of a provider that says itself which e-mails are verified no admin says it', async () => {
  const url = `/workspace-api/identity-providers/${provider.id}`
  const payload = { emailsVerified: true }
  const answer = await testApp.request({ method: 'PATCH', url, as: 'superadmin', payload })
  expect(answer.json()).toMatchObject({ status: 400, error: expect.stringContaining('emailsVerified') })
})

test('an invitation that has ended gives no role, and one of another domain does not open the provider to it', async () => {
  await invite('old@corp.example')
  const past = new Date(testApp.clock.now().getTime() - 1000)
  await testApp.store
    .updateTable('invitations')
    .set({ expires_at: past })
    .where('email', '=', 'old@corp.example')
    .execute()
  expect((await signIn('old-1', { email: 'old@corp.example', email_verified: true })).user?.role).toBe('viewer')
  await invite('back@corp.example')
  await testApp.store
    .updateTable('invitations')
    .set({ withdrawn_at: past })
    .where('email', '=', 'back@corp.example')
    .execute()
  expect((await signIn('back-1', { email: 'back@corp.example', email_verified: true })).user?.role).toBe('viewer')
  await invite('far@elsewhere.example')
  const far = await signIn('far-1', { email: 'far@elsewhere.example', email_verified: true })
  expect(far).toMatchObject({ path: expect.stringContaining('problem=domain_not_admitted'), user: null })
  expect(await stateOf('far@elsewhere.example')).toBe('pending')
})

test('without a seat for its role nobody is added, and the invitation waits', async () => {
  const { store } = testApp
  await invite('seat@corp.example')
  await store.updateTable('organizations').set({ editor_seats: 1 }).execute()
  const refused = await signIn('seat-1', { email: 'seat@corp.example', email_verified: true })
  expect(refused).toMatchObject({ path: expect.stringContaining('problem=seats_taken'), user: null })
  expect(await peopleWith('seat@corp.example')).toEqual([])
  expect(await stateOf('seat@corp.example')).toBe('pending')
  await store.updateTable('organizations').set({ editor_seats: null }).execute()
  const admitted = await signIn('seat-1', { email: 'seat@corp.example', email_verified: true })
  expect(admitted.user?.role).toBe('editor')
})

test('an invitation to be a superadmin waits, because admins set up who vouches for its address', async () => {
  await invite('super@corp.example', 'superadmin')
  const { user } = await signIn('super', { email: 'super@corp.example', email_verified: true })
  expect(user?.role).toBe('viewer')
  expect(await stateOf('super@corp.example')).toBe('pending')
})

test('where roles follow groups those decide, once they are told, and the invitation is accepted all the same', async () => {
  const { clock, store, organizationId: organization_id, users } = testApp
  await store
    .insertInto('directory_settings')
    .values({ organization_id, custodian_id: users.superadmin.id, roles_follow_groups: true, default_role: 'viewer' })
    .execute()
  const external = { source: 'sso', external_id: 'Partners', provider_id: provider.id } as const
  await store
    .insertInto('groups')
    .values({ id: 'gr_partners', organization_id, name: 'Partners', ...external, created_at: clock.now() })
    .execute()
  await store.insertInto('group_roles').values({ organization_id, group_id: 'gr_partners', role: 'guest' }).execute()
  const claims = (name: string) => ({ email: `${name}@corp.example`, email_verified: true })
  for (const name of ['grouped', 'untold']) await invite(`${name}@corp.example`)
  expect((await signIn('grouped', { ...claims('grouped'), groups: ['Partners'] })).user?.role).toBe('guest')
  expect((await signIn('untold', claims('untold'))).user?.role).toBe('editor')
  for (const name of ['grouped', 'untold']) expect(await stateOf(`${name}@corp.example`)).toBe('accepted')
})
