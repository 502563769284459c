import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp } from '../../testing/create-test-app.ts'
import { type EmbeddedStores, startEmbeddedStores } from '../../testing/embedded-stores.ts'
import { describeUsage } from '../../testing/usage-suite.ts'
import { quotaYearOf } from './quota-year.ts'

let stores: EmbeddedStores
beforeAll(async () => {
  stores = await startEmbeddedStores()
})
afterAll(() => stores.stop())

describe('usage on the embedded engine', () => {
  describeUsage(() => createTestApp(() => stores.open()))
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
