import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describePublishing } from '../../testing/publishing-suite.ts'

describe('drafts and what is published on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describePublishing(() => createTestApp(() => stores.open()))
})
