import { expect, test } from 'vitest'
import { isNarrowed, parseMapsSearch, toMapListQuery } from './maps-search.ts'

test('an address without parameters lists all maps, the last changed first', () => {
  expect(toMapListQuery(parseMapsSearch({}))).toEqual({
    scope: 'all',
    search: undefined,
    ownerId: undefined,
    tag: undefined,
    privacy: undefined,
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

test('owner, tag and privacy narrow the list, and what was opened comes in the order of opening', () => {
  const search = parseMapsSearch({ scope: 'recent', owner: 'u1', tag: 2024, privacy: 'public' })
  expect(toMapListQuery(search)).toMatchObject({
    scope: 'recent',
    ownerId: 'u1',
    tag: '2024',
    privacy: 'public',
    orderBy: 'openedAt',
    orderDirection: 'desc',
  })
  expect(parseMapsSearch({ privacy: 'secret' }).privacy).toBeUndefined()
  expect([isNarrowed(search), isNarrowed(parseMapsSearch({ scope: 'mine', sort: 'title' }))]).toEqual([true, false])
})

test('a search for digits stays text', () => {
  expect(parseMapsSearch({ search: 2024 }).search).toBe('2024')
})
