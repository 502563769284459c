import fc from 'fast-check'
import { FilterParser } from 'ldapts'
import { expect, test } from 'vitest'
import { escapeFilterValue, fillFilter } from './ldap-filter.ts'

test('what somebody typed is never syntax of a filter', () => {
  expect(escapeFilterValue('*)(uid=*')).toBe('\\2a\\29\\28uid\\3d\\2a')
  expect(escapeFilterValue('Zoë\0')).toBe('Zoë\\00')
  expect(fillFilter('(|(uid={login})(mail={login}))', '{login}', '$&(')).toBe('(|(uid=$\\26\\28)(mail=$\\26\\28))')
})

test('whatever is typed, the filter asks for exactly that', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
      const filter = FilterParser.parseString(fillFilter('(uid={login})', '{login}', text))
      expect(filter.constructor.name).toBe('EqualityFilter')
      expect((filter as unknown as { value: Buffer | string }).value.toString()).toBe(text.toWellFormed())
    }),
  )
})
