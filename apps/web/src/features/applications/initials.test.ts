import { expect, test } from 'vitest'
import { initialsOf } from './initials.ts'

test('initials are the first letters of the first two words, and never nothing', () => {
  expect(initialsOf('store finder')).toBe('SF')
  expect(initialsOf('  (beta) Übersicht-karte 3 ')).toBe('BÜ')
  expect(initialsOf('𝒳')).toBe('𝒳')
  expect(initialsOf('– …')).toBe('?')
})
