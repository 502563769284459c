import type { Role } from '@graticule/contract'
import type { Decision } from './can.ts'

/** What a seat is for. Superadmins, admins and editors take a seat of editors, viewers and guests one of viewers. */
export const SEAT_KINDS = ['editor', 'viewer'] as const
export type SeatKind = (typeof SEAT_KINDS)[number]

/** Which seat a person of a role takes. */
export const SEAT_OF_ROLE: Readonly<Record<Role, SeatKind>> = {
  superadmin: 'editor',
  admin: 'editor',
  editor: 'editor',
  viewer: 'viewer',
  guest: 'viewer',
}

/** The seats of one kind: how many are taken, and how many there are; null: as many as one likes. */
export interface SeatUse {
  readonly used: number
  readonly limit: number | null
}

/** All seats of an organization. */
export type Seats = Readonly<Record<SeatKind, SeatUse>>

/** Whether one more person of that role has a seat. The use must be read so that it still holds when they take it. */
export function decideSeat(seats: Seats, role: Role): Decision {
  const kind = SEAT_OF_ROLE[role]
  const { used, limit } = seats[kind]
  const rule = `seat.${kind}` as const
  if (limit === null || used < limit) return { allowed: true, reason: `There is a free seat for ${kind}s.`, rule }
  const reason = `All seats for ${kind}s are taken (${used} of ${limit}); a superadmin can add seats, or free one by changing a role.`
  return { allowed: false, reason, rule }
}

/** Whether there may be only that many seats of a kind from now on: a seat that somebody has stays theirs. */
export function decideSeatLimit(seats: Seats, kind: SeatKind, limit: number | null): Decision {
  const { used } = seats[kind]
  const rule = `seat-limit.${kind}` as const
  if (limit === null || limit >= used) return { allowed: true, reason: `Everybody keeps their seat.`, rule }
  const people = used === 1 ? 'person has' : 'people have'
  return { allowed: false, reason: `${used} ${people} a seat for ${kind}s, so there cannot be only ${limit}.`, rule }
}
