import { afterAll, beforeAll, describe } from 'vitest'
import { describeAssetManagement } from '../../testing/asset-management-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

describe('the assets of everybody on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeAssetManagement(() => createTestApp(() => stores.open()))
})
