import { expect, test } from 'vitest'
import { parseTableSearch, sortBy } from './table-search.ts'

test('a header sorts up, then down, then not at all, and always from the first page', () => {
  const up = sortBy({ page: 4, tab: 'columns' }, 'population')
  expect(up).toEqual({ tab: 'columns', sort: 'population', direction: undefined, page: undefined })
  const down = sortBy(up, 'population')
  expect(down.direction).toBe('desc')
  expect(sortBy(down, 'population').sort).toBeUndefined()
  expect(sortBy(down, 'name')).toMatchObject({ sort: 'name', direction: undefined })
})

test('an address with nonsense opens the table as if it had none', () => {
  const search = parseTableSearch({ tab: 'sql', direction: 'sideways', page: 'x' })
  expect(Object.values(search).every((value) => value === undefined)).toBe(true)
  expect(parseTableSearch({ sort: 2020 }).sort).toBe('2020')
})
