import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeGovernance } from '../../testing/governance-suite.ts'
import { describeGovernedSharing } from '../../testing/governed-sharing-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('governance on PostgreSQL', () => {
  describeGovernance(() => createTestApp(() => stores.open()))
})

describe('what governance says of links and projects on PostgreSQL', () => {
  describeGovernedSharing(() => createTestApp(() => stores.open()))
})
