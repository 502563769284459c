import { expect, test } from 'vitest'
import { grantEnd, readGrantLength } from './grant-end.ts'

test('access ends so many days from now, or never', () => {
  const now = new Date('2026-03-01T12:00:00Z')
  expect(grantEnd('week', now)?.toISOString()).toBe('2026-03-08T12:00:00.000Z')
  expect(grantEnd('quarter', now)?.toISOString()).toBe('2026-05-30T12:00:00.000Z')
  expect(grantEnd('never', now)).toBeNull()
})

test('a length that is not known is a month, which ends by itself', () => {
  expect(readGrantLength('never')).toBe('never')
  expect(readGrantLength('century')).toBe('month')
  expect(readGrantLength(null)).toBe('month')
  expect(grantEnd(readGrantLength(null), new Date('2026-03-01T12:00:00Z'))?.toISOString()).toBe(
    '2026-03-31T12:00:00.000Z',
  )
})
