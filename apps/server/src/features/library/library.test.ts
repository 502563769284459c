import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeLibrary } from '../../testing/library-suite.ts'

describe('tags, favourites and search on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeLibrary(() => createTestApp(() => stores.open()))
})
