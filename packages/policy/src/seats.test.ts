import { ROLES } from '@graticule/contract'
import { expect, test } from 'vitest'
import { decideSeat, decideSeatLimit, SEAT_OF_ROLE } from './seats.ts'

test('who may own takes a seat of editors, everybody else one of viewers', () => {
  expect(ROLES.filter((role) => SEAT_OF_ROLE[role] === 'editor')).toEqual(['superadmin', 'admin', 'editor'])
})

test('a role has a seat until all of its kind are taken, and the refusal tells the count', () => {
  const seats = { editor: { used: 4, limit: 5 }, viewer: { used: 9, limit: 9 } }
  expect(decideSeat(seats, 'admin').allowed).toBe(true)
  expect(decideSeat({ ...seats, editor: { used: 5, limit: 5 } }, 'editor')).toEqual({
    allowed: false,
    rule: 'seat.editor',
    reason: 'All seats for editors are taken (5 of 5); a superadmin can add seats, or free one by changing a role.',
  })
  expect(decideSeat(seats, 'guest')).toMatchObject({ allowed: false, rule: 'seat.viewer' })
  expect(decideSeat({ ...seats, viewer: { used: 9_000, limit: null } }, 'viewer').allowed).toBe(true)
  // The command line may have made more than there is room for.
  expect(decideSeat({ ...seats, editor: { used: 6, limit: 5 } }, 'editor').allowed).toBe(false)
})

test('there are never fewer seats than are taken', () => {
  const seats = { editor: { used: 1, limit: null }, viewer: { used: 0, limit: 3 } }
  expect(decideSeatLimit(seats, 'editor', 1).allowed).toBe(true)
  expect(decideSeatLimit(seats, 'editor', null).allowed).toBe(true)
  expect(decideSeatLimit(seats, 'viewer', 0).allowed).toBe(true)
  expect(decideSeatLimit(seats, 'editor', 0).reason).toBe('1 person has a seat for editors, so there cannot be only 0.')
})
