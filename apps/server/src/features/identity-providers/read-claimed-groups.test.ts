import { expect, test } from 'vitest'
import { findClaim, readClaimedGroups } from './read-claimed-groups.ts'

test.each([
  [
    ['Sales', 'Field ops'],
    ['Sales', 'Field ops'],
  ],
  [[' Sales ', 'Sales', ''], ['Sales']],
  ['Sales', ['Sales']],
  ['', []],
  [[], []],
])('%j are the groups %j', (value, names) => {
  expect(readClaimedGroups(value)).toEqual(names.map((name) => ({ id: name, name })))
})

test.each([
  undefined,
  null,
  7,
  true,
  { Sales: true },
  ['Sales', 7],
  [{ name: 'Sales' }],
  ['a\u0000b'],
  ['\ud800'],
  ['x'.repeat(256)],
  Array.from({ length: 1001 }, (_, index) => `g${index}`),
])('%j is no information about groups', (value) => {
  expect(readClaimedGroups(value)).toBeNull()
})

test('a claim is found by its whole name before it is taken for a path', () => {
  const claims = { 'https://corp.example/groups': ['a'], realm_access: { roles: ['b'] }, 'x.y': ['c'], x: { y: ['d'] } }
  expect(findClaim(claims, 'https://corp.example/groups')).toEqual(['a'])
  expect(findClaim(claims, 'realm_access.roles')).toEqual(['b'])
  expect(findClaim(claims, 'x.y')).toEqual(['c'])
  expect(findClaim(claims, 'realm_access.groups')).toBeUndefined()
  expect(findClaim(claims, 'toString')).toBeUndefined()
  expect(findClaim({ groups: 'a' }, 'groups.length')).toBeUndefined()
})
