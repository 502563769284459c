import { expect, test } from 'vitest'
import { parseMapsSearch, toMapListQuery } from './maps-search.ts'

test('an address without parameters lists all maps, the last changed first', () => {
  expect(toMapListQuery(parseMapsSearch({}))).toEqual({
    scope: 'all',
    search: undefined,
    orderBy: 'updatedAt',
    orderDirection: 'desc',
    page: 1,
    pageSize: 24,
  })
})

test('sorting by title goes from A to Z unless the address says otherwise', () => {
  expect(toMapListQuery(parseMapsSearch({ sort: 'title' })).orderDirection).toBe('asc')
  expect(toMapListQuery(parseMapsSearch({ sort: 'title', direction: 'desc' })).orderDirection).toBe('desc')
})

test('what the address spells wrong is dropped instead of failing the page', () => {
  const search = parseMapsSearch({ scope: 'everyone', sort: 'owner', direction: 'up', view: 'cards', page: '-3' })
  expect(Object.values(search).every((value) => value === undefined)).toBe(true)
})

test('a search for digits stays text', () => {
  expect(parseMapsSearch({ search: 2024 }).search).toBe('2024')
})
