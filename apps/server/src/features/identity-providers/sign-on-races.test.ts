import { afterAll, beforeAll, describe } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeSignOnRaces } from '../../testing/sign-on-races-suite.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('coming by two ways at once, on the embedded engine', () => {
  describeSignOnRaces(() => createTestApp(() => stores.open()))
})
