import { afterAll, beforeAll, describe } from 'vitest'
import { describeAssetManagement } from '../../testing/asset-management-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'

describe('the assets of everybody on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeAssetManagement(() => createTestApp(() => stores.open()))
})
