import { expect, test } from 'vitest'
import { formatCell } from './format-cell.ts'

test('NULL is not the text NULL, and empty text is text', () => {
  expect(formatCell(null, 'string').text).toBeNull()
  expect(formatCell('NULL', 'string').text).toBe('NULL')
  expect(formatCell('', 'string').text).toBe('')
})

test('numbers keep every digit', () => {
  expect(formatCell(1234567.125, 'number').text).toBe('1234567.125')
  expect(formatCell('9007199254740993', 'bigint').text).toBe('9007199254740993')
})

test('timestamps read as a person writes them, days without a time', () => {
  expect(formatCell('2024-03-01T00:00:00.000Z', 'timestamp').text).toBe('2024-03-01')
  expect(formatCell('2024-03-01T10:20:30.000Z', 'timestamp').text).toBe('2024-03-01 10:20:30 UTC')
  expect(formatCell('2024-03-01T10:20:30.250Z', 'timestamp').text).toBe('2024-03-01 10:20:30.250 UTC')
})

test('objects are shown as JSON and long texts are cut with the whole kept', () => {
  expect(formatCell({ a: 1 }, 'object').text).toBe('{"a":1}')
  const cell = formatCell('x'.repeat(500), 'string')
  expect(cell.text).toHaveLength(201)
  expect(cell.full).toHaveLength(500)
})
