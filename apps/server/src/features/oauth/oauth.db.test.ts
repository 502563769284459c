import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { describeOAuth } from '../../testing/oauth-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

const createApp = () => createTestApp(() => stores.open())

describe('OAuth clients on PostgreSQL', () => {
  describeOAuth(createApp)
})

describe('a connection that everybody reads with a login of their own', () => {
  let testApp: TestApp
  let warehouse: RowSecurityWarehouse

  beforeAll(async () => {
    warehouse = await startRowSecurityWarehouse({ perRegion: 10 })
    testApp = await createApp()
    await makePersonalConnection(testApp, warehouse)
  }, 60_000)
  afterAll(async () => {
    await testApp.close()
    await warehouse.stop()
  })

  test('is read by an application as the person whom it acts for', async () => {
    const make = { method: 'POST', url: '/v3/oauth-clients', payload: { kind: 'machine', title: 'A program' } } as const
    const logins = { admin: 'alice', superadmin: 'bob' } as const
    for (const role of ['admin', 'superadmin'] as const) {
      const payload = { login: { user: logins[role], password: LOGIN_PASSWORD } }
      const url = '/v3/connections/warehouse/my-credentials'
      expect((await testApp.request({ method: 'PUT', url, as: role, payload })).statusCode).toBe(200)
      const { clientSecret, id } = (await testApp.request({ ...make, as: role })).json()
      const issued = await testApp.request({
        method: 'POST',
        url: '/oauth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: `grant_type=client_credentials&client_id=${id}&client_secret=${clientSecret}`,
      })
      const token: string = issued.json().access_token
      const sql = encodeURIComponent('SELECT current_user AS who')
      const read = await testApp.request({ url: `/v3/sql/warehouse/query?q=${sql}`, token })
      expect(read.json().rows).toEqual([{ who: logins[role] }])
      // Whose login it is, is theirs to change and not their application's.
      expect((await testApp.request({ method: 'PUT', url, token, payload })).statusCode).toBe(403)
    }
  })
})
