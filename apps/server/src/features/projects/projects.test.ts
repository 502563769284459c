import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeProjects } from '../../testing/projects-suite.ts'

describe('projects on the embedded engine', () => {
  let stores: EmbeddedStores
  beforeAll(async () => {
    stores = await startEmbeddedStores()
  })
  afterAll(() => stores.stop())
  describeProjects(() => createTestApp(() => stores.open()))
})
