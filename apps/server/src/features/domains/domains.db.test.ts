import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeDomains } from '../../testing/domains-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('domains on PostgreSQL', () => {
  describeDomains((openMailer, lookUpTxt) => createTestApp(() => stores.open(), openMailer, lookUpTxt))
})
