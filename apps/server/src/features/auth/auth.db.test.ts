import type { SessionInfo, SessionSummary } from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { hashPassword } from './password-hash.ts'

const PASSWORD = 'correct horse battery'
let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
  await testApp.store
    .updateTable('users')
    .set({ password_hash: await hashPassword(PASSWORD) })
    .execute()
})
beforeEach(() => testApp.clock.advance(16 * 60_000))
afterAll(() => testApp.close())

function signIn(email: string, password: string, headers: Record<string, string> = {}) {
  return testApp.request({ method: 'POST', url: '/auth/sign-in', payload: { email, password }, headers })
}

function cookieOf(response: { headers: Record<string, unknown> }): string {
  return String(response.headers['set-cookie']).split(';', 1)[0] ?? ''
}

test('the right password begins a session whose cookie scripts and other sites cannot use', async () => {
  const response = await signIn('EDITOR@example.org', PASSWORD)
  expect(response.statusCode).toBe(200)
  expect(response.json<SessionInfo>()).toEqual({
    user: { ...testApp.users.editor, name: 'The editor' },
    organization: { id: testApp.organizationId, name: 'Test Organization' },
    demo: false,
    apiBaseUrl: 'http://localhost',
  })
  const cookie = String(response.headers['set-cookie'])
  expect(cookie).toMatch(/^graticule_session=gts_[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/)
  const session = await testApp.request({ url: '/auth/session', headers: { cookie: cookieOf(response) } })
  expect(session.json<SessionInfo>().user.email).toBe('editor@example.org')
})

test('a wrong password and an unknown account get the same answer', async () => {
  const wrong = await signIn('editor@example.org', 'wrong password')
  const unknown = await signIn('nobody@example.org', 'wrong password')
  expect(wrong.statusCode).toBe(401)
  expect(unknown.statusCode).toBe(401)
  expect({ ...wrong.json(), requestId: '' }).toEqual({ ...unknown.json(), requestId: '' })
  expect(wrong.json().error).toBe('The e-mail or the password is wrong.')
})

test('after ten failures an account is closed to that address for a while, even with the right password', async () => {
  for (let attempt = 0; attempt < 10; attempt++) {
    expect((await signIn('viewer@example.org', 'wrong password')).statusCode).toBe(401)
  }
  const refused = await signIn('viewer@example.org', PASSWORD)
  expect(refused.statusCode).toBe(429)
  expect(refused.json().error).toBe('Too many failed attempts to sign in; try again in 15 minutes.')
  expect(Number(refused.headers['retry-after'])).toBe(900)
  expect((await signIn('editor@example.org', PASSWORD)).statusCode).toBe(200)
  testApp.clock.advance(15 * 60_000)
  expect((await signIn('viewer@example.org', PASSWORD)).statusCode).toBe(200)
})

test('an address that fails with many accounts is refused for all of them', async () => {
  for (let attempt = 0; attempt < 50; attempt++) {
    expect((await signIn(`guess-${attempt}@example.org`, 'wrong password')).statusCode).toBe(401)
  }
  expect((await signIn('editor@example.org', PASSWORD)).statusCode).toBe(429)
})

test('every sign-in and every refusal leaves an event', async () => {
  const before = await testApp.store
    .selectFrom('activity')
    .select((expression) => expression.fn.max('position').as('position'))
    .executeTakeFirstOrThrow()
  await signIn('editor@example.org', 'wrong password')
  await signIn('editor@example.org', PASSWORD)
  await testApp.activity.flush()
  const events = await testApp.store
    .selectFrom('activity')
    .select(['type', 'actor_id'])
    .where('position', '>', before.position ?? '0')
    .execute()
  expect(events).toContainEqual({ type: 'session.created', actor_id: testApp.users.editor.id })
  expect(events).toContainEqual({ type: 'session.refused', actor_id: null })
})

test('a session ends when it is idle for a week, with a sentence that says so', async () => {
  const cookie = await testApp.signIn('admin')
  testApp.clock.advance(6 * 86_400_000)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
  testApp.clock.advance(6 * 86_400_000)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
  testApp.clock.advance(7 * 86_400_000 + 1)
  const response = await testApp.request({ url: '/auth/session', headers: { cookie } })
  expect(response.statusCode).toBe(401)
  expect(response.json()).toMatchObject({ code: 'session_expired', error: 'Your session has ended; sign in again.' })
})

test('a session ends after thirty days however often it is used', async () => {
  const cookie = await testApp.signIn('admin')
  for (let day = 0; day < 30; day += 5) {
    testApp.clock.advance(5 * 86_400_000 - 1000)
    expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
  }
  testApp.clock.advance(6000)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(401)
})

test('people see their own sessions and end any of them at once, but nobody else’s', async () => {
  const first = await testApp.signIn('superadmin')
  const second = await testApp.signIn('superadmin')
  const list = await testApp.request({ url: '/auth/sessions', headers: { cookie: first } })
  const sessions = list.json<SessionSummary[]>()
  expect(sessions.filter((session) => session.isCurrent)).toHaveLength(1)
  const other = sessions.find((session) => !session.isCurrent)
  const headers = { 'sec-fetch-site': 'same-origin' }
  const url = `/auth/sessions/${other?.id}`

  const foreign = await testApp.request({ method: 'DELETE', url, as: 'admin' })
  expect(foreign.statusCode).toBe(404)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie: second } })).statusCode).toBe(200)

  const own = await testApp.request({ method: 'DELETE', url, headers: { ...headers, cookie: first } })
  expect(own.statusCode).toBe(204)
  expect(own.body).toBe('')
  expect((await testApp.request({ url: '/auth/session', headers: { cookie: second } })).statusCode).toBe(401)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie: first } })).statusCode).toBe(200)
})

test('signing out ends the session and clears the cookie', async () => {
  const cookie = cookieOf(await signIn('editor@example.org', PASSWORD))
  const response = await testApp.request({
    method: 'POST',
    url: '/auth/sign-out',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  })
  expect(response.statusCode).toBe(204)
  expect(response.headers['set-cookie']).toContain('Max-Age=0')
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(401)
})

test('a request that another site sends with the cookie changes nothing', async () => {
  const cookie = await testApp.signIn('editor')
  const attempts: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://evil.localhost' },
    { origin: 'https://evil.example' },
    {},
  ]
  for (const headers of attempts) {
    const response = await testApp.request({ method: 'POST', url: '/auth/sign-out', headers: { ...headers, cookie } })
    expect(response.statusCode).toBe(403)
    expect(response.json().code).toBe('csrf_rejected')
  }
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
  const own = await testApp.request({
    method: 'POST',
    url: '/auth/sign-out',
    headers: { cookie, origin: 'http://localhost' },
  })
  expect(own.statusCode).toBe(204)
})

test('a form on another site cannot sign a visitor in to somebody else’s account', async () => {
  const response = await signIn('editor@example.org', PASSWORD, { 'sec-fetch-site': 'cross-site' })
  expect(response.statusCode).toBe(403)
  expect(response.headers['set-cookie']).toBeUndefined()
})

test('a sign-in link works once and only for an hour', async () => {
  const createLink = async (expiresInMs: number) => {
    const token = createRandomToken('gtl_')
    await testApp.store
      .insertInto('sign_in_links')
      .values({
        token_hash: hashToken(token),
        user_id: testApp.users.admin.id,
        purpose: 'sign-in',
        expires_at: new Date(testApp.clock.now().getTime() + expiresInMs),
      })
      .execute()
    return token
  }
  const follow = (token: string) => testApp.request({ method: 'POST', url: '/auth/sign-in/link', payload: { token } })

  const token = await createLink(1000)
  const outcomes = await Promise.all([follow(token), follow(token), follow(token)])
  expect(outcomes.map((outcome) => outcome.statusCode).sort()).toEqual([200, 401, 401])
  expect((await follow(await createLink(-1))).statusCode).toBe(401)
  expect((await follow('gtl_unknown')).statusCode).toBe(401)
})

test('a set-up link does nothing once an organization exists', async () => {
  const token = createRandomToken('gtu_')
  await testApp.store
    .insertInto('sign_in_links')
    .values({
      token_hash: hashToken(token),
      user_id: null,
      purpose: 'setup',
      expires_at: new Date(testApp.clock.now().getTime() + 1000),
    })
    .execute()
  const check = await testApp.request({ url: `/auth/setup?token=${token}` })
  expect(check.json()).toEqual({ valid: false, organizationName: null, email: null })
  const payload = { token, organizationName: 'Mine', name: 'Eve', email: 'eve@example.org', password: 'long enough' }
  const response = await testApp.request({ method: 'POST', url: '/auth/setup', payload })
  expect(response.statusCode).toBe(409)
  expect(await testApp.store.selectFrom('organizations').selectAll().execute()).toHaveLength(1)
})

test('a disabled person is out at once', async () => {
  const cookie = await testApp.signIn('guest')
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(200)
  await testApp.store
    .updateTable('users')
    .set({ disabled_at: testApp.clock.now() })
    .where('id', '=', testApp.users.guest.id)
    .execute()
  testApp.clock.advance(1001)
  expect((await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode).toBe(401)
  expect((await signIn('guest@example.org', PASSWORD)).statusCode).toBe(401)
})
