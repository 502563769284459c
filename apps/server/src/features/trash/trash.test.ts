import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeTrash } from '../../testing/trash-suite.ts'

describe('the trash on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeTrash(() => createTestApp(() => stores.open()))
})
