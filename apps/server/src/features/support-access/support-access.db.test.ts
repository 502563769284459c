import { emptyMapDocument } from '@graticule/contract'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { meetInDatabase } from '../../testing/meet-in-database.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeSupportAccess } from '../../testing/support-access-suite.ts'
import { enableSupport, enterBySupportLink, openSupportLink } from '../../testing/support-guest.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

const createApp = () => createTestApp(() => stores.open())

describe('support access on PostgreSQL', () => {
  describeSupportAccess(createApp)
})

describe('requests that meet the end of support access in the database', () => {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const revoke = (id: string) =>
    testApp.request({
      method: 'POST',
      url: `/workspace-api/support-access/${id}/revoke`,
      as: 'admin',
      payload: { receiverId: testApp.users.admin.id },
    })

  test.each([
    ['first', 201],
    ['last', 401],
  ] as const)('a map that support makes %s belongs to the receiver, or is not made', async (order, status) => {
    const { grant, links } = await enableSupport(testApp, 'admin')
    const guest = await enterBySupportLink(testApp, links[0]?.link ?? '')
    const payload = { document: emptyMapDocument('At the same moment') }
    const make = () => guest.request({ method: 'POST', url: '/workspace-api/maps', payload })
    const end = () => revoke(grant.id)
    const hold = `SELECT id FROM users WHERE id = '${grant.people[0]?.id}' FOR UPDATE`
    const answers = await meetInDatabase(testApp, hold, order === 'first' ? [make, end] : [end, make])
    const [made, ended] = order === 'first' ? answers : [...answers].reverse()
    expect([made?.statusCode, ended?.statusCode]).toEqual([status, 204])
    const maps = await testApp.store.selectFrom('maps').select('owner_id').execute()
    expect(maps.map((map) => map.owner_id)).toEqual(status === 201 ? [testApp.users.admin.id] : [])
  })

  test('of two admins who enable it at once one succeeds, and of two who revoke it one', async () => {
    const ask = (as: 'admin' | 'superadmin', email: string) =>
      testApp.request({
        method: 'POST',
        url: '/workspace-api/support-access',
        as,
        payload: { days: 7, role: 'editor', reason: 'Both at once', emails: [email], consent: true },
      })
    const hold = `SELECT id FROM organizations FOR UPDATE`
    const enabled = await meetInDatabase(testApp, hold, [
      () => ask('admin', 'one@vendor.example'),
      () => ask('superadmin', 'two@vendor.example'),
    ])
    expect(enabled.map((answer) => answer.statusCode)).toEqual([201, 409])
    const { grant } = enabled[0]?.json() ?? {}
    const revoked = await meetInDatabase(testApp, hold, [() => revoke(grant.id), () => revoke(grant.id)])
    expect(revoked.map((answer) => answer.statusCode)).toEqual([204, 409])
  })

  test('a link that is used while the grant ends lets nobody in', async () => {
    const { grant, links } = await enableSupport(testApp, 'admin')
    const hold = `SELECT id FROM users WHERE id = '${grant.people[0]?.id}' FOR UPDATE`
    const [ended, opened] = await meetInDatabase(testApp, hold, [
      () => revoke(grant.id),
      async () => (await openSupportLink(testApp, links[0]?.link ?? '')).answer,
    ])
    expect(ended?.statusCode).toBe(204)
    const step = await testApp.request({
      url: '/auth/second-step',
      headers: { cookie: String(opened?.headers['set-cookie']) },
    })
    expect(step.statusCode).toBe(401)
  })
})
