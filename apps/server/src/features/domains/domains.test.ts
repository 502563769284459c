import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeDomains } from '../../testing/domains-suite.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('domains on the embedded engine', () => {
  describeDomains((openMailer, lookUpTxt) => createTestApp(() => stores.open(), openMailer, lookUpTxt))
})
