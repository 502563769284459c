import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeShortcuts } from '../../testing/shortcuts-suite.ts'

describe('shortcuts on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeShortcuts(() => createTestApp(() => stores.open()))
})
