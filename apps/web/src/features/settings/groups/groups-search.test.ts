import { expect, test } from 'vitest'
import { parseGroupsSearch, toGroupListQuery } from './groups-search.ts'

test('an address without parameters lists the first groups, and what it spells wrong is dropped', () => {
  const first = { search: undefined, page: 1, pageSize: 25 }
  expect(toGroupListQuery(parseGroupsSearch({}))).toEqual(first)
  expect(toGroupListQuery(parseGroupsSearch({ search: '', page: 'two' }))).toEqual(first)
  expect(toGroupListQuery(parseGroupsSearch({ search: 42, page: '3' }))).toEqual({ ...first, search: '42', page: 3 })
})
