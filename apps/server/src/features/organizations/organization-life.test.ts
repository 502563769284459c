import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeOrganizationLife } from '../../testing/organization-life-suite.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('the end of an organization on the embedded engine', () => {
  describeOrganizationLife(() => createTestApp(() => stores.open()))
})
