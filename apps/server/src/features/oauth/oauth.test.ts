import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeOAuth } from '../../testing/oauth-suite.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('OAuth clients on the embedded engine', () => {
  describeOAuth(() => createTestApp(() => stores.open()))
})
