import { expect, test } from 'vitest'
import { AppError } from './errors.ts'

test('a sentence stays on one line, whatever it quotes', () => {
  const told = (quoted: string) => new AppError('not_found', `There is no "${quoted}".`).message
  expect(told('a\nb\r\nc')).toBe('There is no "a\\nb\\r\\nc".')
  expect(told('\u0000\u0085\u2028')).toBe('There is no "\\u0000\\u0085\\u2028".')
  expect(told('Größe 📍 "x"')).toBe('There is no "Größe 📍 "x"".')
})
