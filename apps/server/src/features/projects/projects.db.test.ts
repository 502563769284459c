import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeProjects } from '../../testing/projects-suite.ts'

describe('projects on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeProjects(() => createTestApp(() => stores.open()))
})
