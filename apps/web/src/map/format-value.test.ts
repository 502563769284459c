import { expect, test } from 'vitest'
import { formatNumber, formatValue, isNumberFormat } from './format-value.ts'

test('numbers are grouped, shortened when large and kept to four digits when small', () => {
  expect(formatNumber(1234)).toBe('1,234')
  expect(formatNumber(2_345_678)).toBe('2.35M')
  expect(formatNumber(0.123456)).toBe('0.1235')
  expect(formatNumber(Number.NaN)).toBe('–')
})

test('a format of the map counts, and one that d3 does not know is passed over', () => {
  expect(formatValue(1234.5, ',.1f')).toBe('1,234.5')
  expect(formatValue(1234, 'nonsense!!')).toBe('1,234')
  expect(isNumberFormat('~q!')).toBe(false)
})

test('what is missing is a dash and what is nested is shown as JSON', () => {
  expect(formatValue(null)).toBe('–')
  expect(formatValue('')).toBe('–')
  expect(formatValue({ a: 1 })).toBe('{"a":1}')
  expect(formatValue(false)).toBe('false')
})
