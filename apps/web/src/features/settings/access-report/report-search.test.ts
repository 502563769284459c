import { expect, test } from 'vitest'
import { parseReportSearch, parseUnusedSearch, readAsset, toReportFilter, toUnusedQuery } from './report-search.ts'

test('what the address spells wrong is dropped instead of failing the page', () => {
  expect(parseReportSearch({ asset: 'token:1', kind: 'token', path: 'door', unused: '3', page: 'two' })).toEqual({
    person: undefined,
    asset: undefined,
    search: undefined,
    kind: undefined,
    path: undefined,
    unused: undefined,
    page: undefined,
  })
  expect(parseUnusedSearch({ days: '5', page: '-1' })).toEqual({ days: undefined, kind: undefined, page: undefined })
})

test('an asset is named by its kind and id', () => {
  expect(readAsset('map:a:b')).toEqual({ kind: 'map', id: 'a:b' })
  expect([readAsset('map:'), readAsset('token:1'), readAsset('')]).toEqual([null, null, null])
})

test('the kind narrows what a person reaches, and not who reaches an asset', () => {
  expect(toReportFilter({ person: 'p', kind: 'map', unused: 30 })).toMatchObject({ kind: 'map', unusedForDays: 30 })
  expect(toReportFilter({ asset: 'map:1', kind: 'map', path: 'group' })).not.toHaveProperty('kind')
  expect(toUnusedQuery({})).toMatchObject({ days: 90, page: 1 })
})
