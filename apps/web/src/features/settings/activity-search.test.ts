import { expect, test } from 'vitest'
import { isNarrowed, parseActivitySearch, toActivityFilter } from './activity-search.ts'

test('an address that nobody could have made here narrows nothing', () => {
  const search = parseActivitySearch({
    type: 'nothing',
    person: 'a b',
    asset: 7,
    outcome: 'maybe',
    from: '2026-13-01',
    to: 'x',
  })
  expect(isNarrowed(search)).toBe(false)
  expect(toActivityFilter(search)).toEqual({})
})

test('the last day is meant with all of its hours', () => {
  const search = parseActivitySearch({ type: 'map', outcome: 'denied', from: '2026-03-01', to: '2026-03-01' })
  const { from = '', to = '', ...rest } = toActivityFilter(search)
  expect(rest).toEqual({ type: 'map', outcome: 'denied' })
  expect(new Date(from)).toEqual(new Date(2026, 2, 1))
  expect(new Date(to)).toEqual(new Date(2026, 2, 2))
})
