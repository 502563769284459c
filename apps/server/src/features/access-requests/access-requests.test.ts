import { afterAll, beforeAll, describe } from 'vitest'
import { describeAccessRequests } from '../../testing/access-requests-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('requests for access on the embedded engine', () => {
  describeAccessRequests(() => createTestApp(() => stores.open()))
})
