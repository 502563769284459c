import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeUsage } from '../../testing/usage-suite.ts'
import { quotaYearOf } from './quota-year.ts'
import { UsageMeter } from './usage-meter.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('usage on the embedded engine', () => {
  describeUsage(() => createTestApp(() => stores.open()))
})

test('one person cannot make the meter look up any number of maps, and what they did counts all the same', async () => {
  const testApp = await createTestApp(() => stores.open())
  try {
    const mayOpenMap = vi.fn(async () => true)
    const noting = Promise.withResolvers<void>()
    const meter = new UsageMeter({
      store: testApp.store,
      clock: testApp.clock,
      mayOpenMap,
      // A mail server that does not answer.
      onWritten: () => noting.promise,
      onError: (error) => {
        throw error
      },
    })
    const { organizationId } = testApp
    const userId = testApp.users.editor.id
    const person = { kind: 'user', userId, organizationId, role: 'editor', sessionId: 's', groupIds: [] } as const
    const countRequests = async () => {
      const rows = await testApp.store.selectFrom('usage_requests').select('requests').execute()
      return rows.reduce((sum, { requests }) => sum + Number(requests), 0)
    }
    for (let map = 0; map < 500; map++) meter.count(person, 'maps.tile', 'other', `map-${map}`)
    await vi.waitFor(async () => expect(await countRequests()).toBe(500), 10_000)
    expect(mayOpenMap.mock.calls.length).toBeLessThanOrEqual(20)
    meter.count(person, 'maps.tile', 'other', undefined)
    await vi.waitFor(async () => expect(await countRequests()).toBe(501), 10_000)
    noting.resolve()
    await meter.flush()
  } finally {
    await testApp.close()
  }
})

test.each([
  ['2026-12-31', '12-31', '2026-01-01', '2026-12-31'],
  ['2027-01-01', '12-31', '2027-01-01', '2027-12-31'],
  ['2026-06-30', '06-30', '2025-07-01', '2026-06-30'],
  ['2026-07-01', '06-30', '2026-07-01', '2027-06-30'],
  ['2028-02-29', '02-28', '2028-02-29', '2029-02-28'],
])('on %s with the last day %s the quota year is %s to %s', (day, resetsOn, start, end) => {
  expect(quotaYearOf(day, resetsOn)).toEqual({ start, end })
})
