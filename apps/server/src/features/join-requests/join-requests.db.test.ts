import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeJoinRequests } from '../../testing/join-requests-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('asking to join on PostgreSQL', () => {
  describeJoinRequests(() => createTestApp(() => stores.open()))
})
