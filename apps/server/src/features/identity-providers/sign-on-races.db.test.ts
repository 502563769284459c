import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeSignOnRaces } from '../../testing/sign-on-races-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('coming by two ways at once, on PostgreSQL', () => {
  describeSignOnRaces(() => createTestApp(() => stores.open()))
})
