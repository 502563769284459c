import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { IdentityProviderList, IdentityProviderSummary } from '@graticule/contract'
import { findFreePort, startOidcProvider, type TestOidcProvider } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { ProviderBrowser } from '../../testing/provider-browser.ts'
import { hashPassword } from '../auth/password-hash.ts'

const PASSWORD = 'correct horse battery'
const SECRET = 'the client secret of a test, which is long enough'
const ALICE = { sub: 'alice-1', claims: { email: 'alice@corp.example', name: 'Alice' } }

let testApp: TestApp
let idp: TestOidcProvider
let provider: IdentityProviderSummary

beforeAll(async () => {
  const port = await findFreePort()
  const client = {
    client_id: 'graticule',
    client_secret: SECRET,
    redirect_uris: ['http://localhost/auth/oidc/callback'],
    post_logout_redirect_uris: ['http://localhost/sign-in'],
    backchannel_logout_session_required: true,
    backchannel_logout_uri: `http://127.0.0.1:${port}/auth/oidc/back-channel-logout`,
  }
  ;[testApp, idp] = await Promise.all([createTestApp(), startOidcProvider({ clients: [client] })])
  await testApp.app.listen({ port, host: '127.0.0.1' })
  await testApp.store
    .updateTable('users')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute()
  const body = { kind: 'oidc', name: 'Corp', issuer: idp.issuer, clientId: 'graticule', domains: ['corp.example'] }
  provider = (await manage('POST', '/identity-providers', { ...body, clientSecret: SECRET })).json()
  await testApp.giveSecondFactor('admin')
})
beforeEach(() => idp.instruct({ login: ALICE }))
afterAll(async () => {
  await testApp.close()
  await idp.stop()
})

function manage(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object) {
  return testApp.request({ method, url: `/workspace-api${path}`, as: 'admin', ...(payload && { payload }) })
}

async function list(): Promise<IdentityProviderList> {
  return (await manage('GET', '/identity-providers')).json()
}

function enforce(changes: object = {}) {
  const wanted = { enforced: true, guestsExempt: true, breakGlassUserId: testApp.users.admin.id, ...changes }
  return manage('PUT', '/sso-enforcement', wanted)
}

/** Begins a test login as a role of ours, in a browser that holds its session. */
async function beginTest(role: 'admin' | 'superadmin' = 'admin'): Promise<{ browser: ProviderBrowser; url: string }> {
  const cookie = await testApp.signIn(role)
  const answer = await testApp.request({
    method: 'POST',
    url: `/workspace-api/identity-providers/${provider.id}/test`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  expect(answer.statusCode).toBe(200)
  const browser = new ProviderBrowser(testApp)
  browser.keepOwn([cookie, ...[answer.headers['set-cookie'] ?? []].flat()])
  return { browser, url: answer.json().url }
}

async function passTest(): Promise<void> {
  const { browser, url } = await beginTest()
  expect((await browser.open(url)).path).toBe('/settings/single-sign-on?tested=true')
}

async function signInByProvider(browser = new ProviderBrowser(testApp)): Promise<ProviderBrowser> {
  expect((await browser.open(`/auth/oidc/${provider.id}/start`)).path).toBe('/')
  return browser
}

function signInByPassword(role: keyof TestApp['users']) {
  const { email } = testApp.users[role]
  return testApp.request({ method: 'POST', url: '/auth/sign-in', payload: { email, password: PASSWORD } })
}

async function isSignedIn(browser: ProviderBrowser): Promise<boolean> {
  const answer = await testApp.request({ url: '/auth/session', headers: { cookie: browser.ownCookies } })
  return answer.statusCode === 200
}

describe('a test login', () => {
  test('shows that the settings work, and makes neither a person nor a session', async () => {
    const counts = async () => [
      (await testApp.store.selectFrom('users').select('id').execute()).length,
      (await testApp.store.selectFrom('external_sessions').select('session_id').execute()).length,
    ]
    const before = await counts()
    expect((await list()).providers[0]?.testedAt).toBeNull()
    await passTest()
    expect((await list()).providers[0]?.testedAt).toBe(testApp.clock.now().toISOString())
    expect(await counts()).toEqual(before)
  })

  test('that fails says why where it was begun', async () => {
    await idp.instruct({ login: ALICE, signature: 'foreign' })
    const { browser, url } = await beginTest()
    expect((await browser.open(url)).path).toBe('/settings/single-sign-on?problem=wrong_signature')
    await idp.instruct({ login: { sub: 'x', claims: {} } })
    const second = await beginTest()
    expect((await second.browser.open(second.url)).path).toBe('/settings/single-sign-on?problem=email_missing')
  })

  test('is finished by the admin who began it', async () => {
    const { browser, url } = await beginTest()
    browser.keepOwn([await testApp.signIn('superadmin')])
    expect((await browser.open(url)).path).toBe('/settings/single-sign-on?problem=test_elsewhere')
  })

  test('counts for the settings that it was made with, and for an admin only', async () => {
    await passTest()
    const { browser, url } = await beginTest()
    expect(
      (await manage('PATCH', `/identity-providers/${provider.id}`, { name: 'Corp login' })).json().testedAt,
    ).not.toBe(null)
    const changed = await manage('PATCH', `/identity-providers/${provider.id}`, { clientSecret: SECRET })
    expect(changed.json().testedAt).toBeNull()
    expect((await browser.open(url)).path).toBe('/settings/single-sign-on?tested=true')
    const as = 'editor'
    const start = { method: 'POST', url: `/workspace-api/identity-providers/${provider.id}/test`, as } as const
    expect((await testApp.request(start)).statusCode).toBe(403)
  })
})

test('a provider gives newcomers the role that the organization gives to new people, unless it names another', async () => {
  const body = { kind: 'oidc', issuer: idp.issuer, clientId: 'graticule', domains: ['other.example'] }
  const roleOf = async (changes: object) =>
    (await manage('POST', '/identity-providers', { ...body, ...changes })).json().defaultRole
  const setDefault = (defaultRole: string) => manage('PATCH', '/organization', { defaultRole })
  expect((await setDefault('editor')).statusCode).toBe(200)
  expect(await roleOf({ name: 'First' })).toBe('editor')
  expect(await roleOf({ name: 'Second', defaultRole: 'viewer' })).toBe('viewer')
  expect((await setDefault('viewer')).statusCode).toBe(200)
  for (const { id } of (await list()).providers) {
    if (id !== provider.id) expect((await manage('DELETE', `/identity-providers/${id}`)).statusCode).toBe(204)
  }
})

describe('enforcing single sign-on', () => {
  test('needs a test login that succeeded', async () => {
    await manage('PATCH', `/identity-providers/${provider.id}`, { clientSecret: SECRET })
    const refused = await enforce()
    expect(refused.statusCode).toBe(409)
    expect(refused.json().error).toMatch(/whose test login succeeded with its present settings\.$/)
    expect((await list()).enforcement.enforced).toBe(false)
    expect((await signInByPassword('editor')).statusCode).toBe(200)
  })

  test('needs an admin with a password for the day when the provider is down', async () => {
    await passTest()
    const newcomer = await signInByProvider()
    const alice = (await testApp.request({ url: '/auth/session', headers: { cookie: newcomer.ownCookies } })).json()
    for (const breakGlassUserId of [null, 'nobody', testApp.users.editor.id, alice.user.id]) {
      const refused = await enforce({ breakGlassUserId })
      expect(refused.statusCode).toBe(400)
      expect(refused.json().error).toMatch(/^Name an admin who has a password/)
    }
  })

  test('needs that admin to have a second factor, which they then keep', async () => {
    await passTest()
    const { admin, superadmin } = testApp.users
    const refused = await enforce({ breakGlassUserId: superadmin.id })
    expect([refused.statusCode, refused.json().error]).toEqual([
      400,
      'The superadmin needs a second factor first, because their password alone would stay enough; they set one up in their profile.',
    ])
    const password = { kind: 'password', password: PASSWORD }
    const remove = () =>
      testApp.request({ method: 'POST', url: '/auth/totp/remove', as: 'admin', payload: { proof: password } })
    const [enforced, removed] = await Promise.all([enforce(), remove()])
    expect([enforced.statusCode, removed.statusCode].sort()).toEqual(
      enforced.statusCode === 200 ? [200, 409] : [204, 400],
    )
    if (removed.statusCode === 204) await testApp.giveSecondFactor('admin')
    expect((await enforce()).statusCode).toBe(200)
    expect((await remove()).json().details.rule).toBe('factor-removal.break-glass')
    const asSuperadmin = { cookie: await testApp.signIn('superadmin'), 'sec-fetch-site': 'same-origin' }
    const send = (method: 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
      testApp.request({ method, url: `/workspace-api/users/${admin.id}${path}`, headers: asSuperadmin, payload })
    const answers = [
      await send('POST', '/second-factor-reset'),
      await send('PATCH', '', { role: 'editor' }),
      await send('DELETE', `?receiverId=${superadmin.id}`),
    ]
    expect(answers.map((answer) => [answer.statusCode, answer.json().details.rule])).toEqual([
      [403, 'factor-reset.break-glass'],
      [403, 'role-change.break-glass'],
      [403, 'deletion.break-glass'],
    ])
    expect((await enforce({ enforced: false })).statusCode).toBe(200)
    expect((await remove()).statusCode).toBe(204)
    await testApp.giveSecondFactor('admin')
  })

  test('ends the sessions that a password began, but those of whom it still lets in', async () => {
    await passTest()
    const browser = await signInByProvider()
    const cookies = {
      superadmin: await testApp.signIn('superadmin'),
      admin: await testApp.signIn('admin'),
      guest: await testApp.signIn('guest'),
    }
    const other = await testApp.buildServer('second-server')
    const read = async () =>
      Promise.all(
        Object.values(cookies).map(async (cookie) => {
          const answer = await other.app.inject({ url: '/auth/session', headers: { host: 'localhost', cookie } })
          return answer.statusCode
        }),
      )
    expect(await read()).toEqual([200, 200, 200])
    expect((await enforce()).statusCode).toBe(200)
    // What the other server remembers it remembers for a second.
    testApp.clock.advance(1_000)
    expect(await read()).toEqual([401, 200, 200])
    expect(await isSignedIn(browser)).toBe(true)
    expect((await enforce({ guestsExempt: false })).statusCode).toBe(200)
    testApp.clock.advance(1_000)
    expect(await read()).toEqual([401, 200, 401])
    expect((await enforce({ enforced: false })).statusCode).toBe(200)
  })

  test('refuses the passwords of everybody but the break-glass admin and exempt guests', async () => {
    await passTest()
    expect((await enforce()).json()).toEqual({
      enforced: true,
      guestsExempt: true,
      breakGlassUserId: testApp.users.admin.id,
    })
    for (const role of ['superadmin', 'editor', 'viewer'] as const) {
      const refused = await signInByPassword(role)
      expect(refused.statusCode).toBe(403)
      expect(refused.json().error).toBe(
        'Your organization signs in with its identity provider; use its button instead of a password.',
      )
      expect(refused.headers['set-cookie']).toBeUndefined()
    }
    // With the second step that is due.
    expect((await signInByPassword('admin')).statusCode).toBe(202)
    expect((await signInByPassword('guest')).statusCode).toBe(200)
    expect((await enforce({ guestsExempt: false })).statusCode).toBe(200)
    expect((await signInByPassword('guest')).statusCode).toBe(403)
    await signInByProvider()
    const wrong = { email: testApp.users.editor.email, password: 'wrong' }
    const unknown = await testApp.request({ method: 'POST', url: '/auth/sign-in', payload: wrong })
    expect(unknown.json().code).toBe('invalid_credentials')
  })

  test('holds for links that set a password as well: of those who forgot theirs, and of the invited', async () => {
    await enforce({ enforced: false })
    const linkPath = `/users/${testApp.users.editor.id}/password-link`
    const tokenOf = (link: string) => link.split('#')[1]
    const reset = tokenOf((await manage('POST', linkPath)).json().link)
    const invitation = { emails: ['new@corp.example'], role: 'viewer' }
    const invited = tokenOf((await manage('POST', '/invitations', invitation)).json().results[0].link)
    await passTest()
    await enforce()
    const tries = [
      { url: '/auth/password/reset', payload: { token: reset, newPassword: PASSWORD } },
      { url: '/auth/invitation', payload: { token: invited, name: 'New', password: PASSWORD } },
    ]
    for (const attempt of tries) {
      const refused = await testApp.request({ method: 'POST', ...attempt })
      expect(refused.json()).toMatchObject({ status: 403, details: { rule: 'sso.enforced' } })
      expect(refused.headers['set-cookie']).toBeUndefined()
    }
    expect((await manage('POST', linkPath)).statusCode).toBe(403)
    // Nothing was used up: with enforcement off both work.
    await enforce({ enforced: false })
    for (const attempt of tries) {
      expect((await testApp.request({ method: 'POST', ...attempt })).statusCode).toBe(200)
    }
  })

  test('keeps the last provider that was tested as it is', async () => {
    await passTest()
    await enforce()
    for (const changes of [{ enabled: false }, { clientSecret: SECRET }]) {
      expect((await manage('PATCH', `/identity-providers/${provider.id}`, changes)).statusCode).toBe(409)
    }
    expect((await manage('DELETE', `/identity-providers/${provider.id}`)).statusCode).toBe(409)
    expect((await list()).providers[0]).toMatchObject({ enabled: true, testedAt: expect.any(String) })
    expect((await enforce({ enforced: false })).statusCode).toBe(200)
    expect((await signInByPassword('editor')).statusCode).toBe(200)
  })

  test('meets the deletion of the provider at the same moment without locking everybody out', async () => {
    for (let round = 0; round < 3; round++) {
      const body = { kind: 'oidc', issuer: idp.issuer, clientId: 'graticule', domains: ['corp.example'] }
      await passTest()
      const [removed, enforced] = await Promise.all([
        manage('DELETE', `/identity-providers/${provider.id}`),
        enforce({ guestsExempt: false }),
      ])
      expect([removed.statusCode, enforced.statusCode].sort()).toEqual(
        removed.statusCode === 204 ? [204, 409] : [200, 409],
      )
      await enforce({ enforced: false })
      await manage('DELETE', `/identity-providers/${provider.id}`)
      provider = (await manage('POST', '/identity-providers', { ...body, name: 'Corp', clientSecret: SECRET })).json()
    }
  })
})

describe('signing out', () => {
  test('here leads on to the provider, who ends its session and sends the browser back', async () => {
    const browser = await signInByProvider()
    const answer = await testApp.request({
      method: 'POST',
      url: '/auth/sign-out',
      headers: { cookie: browser.ownCookies, 'sec-fetch-site': 'same-origin' },
    })
    expect(answer.statusCode).toBe(200)
    expect(await isSignedIn(browser)).toBe(false)
    const page = new URL(answer.json().redirectTo)
    expect(page.origin).toBe(idp.issuer)
    const confirmed = await browser.submit(page, ['logout', 'yes'])
    expect(confirmed?.href).toMatch(/^http:\/\/localhost\/sign-in/)
  })

  test('of a session with a password leads nowhere', async () => {
    const cookie = await testApp.signIn('editor')
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    expect((await testApp.request({ method: 'POST', url: '/auth/sign-out', headers })).statusCode).toBe(204)
  })

  test('there ends the session here, and those of nobody else', async () => {
    const bystander = await signInByProvider()
    const browser = await signInByProvider()
    expect(await isSignedIn(browser)).toBe(true)
    await browser.submit(new URL('/session/end', idp.issuer), ['logout', 'yes'])
    await expect.poll(() => isSignedIn(browser)).toBe(false)
    expect(await isSignedIn(bystander)).toBe(true)
    await testApp.activity.flush()
    const events = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'session.revoked')
      .where('actor_kind', '=', 'system')
      .execute()
    expect(events).toMatchObject([{ details: { reason: 'signed_out_at_provider', provider: 'Corp' } }])
  })

  test('is not done by a logout token that the provider did not sign, or that is none', async () => {
    const browser = await signInByProvider()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      iss: idp.issuer,
      aud: 'graticule',
      sub: 'alice-1',
      iat: Math.floor(Date.now() / 1000),
      jti: randomUUID(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    }
    const text = `${encode({ alg: 'RS256', kid: 'own', typ: 'logout+jwt' })}.${encode(claims)}`
    const forged = `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims)}.`
    const [row] = await testApp.store.selectFrom('external_sessions').select(['session_id', 'id_token']).execute()
    const idToken = testApp.secretBox.open(row?.id_token ?? '', SEALED_COLUMNS.idToken.in(row?.session_id ?? ''))
    const elsewhere = `${encode({ alg: 'RS256' })}.${encode({ ...claims, iss: 'https://evil.example' })}.x`
    const answers = []
    for (const token of [forged, unsigned, idToken, elsewhere, 'nonsense']) {
      const answer = await testApp.request({
        method: 'POST',
        url: '/auth/oidc/back-channel-logout',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ logout_token: token }).toString(),
      })
      expect(answer.statusCode).toBe(400)
      answers.push(answer.json().error)
    }
    expect(answers).toEqual([
      'The logout token is not valid: check its signature, issuer, audience and age.',
      'The logout token is not valid: check its signature, issuer, audience and age.',
      'The logout token is not valid: check its signature, issuer, audience and age.',
      'The logout token names no identity provider that is known here.',
      'The logout token is not a JSON Web Token.',
    ])
    expect(await isSignedIn(browser)).toBe(true)
  })
})
