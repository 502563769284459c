import { afterAll, beforeAll, describe } from 'vitest'
import { describeAccessReport } from '../../testing/access-report-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'

describe('reports of access on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeAccessReport(() => createTestApp(() => stores.open()))
})
