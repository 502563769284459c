import { expect, test } from 'vitest'
import { parseUsersSearch, toPersonListQuery } from './users-search.ts'

test('an address without parameters lists everybody by name', () => {
  expect(toPersonListQuery(parseUsersSearch({}))).toEqual({
    search: undefined,
    role: undefined,
    groupId: undefined,
    orderBy: 'name',
    orderDirection: 'asc',
    page: 1,
    pageSize: 25,
  })
})

test('a column that counts begins with the most, and the address turns it round', () => {
  expect(toPersonListQuery(parseUsersSearch({ sort: 'mapCount' })).orderDirection).toBe('desc')
  expect(toPersonListQuery(parseUsersSearch({ sort: 'mapCount', direction: 'asc' })).orderDirection).toBe('asc')
})

test('the address keeps which group the list is narrowed to', () => {
  expect(toPersonListQuery(parseUsersSearch({ group: 'field', page: 2 }))).toMatchObject({ groupId: 'field', page: 2 })
})

test('what the address spells wrong is dropped instead of failing the page', () => {
  const search = parseUsersSearch({ role: 'owner', sort: 'password', direction: 'up', page: 0, search: '' })
  expect(Object.values(search).every((value) => value === undefined)).toBe(true)
})
