import { afterAll, beforeAll, describe } from 'vitest'
import { describeAccessReport } from '../../testing/access-report-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

describe('reports of access on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeAccessReport(() => createTestApp(() => stores.open()))
})
