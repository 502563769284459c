import { expect, test } from 'vitest'
import { formatRelativeTime } from './format-time.ts'

const now = new Date('2026-03-10T12:00:00Z')

test('a moment is told in the largest unit that has passed', () => {
  expect(formatRelativeTime(new Date('2026-03-10T11:59:30Z'), now)).toBe('just now')
  expect(formatRelativeTime(new Date('2026-03-10T09:05:00Z'), now)).toBe('2 hours ago')
  expect(formatRelativeTime(new Date('2026-03-09T11:00:00Z'), now)).toBe('yesterday')
  expect(formatRelativeTime(new Date('2025-03-01T12:00:00Z'), now)).toBe('last year')
})

test('a moment to come is told as such', () => {
  expect(formatRelativeTime(new Date('2026-03-12T13:00:00Z'), now)).toBe('in 2 days')
})
