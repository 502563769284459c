import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeWorkflowsAndApplications } from '../../testing/workflows-and-applications-suite.ts'

describe('workflows and applications on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeWorkflowsAndApplications(() => createTestApp(() => stores.open()))
})
