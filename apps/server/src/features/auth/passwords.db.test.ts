import type { OutboxAnswer, PasswordLinkSent, Role } from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { hashPassword } from './password-hash.ts'

const OLD = 'correct horse battery'
const NEW = 'staple correct horse'

let testApp: TestApp
let oldHash: string
beforeAll(async () => {
  testApp = await createTestApp()
  oldHash = await hashPassword(OLD)
})
beforeEach(async () => {
  testApp.clock.advance(16 * 60_000)
  await testApp.store.updateTable('users').set({ password_hash: oldHash }).execute()
})
afterAll(() => testApp.close())

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  testApp.request({ method: 'POST', url, payload, headers })
const signIn = async (role: Role, password: string) =>
  (await post('/auth/sign-in', { email: `${role}@example.org`, password })).statusCode
const change = (cookie: string, currentPassword: string, newPassword = NEW) =>
  post('/auth/password', { currentPassword, newPassword }, { cookie, 'sec-fetch-site': 'same-origin' })
const statusOf = async (cookie: string) =>
  (await testApp.request({ url: '/auth/session', headers: { cookie } })).statusCode
const makeLink = (as: Role, id: string) =>
  testApp.request({ method: 'POST', url: `/workspace-api/users/${id}/password-link`, as })
const reset = (token: string, newPassword = NEW) => post('/auth/password/reset', { token, newPassword })
const tokenIn = (text: string | undefined) => /\/password#(gtp_[\w-]{43})/.exec(text ?? '')?.[1] ?? ''
const mailsTo = async (email: string) =>
  (await testApp.request({ url: '/workspace-api/outbox', as: 'superadmin' }))
    .json<OutboxAnswer>()
    .mails.filter(({ to }) => to === email)

test('who knows the present password sets a new one, which ends every other session', async () => {
  const here = await testApp.signIn('editor')
  const elsewhere = await testApp.signIn('editor')
  const wrong = await change(here, 'not this one')
  expect(wrong.statusCode).toBe(400)
  expect(wrong.json().error).toBe('The present password is wrong.')
  expect(await statusOf(elsewhere)).toBe(200)
  expect((await change(here, OLD, 'too short')).statusCode).toBe(400)
  expect((await change(here, OLD)).statusCode).toBe(204)
  expect(await statusOf(here)).toBe(200)
  expect(await statusOf(elsewhere)).toBe(401)
  expect([await signIn('editor', OLD), await signIn('editor', NEW)]).toEqual([401, 200])
  const event = await testApp.store
    .selectFrom('activity')
    .select(['actor_id', 'details'])
    .where('type', '=', 'user.password-changed')
    .executeTakeFirst()
  expect(event).toMatchObject({ actor_id: testApp.users.editor.id, details: { by: 'password' } })
})

test('guessing the present password is stopped', async () => {
  const cookie = await testApp.signIn('viewer')
  for (let attempt = 0; attempt < 10; attempt++) expect((await change(cookie, 'a guess')).statusCode).toBe(400)
  expect((await change(cookie, OLD)).statusCode).toBe(429)
  expect((await post('/auth/password', { currentPassword: OLD, newPassword: NEW })).statusCode).toBe(401)
})

test('a mailed link sets a new password once, ends all sessions and signs in', async () => {
  const cookie = await testApp.signIn('editor')
  expect((await post('/auth/password/link', { email: 'EDITOR@example.org' })).statusCode).toBe(204)
  await expect.poll(async () => (await mailsTo('editor@example.org')).length).toBe(1)
  const token = tokenIn((await mailsTo('editor@example.org'))[0]?.text)
  const rows = await testApp.store.selectFrom('sign_in_links').selectAll().execute()
  expect(JSON.stringify(rows)).not.toContain(token)
  const done = await reset(token)
  expect(done.statusCode, done.body).toBe(200)
  expect(done.json().user.email).toBe('editor@example.org')
  expect(await statusOf(cookie)).toBe(401)
  expect(await statusOf(String(done.headers['set-cookie']).split(';', 1)[0] ?? '')).toBe(200)
  expect(await signIn('editor', NEW)).toBe(200)
  expect((await reset(token, 'another password')).json().error).toMatch(/^This link is no longer valid/)
})

test('the answer is the same whether or not anybody has the e-mail, and asking often is refused alike', async () => {
  const answers = []
  for (const email of ['guest@example.org', 'nobody@example.org']) {
    const codes = []
    for (let attempt = 0; attempt < 4; attempt++) codes.push((await post('/auth/password/link', { email })).statusCode)
    answers.push(codes)
  }
  expect(answers).toEqual([
    [204, 204, 204, 429],
    [204, 204, 204, 429],
  ])
  await expect.poll(async () => (await mailsTo('guest@example.org')).length).toBe(3)
  expect(await mailsTo('nobody@example.org')).toEqual([])
})

test('a link ends after an hour, with a newer link, with a changed password, and with the person', async () => {
  const link = async () => {
    const made = await makeLink('admin', testApp.users.viewer.id)
    expect(made.statusCode, made.body).toBe(200)
    return tokenIn(made.json<PasswordLinkSent>().link)
  }
  const expired = await link()
  testApp.clock.advance(60 * 60_000)
  expect((await reset(expired)).statusCode).toBe(401)
  const [older, newer] = [await link(), await link()]
  expect((await reset(older)).statusCode).toBe(401)
  expect((await change(await testApp.signIn('viewer'), OLD)).statusCode).toBe(204)
  expect((await reset(newer)).statusCode).toBe(401)
  const last = await link()
  await testApp.store
    .updateTable('users')
    .set({ disabled_at: testApp.clock.now() })
    .where('role', '=', 'viewer')
    .execute()
  expect((await reset(last)).statusCode).toBe(401)
  await testApp.store.updateTable('users').set({ disabled_at: null }).execute()
})

test('a link that is used twice at once sets one password', async () => {
  const made = await makeLink('admin', testApp.users.editor.id)
  const token = tokenIn(made.json<PasswordLinkSent>().link)
  const answers = await Promise.all([reset(token, 'the first of two'), reset(token, 'the second of two')])
  expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401])
})

test('an admin makes links for others but not for superadmins, nor reads theirs in the outbox; nobody else makes any', async () => {
  const { superadmin, editor, admin } = testApp.users
  const refused = await makeLink('admin', superadmin.id)
  expect(refused.statusCode).toBe(403)
  expect(refused.json().error).toBe('Only a superadmin gives a superadmin a link to a new password.')
  expect((await makeLink('admin', admin.id)).json().error).toBe('Change your own password in your profile.')
  expect((await makeLink('editor', editor.id)).statusCode).toBe(403)
  expect((await makeLink('superadmin', 'nobody')).statusCode).toBe(404)
  await post('/auth/password/link', { email: superadmin.email })
  await expect.poll(async () => (await mailsTo(superadmin.email)).length).toBe(1)
  const seen = await testApp.request({ url: '/workspace-api/outbox', as: 'admin' })
  expect(seen.json<OutboxAnswer>().mails.map(({ to }) => to)).not.toContain(superadmin.email)
})
