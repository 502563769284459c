import type { ActivityEvent } from '@graticule/contract'
import { parquetReadObjects } from 'hyparquet'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf } from '../../platform/activity/statement-text.ts'
import { createOrganizationId } from '../../platform/db/ids.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

let testApp: TestApp

beforeAll(async () => {
  testApp = await createTestApp()
})
afterAll(() => testApp.close())

interface Page {
  events: ActivityEvent[]
  next: string | null
}

function enqueue(number: number, organizationId: string | null = testApp.organizationId) {
  testApp.activity.enqueue({
    organizationId,
    actor: { kind: 'user', id: testApp.users.editor.id },
    type: 'test.numbered',
    requestId: 'request-1',
    details: { number },
  })
}

async function readPage(query: string): Promise<Page> {
  return (await testApp.request({ url: `/v3/activity?${query}`, as: 'admin' })).json()
}

test('admins read their organization’s events page by page, the newest first, none twice and none missed', async () => {
  for (let number = 0; number < 25; number++) enqueue(number)
  await testApp.activity.flush()
  const numbers: unknown[] = []
  let page = await readPage('type=test.numbered&limit=10')
  for (;;) {
    numbers.push(...page.events.map((event) => event.details.number))
    if (page.next === null) break
    // What happens while somebody reads must not shift the pages.
    enqueue(99)
    await testApp.activity.flush()
    page = await readPage(`type=test.numbered&limit=10&before=${page.next}`)
  }
  expect(numbers).toEqual(Array.from({ length: 25 }, (_, index) => 24 - index))
})

test('a type stands for the types below it too, and for none that merely begins with the same letters', async () => {
  for (const type of ['test_group', 'test_group.below', 'test_groups.beside', 'testXgroup.wildcard']) {
    testApp.activity.enqueue({
      organizationId: testApp.organizationId,
      actor: { kind: 'user', id: testApp.users.editor.id },
      type,
      requestId: 'request-2',
      details: {},
    })
  }
  await testApp.activity.flush()
  const page = await readPage('type=test_group')
  expect(page.events.map((event) => event.type).sort()).toEqual(['test_group', 'test_group.below'])
})

test('an event names the person behind it and the request', async () => {
  const [event] = (await readPage('type=test.numbered&limit=1')).events
  expect(event).toMatchObject({
    actor: { id: testApp.users.editor.id, name: 'The editor', email: 'editor@example.org' },
    requestId: 'request-1',
    assetType: null,
    // A type that this version does not know goes by itself.
    says: 'test.numbered',
  })
})

test('an event says in words what happened', async () => {
  await testApp.request({ url: '/workspace-api/outbox', as: 'viewer' })
  await testApp.activity.flush()
  const [event] = (await readPage('type=access.denied&limit=1')).events
  expect(event?.says).toBe('Somebody was refused what they asked for')
})

test('a token’s event names the person whose token it is', async () => {
  await testApp.createToken([{ connection_name: 'demo', source: '*' }])
  const { id } = await testApp.store.selectFrom('tokens').select('id').executeTakeFirstOrThrow()
  testApp.activity.enqueue({
    organizationId: testApp.organizationId,
    actor: { kind: 'token', id },
    type: 'test.by-token',
  })
  await testApp.activity.flush()
  const [event] = (await readPage('type=test.by-token')).events
  expect(event?.actor?.email).toBe('editor@example.org')
  expect(event?.details).toEqual({ actorKind: 'token', viaToken: 'test token' })
})

test('nobody sees another organization’s events, and only admins see any', async () => {
  const id = createOrganizationId()
  await testApp.store
    .insertInto('organizations')
    .values({ id, name: 'Other', is_demo: false, created_at: testApp.clock.now() })
    .execute()
  enqueue(7_777, id)
  await testApp.activity.flush()
  const answer = await testApp.request({ url: '/v3/activity?limit=200', as: 'superadmin' })
  expect(answer.body).not.toContain('7777')
  for (const as of ['editor', 'viewer', 'guest'] as const) {
    const refused = await testApp.request({ url: '/v3/activity', as })
    expect(refused.statusCode).toBe(403)
    expect(refused.json().error).toMatch(/cannot read the activity log/)
  }
})

test('events wait in the queue while the store fails, and are written in order when it is back', async () => {
  const type = 'test.waiting'
  const enqueue = (number: number) =>
    testApp.activity.enqueue({
      organizationId: testApp.organizationId,
      actor: { kind: 'user', id: testApp.users.editor.id },
      type,
      details: { number },
    })
  await testApp.store.schema.alterTable('activity_events').renameTo('activity_away').execute()
  for (let number = 0; number < 5; number++) enqueue(number)
  await testApp.activity.flush()
  enqueue(5)
  await testApp.store.schema.alterTable('activity_away').renameTo('activity_events').execute()
  await testApp.activity.flush()
  const page = await readPage(`type=${type}`)
  expect(page.events.map((event) => event.details.number)).toEqual([5, 4, 3, 2, 1, 0])
})

test('refusals are events with the rule, the decision and where the request came from; filters find them', async () => {
  const refused = await testApp.request({ url: '/v3/activity', as: 'viewer' })
  await testApp.activity.flush()
  const from = new Date(testApp.clock.now().getTime() - 1_000).toISOString()
  const { events } = await readPage(`outcome=denied&type=access&userId=${testApp.users.viewer.id}&from=${from}`)
  expect(events[0]).toMatchObject({
    type: 'access.denied',
    outcome: 'denied',
    decisionId: refused.json().decisionId,
    actor: { email: testApp.users.viewer.email },
    ipAddress: '127.0.0.1',
    userAgent: 'lightMyRequest',
    details: { action: 'activity.read', route: 'GET /v3/activity' },
  })
  expect(events.every((event) => event.outcome === 'denied')).toBe(true)
  expect((await readPage(`outcome=denied&to=2020-01-01T00:00:00Z`)).events).toEqual([])
  const backwards = await testApp.request({ url: `/v3/activity?from=${from}&to=2020-01-01T00:00:00Z`, as: 'admin' })
  expect(backwards).toMatchObject({ statusCode: 400 })
})

test('an event tells the page that its request came from, without what was asked of it, and the session', async () => {
  const headers = { referer: 'https://maps.example/page?token=secret#part' }
  const url = '/workspace-api/organization/network'
  const refused = await testApp.request({ url, as: 'viewer', headers })
  expect(refused.statusCode, refused.body).toBe(403)
  await testApp.activity.flush()
  const { events } = await readPage(`outcome=denied&type=access&userId=${testApp.users.viewer.id}`)
  const event = events.find(({ requestId }) => requestId === refused.headers['x-request-id'])
  expect(event?.details.referer).toBe('https://maps.example/page')
  // The session leads to how its person proved who they are.
  expect(event?.sessionId).toEqual(expect.any(String))
  const { rows } = await sql<{ details: object }>`
    SELECT details FROM activity_events WHERE id = ${event?.id ?? ''}`.execute(testApp.store)
  expect(JSON.stringify(rows)).not.toContain('maps.example')
})

test('the log is downloaded as CSV and as Parquet with the same rows, without secrets, and that is an event', async () => {
  const secret = await testApp.createToken([{ connection_name: 'demo', source: '*' }])
  await testApp.activity.flush()
  const download = (format: string) =>
    testApp.request({ url: `/v3/activity/export?format=${format}&type=test.numbered`, as: 'admin' })
  const csv = await download('csv')
  expect(csv.headers['content-type']).toContain('text/csv')
  const lines = csv.body.trimEnd().split('\r\n')
  expect(lines[0]).toMatch(/^seq,at,type,outcome,reason,person,email/)
  expect(lines.length).toBeGreaterThan(25)
  const parquet = await download('parquet')
  const { buffer, byteOffset, byteLength } = parquet.rawPayload
  const rows = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer })
  expect(rows).toHaveLength(lines.length - 1)
  expect(rows[0]).toMatchObject({ type: 'test.numbered', outcome: 'ok', email: testApp.users.editor.email })
  expect(rows[0]?.at).toBeInstanceOf(Date)
  const everything = await testApp.request({ url: '/v3/activity/export?format=csv', as: 'admin' })
  expect(everything.body).not.toContain(secret)
  const [event] = (await readPage('type=activity.exported&limit=1')).events
  expect(event?.details).toMatchObject({ format: 'csv' })
})

test('the text of a statement is kept without its values, for admins', async () => {
  const text = 'SELECT a FROM b WHERE c = ?'
  const digest = digestOf(text)
  await testApp.store
    .insertInto('activity_statements')
    .values({ organization_id: testApp.organizationId, digest, text })
    .execute()
  const answer = await testApp.request({ url: `/v3/activity/statements/${digest}`, as: 'admin' })
  expect(answer.json()).toEqual({ digest, text })
  expect((await testApp.request({ url: `/v3/activity/statements/${digest}`, as: 'editor' })).statusCode).toBe(403)
})
