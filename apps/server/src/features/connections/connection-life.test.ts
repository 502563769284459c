import { afterAll, beforeAll, describe } from 'vitest'
import { describeConnectionEditing } from '../../testing/connection-editing-suite.ts'
import { describeConnectionRemoval } from '../../testing/connection-removal-suite.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'

let stores: EmbeddedStores

beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('deleting on an embedded engine', () => describeConnectionRemoval(() => createTestApp(() => stores.open())))
describe('editing on an embedded engine', () => describeConnectionEditing(() => createTestApp(() => stores.open())))
