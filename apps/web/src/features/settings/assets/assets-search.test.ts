import { expect, test } from 'vitest'
import { orderOf, parseAssetsSearch, toResourceListQuery } from './assets-search.ts'

test('an address asks for the assets that it names, and what it spells wrong is dropped', () => {
  const address = { search: 'a', kind: 'workflow', owner: 'u1', sort: 'name', page: '3' }
  expect(toResourceListQuery(parseAssetsSearch(address))).toEqual({
    q: 'a',
    resourceType: 'workflow',
    ownerId: 'u1',
    orderBy: 'name',
    orderDirection: 'asc',
    page: 3,
    pageSize: 25,
  })
  expect(parseAssetsSearch({ kind: 'secret', owner: 7, sort: 'secret', direction: 'up', page: 0 })).toEqual({})
  expect(orderOf({})).toEqual({ sort: 'updatedAt', direction: 'desc' })
})
