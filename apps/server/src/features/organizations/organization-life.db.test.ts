import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ASKERS, RELATIONS, type Relation, type Subject } from '../../testing/access-matrix/matrix.ts'
import { createMatrixWorld } from '../../testing/access-matrix/matrix-world.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeOrganizationLife, rowsLeft } from '../../testing/organization-life-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('the end of an organization on PostgreSQL', () => {
  describeOrganizationLife(() => createTestApp(() => stores.open()))
})

test('an organization with everything that there can be goes whole, and the other one stays whole', async () => {
  const testApp = await createTestApp(() => stores.open())
  const world = await createMatrixWorld(testApp)
  for (const [subject, relations] of Object.entries(RELATIONS) as [Subject, readonly Relation[]][]) {
    for (const relation of relations) {
      for (const asker of ASKERS.slice(0, 3)) await world.target(subject, relation, asker, true)
    }
  }
  const countAbroad = async () => {
    const rows = await testApp.store
      .selectFrom('maps')
      .select('id')
      .where('organization_id', '=', 'ac_abroad')
      .execute()
    return rows.length
  }
  const before = await countAbroad()
  const url = '/workspace-api/organization/delete'
  const removed = await testApp.request({ method: 'POST', url, as: 'admin', payload: { name: 'Test Organization' } })
  expect(removed.statusCode).toBe(204)
  expect(await rowsLeft(testApp.store, testApp.organizationId)).toEqual([])
  expect([before > 0, await countAbroad()]).toEqual([true, before])
  await world.close()
  await testApp.close()
})
