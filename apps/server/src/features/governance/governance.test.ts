import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeGovernance } from '../../testing/governance-suite.ts'
import { describeGovernedSharing } from '../../testing/governed-sharing-suite.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('governance on the embedded engine', () => {
  describeGovernance(() => createTestApp(() => stores.open()))
})

describe('what governance says of links and projects on the embedded engine', () => {
  describeGovernedSharing(() => createTestApp(() => stores.open()))
})
