import { type AccessDecision, type ErrorBody, emptyMapDocument, type Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../../platform/db/database.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

const DAY_MS = 86_400_000

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

const open = (as: Role, id: string | undefined) => testApp.request({ url: `/v3/access/decisions/${id}`, as })
const listKept = () => testApp.store.selectFrom('access_decisions').selectAll().orderBy('at').execute()

async function refuse(as: Role, url: string, method: 'GET' | 'PATCH' | 'DELETE' = 'GET', payload?: object) {
  const answer = await testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  expect(answer.statusCode, answer.body).toBe(403)
  const body = answer.json<ErrorBody>()
  expect(body.decisionId, answer.body).toMatch(/^[\w-]{10,}$/)
  return body
}

test('an admin opens what somebody was refused by the id in their answer, and reads who, what, which rule and when', async () => {
  const created = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { document: emptyMapDocument('Plans') },
  })
  const map: string = created.json().id
  const sharing = { method: 'PUT', url: `/workspace-api/maps/${map}/sharing`, as: 'editor' } as const
  await testApp.request({ ...sharing, payload: { privacy: 'shared' } })
  const refused = await refuse('viewer', `/workspace-api/maps/${map}`, 'DELETE')

  const answer = await open('admin', refused.decisionId)
  expect(answer.statusCode, answer.body).toBe(200)
  const decision = answer.json<AccessDecision>()
  expect(decision).toMatchObject({
    id: refused.decisionId,
    at: testApp.clock.now().toISOString(),
    subject: { kind: 'user', id: testApp.users.viewer.id, name: 'The viewer' },
    action: 'map.delete',
    rule: 'role.viewer.map.delete.none',
    reason: refused.error,
    target: `map:${map}`,
    route: 'DELETE /workspace-api/maps/:id',
    requestId: refused.requestId,
  })
  expect(decision.sentence).toMatch(
    /^On \d{4}-\d\d-\d\d \d\d:\d\d UTC, The viewer \(viewer today\) was not allowed to delete this map \(map:.+\) by the rule role\.viewer\.map\.delete\.none: Your role \(viewer\) cannot delete this map;/,
  )
})

test('nobody but admins opens a decision, nor learns whether there is one', async () => {
  const { decisionId } = await refuse('viewer', '/v3/activity')
  for (const as of ['editor', 'viewer', 'guest'] as const) {
    const [real, made] = [await open(as, decisionId), await open(as, 'no-such-decision')]
    expect([real.statusCode, made.statusCode]).toEqual([403, 403])
    expect(real.json().error).toBe(made.json().error)
  }
  expect((await open('admin', 'no-such-decision')).statusCode).toBe(404)
})

test('the same refusal again has the same id, and another one another', async () => {
  const first = await refuse('guest', '/v3/activity')
  expect((await refuse('guest', '/v3/activity')).decisionId).toBe(first.decisionId)
  expect((await refuse('viewer', '/v3/activity')).decisionId).not.toBe(first.decisionId)
  expect((await refuse('guest', '/workspace-api/outbox')).decisionId).not.toBe(first.decisionId)
  testApp.clock.advance(11 * 60_000)
  expect((await refuse('guest', '/v3/activity')).decisionId).not.toBe(first.decisionId)
})

test('a visitor is refused with an id as well, which no admin opens', async () => {
  const answer = await testApp.request({
    method: 'POST',
    url: '/auth/sign-in/link',
    payload: { token: 'a-guess' },
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  })
  expect(answer.statusCode, answer.body).toBe(403)
  const { decisionId } = answer.json<ErrorBody>()
  expect(decisionId, answer.body).toMatch(/^[\w-]{10,}$/)
  expect((await open('admin', decisionId)).statusCode).toBe(404)
})

test('a token is refused with a decision too: for what it cannot do, and for where it is used', async () => {
  const token = await testApp.createToken([{ connection_name: 'none', source: '*' }])
  const refused = await testApp.request({ url: '/v3/users', token })
  expect((await open('admin', refused.json().decisionId)).json().subject.name).toBe('test token')
  await testApp.store
    .updateTable('tokens')
    .set({ referers: toJson(['https://maps.example']) })
    .execute()
  testApp.clock.advance(2_000)
  const elsewhere = await testApp.request({ url: '/v3/sql/jobs', token, headers: { origin: 'https://evil.example' } })
  expect(elsewhere.json()).toMatchObject({ error: 'Unauthorized referer', status: 403 })
  expect((await open('admin', elsewhere.json().decisionId)).json()).toMatchObject({
    subject: { kind: 'token', name: 'test token' },
    reason: 'Unauthorized referer',
  })
})

test('whoever provokes refusals pushes out their own and no others’', async () => {
  const others = await refuse('viewer', '/workspace-api/outbox')
  const first = await refuse('guest', '/workspace-api/groups/first')
  for (let number = 0; number < 300; number++) {
    testApp.clock.advance(10)
    await refuse('guest', `/workspace-api/groups/${number}`)
  }
  const last = await refuse('guest', '/workspace-api/groups/last')
  expect((await open('admin', first.decisionId)).statusCode).toBe(404)
  expect((await open('admin', last.decisionId)).statusCode).toBe(200)
  expect((await open('admin', others.decisionId)).statusCode).toBe(200)
  const kept = await listKept()
  expect(kept.filter(({ principal_id }) => principal_id === testApp.users.guest.id)).toHaveLength(200)
})

test('decisions are forgotten after 30 days', async () => {
  const server = await testApp.buildServer('sweeper')
  const old = await refuse('viewer', '/v3/users')
  expect((await open('admin', old.decisionId)).statusCode).toBe(200)
  testApp.clock.advance(29 * DAY_MS)
  await server.sweep()
  expect((await listKept()).some(({ id }) => id === old.decisionId)).toBe(true)
  testApp.clock.advance(2 * DAY_MS)
  await server.sweep()
  expect(await listKept()).toEqual([])
})
