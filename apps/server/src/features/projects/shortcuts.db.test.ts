import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeShortcuts } from '../../testing/shortcuts-suite.ts'

describe('shortcuts on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeShortcuts(() => createTestApp(() => stores.open()))
})
