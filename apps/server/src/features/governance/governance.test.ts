import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeGovernance } from '../../testing/governance-suite.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('governance on the embedded engine', () => {
  describeGovernance(() => createTestApp(() => stores.open()))
})
