import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { meetInDatabase } from '../../testing/meet-in-database.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeViewerCredentials, makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'

let warehouse: RowSecurityWarehouse
let stores: PostgresStores
let embedded: EmbeddedStores
beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: 10 })
  stores = await startPostgresStores()
  embedded = await startEmbeddedStores()
})
afterAll(async () => {
  await warehouse.stop()
  await stores.stop()
  await embedded.stop()
})

describe('logins of one’s own on PostgreSQL', () => {
  describeViewerCredentials(
    () => createTestApp(() => stores.open()),
    () => warehouse,
  )
})

describe('logins of one’s own on the embedded engine', () => {
  describeViewerCredentials(
    () => createTestApp(() => embedded.open()),
    () => warehouse,
  )
})

describe('a login that is given while something waits in the database', () => {
  let testApp: TestApp
  beforeAll(async () => {
    testApp = await createTestApp(() => stores.open())
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    await makePersonalConnection(testApp, warehouse)
    const posture = () => testApp.request({ url: '/v3/connections/warehouse/posture', as: 'editor' })
    // So that nothing but what is begun waits for the rows.
    await vi.waitFor(async () => expect((await posture()).json().state).toBe('checked'), 10_000)
  })

  const give = () =>
    testApp.request({
      method: 'PUT',
      url: '/v3/connections/warehouse/my-credentials',
      as: 'admin',
      payload: { login: { user: 'bob', password: LOGIN_PASSWORD } },
    })
  const removePerson = () =>
    testApp.request({ method: 'DELETE', url: `/workspace-api/users/${testApp.users.admin.id}`, as: 'superadmin' })
  const removeConnection = () => testApp.request({ method: 'DELETE', url: '/v3/connections/warehouse', as: 'editor' })
  const lend = () =>
    testApp.request({
      method: 'PATCH',
      url: '/v3/connections/warehouse',
      as: 'editor',
      payload: { credentialPolicy: 'owner' },
    })
  const CONNECTIONS = 'SELECT FROM connections FOR UPDATE'
  const stored = () => testApp.store.selectFrom('viewer_credentials').selectAll().execute()

  test('is refused once its connection is deleted', async () => {
    const [removed, given] = await meetInDatabase(testApp, CONNECTIONS, [removeConnection, give])
    expect([removed?.statusCode, given?.statusCode], given?.body).toEqual([204, 404])
    expect(given?.json()).toMatchObject({ code: 'not_found' })
    expect(await stored()).toEqual([])
  })

  test('is refused once everybody reads with the connection’s own', async () => {
    const [lent, given] = await meetInDatabase(testApp, CONNECTIONS, [lend, give])
    expect([lent?.statusCode, given?.statusCode], given?.body).toEqual([200, 422])
    expect(given?.json()).toMatchObject({ details: { rule: 'credential.owner' } })
    expect(await stored()).toEqual([])
  })

  test('in place of another that is given at the same moment says that it replaced it', async () => {
    const answers = await meetInDatabase(testApp, CONNECTIONS, [give, give])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    expect(await stored()).toHaveLength(1)
    const events = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'viewer-credential.added')
      .orderBy('position')
      .execute()
    expect(events.map(({ details }) => details.replaced)).toEqual([false, true])
  })

  test('is refused once its person is deleted, and goes with them where it came first', async () => {
    const [removed, given] = await meetInDatabase(testApp, 'SELECT FROM users FOR UPDATE', [removePerson, give])
    expect(removed?.statusCode, removed?.body).toBe(204)
    expect([200, 401], given?.body).toContain(given?.statusCode)
    expect(await stored()).toEqual([])
  })
})
