import type { ConnectionCreated, GovernancePlan, GovernanceSettings, Role } from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let testApp: TestApp
let warehouse: TestWarehouse
beforeAll(async () => {
  testApp = await createTestApp()
  warehouse = await createTestWarehouse(testApp)
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

const GOVERNANCE = '/workspace-api/organization/governance'
const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
  testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
const read = async (as: Role) => (await call('GET', GOVERNANCE, as)).json<GovernanceSettings>()
async function limit(count: number | null): Promise<void> {
  const { revision } = await read('admin')
  const body = { revision, policies: { 'connections.soft-limit': count } }
  expect((await call('PATCH', GOVERNANCE, 'admin', body)).statusCode).toBe(200)
}
async function connect(name: string, as: Role = 'editor'): Promise<ConnectionCreated> {
  const answer = await call('POST', '/v3/connections', as, { name, providerId: 'postgres', config: warehouse.config })
  expect(answer.statusCode, answer.body).toBe(201)
  return answer.json()
}

test('many connections bring a warning to whoever adds one, and are never refused', async () => {
  // The one of the warehouse is there.
  expect((await connect('second')).warnings).toEqual([])
  expect(await read('editor')).not.toHaveProperty('connectionCount')
  expect((await read('admin')).use?.connections).toBe(2)

  const { revision } = await read('admin')
  const wish = { revision, policies: { 'connections.soft-limit': 3 } }
  const planned = (await call('POST', `${GOVERNANCE}/plan`, 'admin', wish)).json<GovernancePlan>()
  expect(planned.changes).toMatchObject([
    {
      id: 'connections.soft-limit',
      sentence: 'More than 3 connections bring a warning, and nothing is refused.',
      losers: [],
      loserCount: 0,
    },
  ])
  expect((await call('PATCH', GOVERNANCE, 'editor', wish)).statusCode).toBe(403)
  await limit(3)
  expect(await read('editor')).toMatchObject({ connectionCount: 2 })
  expect((await connect('third')).warnings).toEqual([])
  // As many at once as come: none waits for room, and each that is beyond is told so.
  const more = await Promise.all(['fourth', 'fifth', 'sixth'].map((name) => connect(name, 'admin')))
  for (const { warnings } of more) {
    expect(warnings).toEqual([
      expect.stringMatching(
        /^There are [456] connections, and the organization means to have 3 at most; remove those that nobody needs\.$/,
      ),
    ])
  }
  expect(await read('editor')).toMatchObject({ connectionCount: 6 })
  // Nothing else of a connection changes by it.
  expect((await call('PATCH', '/v3/connections/third', 'editor', { name: 'third-renamed' })).statusCode).toBe(200)
  expect((await call('GET', '/v3/connections', 'editor')).statusCode).toBe(200)
  await limit(0)
  expect((await connect('seventh')).warnings).toHaveLength(1)
  expect((await call('DELETE', '/v3/connections/seventh', 'editor')).statusCode).toBeLessThan(300)
  await limit(null)
  expect((await connect('eighth')).warnings).toEqual([])
})
