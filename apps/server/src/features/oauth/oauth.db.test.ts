import { LOGIN_PASSWORD, type RowSecurityWarehouse, startRowSecurityWarehouse } from '@graticule/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { describeOAuth } from '../../testing/oauth-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'
import { OAuthArtifactStore } from './oauth-artifact-store.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

const createApp = () => createTestApp(() => stores.open())

describe('OAuth clients on PostgreSQL', () => {
  describeOAuth(createApp)
})

describe('letting an application act as somebody', () => {
  let testApp: TestApp
  beforeAll(async () => {
    testApp = await createApp()
  }, 60_000)
  afterAll(() => testApp.close())

  test('is taken back with what is issued at the same moment', async () => {
    const payload = { kind: 'spa', title: 'A dashboard', callbackUrls: ['https://app.example.org/'] }
    const made = await testApp.request({ method: 'POST', url: '/v3/oauth-clients', as: 'editor', payload })
    const clientId: string = made.json().id
    const artifacts = new OAuthArtifactStore(testApp.store)
    const now = testApp.clock.now()
    const common = {
      client_id: clientId,
      user_id: testApp.users.editor.id,
      session_id: null,
      uid_hash: null,
      sealed_payload: 'sealed',
      created_at: now,
      expires_at: new Date(now.getTime() + 3_600_000),
    }
    const grant = { ...common, id_hash: 'the-grant', model: 'Grant', grant_hash: null }
    await artifacts.save(grant, testApp.store)
    let revoked: ReturnType<TestApp['request']> | undefined
    await testApp.store.transaction().execute(async (transaction) => {
      expect(await artifacts.holdGrant(grant.id_hash, transaction)).toBe(true)
      revoked = testApp.request({ method: 'DELETE', url: `/workspace-api/app-access/${clientId}`, as: 'editor' })
      await vi.waitFor(async () => {
        const { rows } = await sql`SELECT 1 FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(testApp.store)
        expect(rows.length).toBeGreaterThan(0)
      }, 10_000)
      const token = { ...common, id_hash: 'the-token', model: 'AccessToken', grant_hash: grant.id_hash }
      await artifacts.save(token, transaction)
    })
    expect((await revoked)?.statusCode).toBe(204)
    const left = await testApp.store.selectFrom('oauth_artifacts').select('model').execute()
    expect(left).toEqual([])
  })
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
