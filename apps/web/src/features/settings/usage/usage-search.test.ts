import { expect, test } from 'vitest'
import { parseUsageSearch } from './usage-search.ts'

test('what an address says of the usage page is kept when it is understood', () => {
  const search = { by: 'map', scope: 'mine', from: '2026-03-01', to: '2026-03-31' }
  expect(parseUsageSearch(search)).toEqual(search)
  expect(parseUsageSearch({ by: 'weather', scope: 'ours', from: '2026-13-45', to: 7 })).toEqual({})
})

test('a last day before the first is dropped', () => {
  expect(parseUsageSearch({ from: '2026-03-02', to: '2026-03-01' })).toEqual({ from: '2026-03-02' })
})
