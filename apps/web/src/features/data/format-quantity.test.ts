import { expect, test } from 'vitest'
import { formatBytes, formatCount, formatMeasure, formatWhole } from './format-quantity.ts'

test('sizes are told in the unit that leaves a short number', () => {
  expect(formatBytes(0)).toBe('0 B')
  expect(formatBytes(999)).toBe('999 B')
  expect(formatBytes(1_500_000)).toBe('1.5 MB')
  expect(formatBytes(250_000_000)).toBe('250 MB')
})

test('counts and measures keep what matters', () => {
  expect(formatCount(135_034)).toBe('135K')
  expect(formatWhole(135_034)).toBe('135,034')
  expect(formatMeasure(1234.56789)).toBe('1,234.57')
})
