import { afterAll, beforeAll, describe } from 'vitest'
import { describeAccessRequests } from '../../testing/access-requests-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('requests for access on PostgreSQL', () => {
  describeAccessRequests(() => createTestApp(() => stores.open()))
})
