import type { GeneralSettings, Role, SettingsEffect } from '@graticule/contract'
import { decideSeatLimit, SEAT_KINDS, SEAT_OF_ROLE, type SeatKind, type Seats } from '@graticule/policy'

/** What becomes of somebody, or of the organization as a whole. */
export type OrganizationEffect = Omit<SettingsEffect, 'section'>

/** How many seats there are to be; null: any number. */
export type SeatLimits = Readonly<Record<SeatKind, number | null>>

/** Somebody who is invited and has not come yet. */
export interface Invitee {
  readonly email: string
  readonly role: Role
  /** Whether nobody invited them, and they may come because of where their e-mail is. */
  readonly byDomain: boolean
}

const LINK_REFUSED = 'Was mailed a link to join by, and is refused with it.'
const HOUR = 60
const DAY = 24 * HOUR

/** What other general settings do; the names are of those who have a password and no second factor. */
export function describeGeneralChange(
  current: GeneralSettings,
  next: GeneralSettings,
  namesWithPasswordAlone: readonly string[],
): OrganizationEffect[] {
  const effects: OrganizationEffect[] = []
  const note = (kind: OrganizationEffect['kind'], sentence: string) => effects.push({ kind, name: null, sentence })
  if (current.name !== next.name) note('change', `The organization is called "${next.name}".`)
  if (current.defaultRole !== next.defaultRole) {
    note('change', `People who come without an invitation get the role ${next.defaultRole}.`)
  }
  if (current.secondFactorRequired && !next.secondFactorRequired) note('gain', 'A password alone is enough to get in.')
  if (current.takesJoinRequests !== next.takesJoinRequests) {
    if (next.takesJoinRequests) note('gain', 'Anybody may ask to join.')
    else note('loss', 'Nobody can ask to join any more.')
  }
  if (current.sessionIdleMinutes !== next.sessionIdleMinutes) {
    note('change', `A session that nobody uses ends after ${describeMinutes(next.sessionIdleMinutes)}.`)
  }
  if (current.sessionAbsoluteMinutes !== next.sessionAbsoluteMinutes) {
    note('change', `Every session ends after ${describeMinutes(next.sessionAbsoluteMinutes)} in any case.`)
  }
  if (next.secondFactorRequired && !current.secondFactorRequired) {
    if (namesWithPasswordAlone.length === 0) {
      note('change', 'Passwords alone are not enough any more; nobody has to do anything.')
    }
    for (const name of namesWithPasswordAlone) {
      effects.push({ kind: 'loss', name, sentence: 'Must set up a second factor before they get in again.' })
    }
  }
  return effects
}

/** What it does that people with an e-mail at one of these domains join without being asked in, or do not any more. */
export function describeAutoJoin(
  isOn: boolean,
  domains: readonly string[],
  role: Role,
  invitees: readonly Invitee[],
): OrganizationEffect[] {
  const where = domains.join(', ')
  if (isOn) {
    const sentence =
      domains.length === 0
        ? 'Nobody joins by themselves yet, because no domain is verified.'
        : `Whoever has an e-mail at ${where} joins by themselves with the role ${role}.`
    return [{ kind: domains.length === 0 ? 'change' : 'gain', name: null, sentence }]
  }
  const left = invitees.filter(({ byDomain }) => byDomain)
  return [
    { kind: 'loss', name: null, sentence: 'Nobody joins by the domain of their e-mail any more.' },
    ...left.map(({ email }): OrganizationEffect => ({ kind: 'loss', name: email, sentence: LINK_REFUSED })),
  ]
}

/**
 * What it does to give up a domain by which people come; null for one that is not verified, by which nobody does. The
 * invitees are those who have an e-mail there.
 */
export function describeDomainLoss(
  domain: string | null,
  isAutoJoin: boolean,
  invitees: readonly Invitee[],
): OrganizationEffect[] {
  if (domain === null) {
    const sentence = 'Nobody is affected: it is not verified, so nobody comes by it.'
    return [{ kind: 'change', name: null, sentence }]
  }
  const end = isAutoJoin
    ? `Nobody with an e-mail at ${domain} joins by themselves any more.`
    : `Who asks to join with an e-mail at ${domain} is not led to this organization any more.`
  return [
    { kind: 'loss', name: null, sentence: end },
    ...invitees
      .filter(({ byDomain }) => byDomain && isAutoJoin)
      .map(({ email }): OrganizationEffect => ({ kind: 'loss', name: email, sentence: LINK_REFUSED })),
    { kind: 'change', name: null, sentence: `Another organization may prove that ${domain} is its own.` },
    { kind: 'change', name: null, sentence: 'Who has joined by it stays.' },
  ]
}

/** What other numbers of seats do: to the organization, and to those who are invited. */
export function describeSeatChange(seats: Seats, next: SeatLimits, invitees: readonly Invitee[]): OrganizationEffect[] {
  return SEAT_KINDS.filter((kind) => seats[kind].limit !== next[kind]).flatMap((kind) => {
    const { used, limit } = seats[kind]
    const after = next[kind]
    const sentence =
      after === null
        ? `There may be any number of seats for ${kind}s; ${used} are taken.`
        : `There are ${after} seats for ${kind}s; ${used} are taken.`
    const waiting = invitees.filter(({ role }) => SEAT_OF_ROLE[role] === kind)
    return [{ kind: 'change', name: null, sentence }, ...describeWaiting(waiting, free(limit, used), free(after, used))]
  })
}

/** Why there cannot be only so many seats, a sentence each. */
export function findSeatProblems(seats: Seats, next: SeatLimits): string[] {
  return SEAT_KINDS.map((kind) => decideSeatLimit(seats, kind, next[kind])).flatMap(({ allowed, reason }) =>
    allowed ? [] : [reason],
  )
}

/** What becomes of people who are invited when so many seats are free, and afterwards so many. */
function describeWaiting(waiting: readonly Invitee[], before: number, after: number): OrganizationEffect[] {
  const isSame = Math.min(before, waiting.length) === Math.min(after, waiting.length)
  if (isSame) return []
  const kind = after < before ? 'loss' : 'gain'
  const become = (role: Role) => {
    if (after >= waiting.length) return `Can accept their invitation as ${role}.`
    if (after <= 0) return `Cannot accept their invitation as ${role}, because no seat is free.`
    const find = after === 1 ? 'finds' : 'find'
    return `Is invited as ${role}; ${after} of the ${waiting.length} who are invited ${find} a seat.`
  }
  return waiting.map(({ email, role }): OrganizationEffect => ({ kind, name: email, sentence: become(role) }))
}

function free(limit: number | null, used: number): number {
  return limit === null ? Number.POSITIVE_INFINITY : Math.max(0, limit - used)
}

function describeMinutes(minutes: number | null): string {
  if (minutes === null) return 'the time that the server is set to'
  const [count, unit] =
    minutes % DAY === 0 ? [minutes / DAY, 'day'] : minutes % HOUR === 0 ? [minutes / HOUR, 'hour'] : [minutes, 'minute']
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}
