import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeLibrary } from '../../testing/library-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

describe('tags, favourites and search on PostgreSQL', () => {
  let stores: PostgresStores
  beforeAll(async () => {
    stores = await startPostgresStores()
  })
  afterAll(() => stores.stop())
  describeLibrary(() => createTestApp(() => stores.open()))
})
