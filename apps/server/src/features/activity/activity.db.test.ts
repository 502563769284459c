import type { ActivityEvent } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  })
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
  await testApp.store.deleteFrom('activity').execute()
  await testApp.store.schema.alterTable('activity').renameTo('activity_away').execute()
  for (let number = 0; number < 5; number++) enqueue(number)
  await testApp.activity.flush()
  enqueue(5)
  await testApp.store.schema.alterTable('activity_away').renameTo('activity').execute()
  await testApp.activity.flush()
  const page = await readPage('type=test.numbered')
  expect(page.events.map((event) => event.details.number)).toEqual([5, 4, 3, 2, 1, 0])
})
