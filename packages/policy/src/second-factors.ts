import { can, type Decision } from './can.ts'
import type { PersonFacts } from './people.ts'
import type { Principal } from './principal.ts'

/** What the removal of a second factor rests on. */
export interface FactorRemoval {
  /** Whether none would be left. */
  readonly isLast: boolean
  /** Whether the organization asks everybody for one. */
  readonly isRequired: boolean
  /** Whether the person is who gets in when the identity provider is down, while single sign-on is enforced. */
  readonly isBreakGlass: boolean
}

/** Whether somebody may remove a second factor of their own. The facts must be read so that they still hold when it happens. */
export function decideFactorRemoval({ isLast, isRequired, isBreakGlass }: FactorRemoval): Decision {
  const refuse = (rule: string, reason: string): Decision => ({
    allowed: false,
    reason,
    rule: `factor-removal.${rule}`,
  })
  if (isLast && isRequired) {
    return refuse('required', 'Your organization asks for a second factor; add another one before you remove this.')
  }
  if (isLast && isBreakGlass) return refuse('break-glass', BREAK_GLASS_KEEPS_FACTOR)
  return { allowed: true, reason: 'You can remove this factor.', rule: 'factor-removal' }
}

/** What the reset of somebody's second factors rests on. */
export interface FactorReset {
  readonly person: PersonFacts
  readonly isBreakGlass: boolean
}

/** Whether this principal may take all second factors of this person away. */
export function decideFactorReset(principal: Principal, { person, isBreakGlass }: FactorReset): Decision {
  const general = can(principal, 'user.reset-second-factor')
  if (!general.allowed || principal.kind !== 'user') return general
  const refuse = (rule: string, reason: string): Decision => ({ allowed: false, reason, rule: `factor-reset.${rule}` })
  if (person.organizationId !== principal.organizationId) {
    return { allowed: false, reason: 'This person belongs to another organization.', rule: 'organization' }
  }
  if (person.id === principal.userId) return refuse('self', 'Change your own second factors in your profile.')
  if (person.role === 'superadmin' && principal.role !== 'superadmin') {
    return refuse('superadmin', 'Only a superadmin resets the second factor of a superadmin.')
  }
  if (isBreakGlass) return refuse('break-glass', BREAK_GLASS_KEEPS_FACTOR)
  return { allowed: true, reason: `Your role (${principal.role}) can reset it.`, rule: 'factor-reset' }
}

const BREAK_GLASS_KEEPS_FACTOR =
  'Whoever gets in when the identity provider is down keeps a second factor while single sign-on is enforced; name another admin for that first.'
