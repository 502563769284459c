import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeWorkflowsAndApplications } from '../../testing/workflows-and-applications-suite.ts'

describe('workflows and applications on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeWorkflowsAndApplications(() => createTestApp(() => stores.open()))
})
