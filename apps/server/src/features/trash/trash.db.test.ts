import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeTrash } from '../../testing/trash-suite.ts'

describe('the trash on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeTrash(() => createTestApp(() => stores.open()))
})
