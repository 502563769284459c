import type { Role, RuleUnder } from '@graticule/contract'
import { can, type Decision } from './can.ts'
import type { Principal } from './principal.ts'
import { ADMIN_ROLES, DELETIONS, OWNING_ROLES, ROLE_TRANSITIONS } from './role-transitions.ts'
import { decideSeat, SEAT_OF_ROLE, type Seats } from './seats.ts'

/** The facts about a person that decisions about people rest on. */
export interface PersonFacts {
  readonly id: string
  readonly organizationId: string
  readonly role: Role
  /** Neither suspended nor deleted. */
  readonly isActive: boolean
  /** Whether they are here for a grant of support access alone. */
  readonly isSupport?: boolean
}

/** Somebody who is to be deleted, and what else the decision rests on. */
export interface Deletion {
  readonly person: PersonFacts
  /** Who is to get what the person owns; null when nobody was named, `unknown` when whoever was is nobody. */
  readonly receiver: PersonFacts | 'unknown' | null
  readonly ownsAssets: boolean
  /** How many other active people of the organization are admins or superadmins. */
  readonly otherAdminCount: number
  /** Whether they are who gets in when the identity provider is down, while single sign-on is enforced. */
  readonly isBreakGlass?: boolean
}

/** Somebody who is to get another role. */
export interface RoleChange extends Deletion {
  readonly to: Role
  readonly seats: Seats
  /** Whether roles follow the groups of a directory in this organization. */
  readonly rolesFollowGroups?: boolean
}

/** Whether this principal may give this person that role. The facts must be read so that they still hold when it happens. */
export function decideRoleChange(principal: Principal, change: RoleChange): Decision {
  const general = can(principal, 'user.change-role')
  if (!general.allowed || principal.kind !== 'user') return general
  const { person, to } = change
  const refuse = (rule: RuleUnder<'role-change'>, reason: string): Decision => ({
    allowed: false,
    reason,
    rule: `role-change.${rule}`,
  })
  if (person.organizationId !== principal.organizationId) return foreign()
  if (person.id === principal.userId) {
    return refuse('self', 'Nobody changes their own role; another admin can change yours.')
  }
  if (person.isSupport) return refuse('support', SUPPORT_STAYS)
  const { step, by, needsReceiver } = ROLE_TRANSITIONS[person.role][to]
  const from = capital(withArticle(person.role))
  switch (step) {
    case 'same':
      return refuse('same', `This person has the role ${to} already.`)
    case 'refused':
      return refuse(
        'refused',
        `Only an admin can be made ${withArticle(to)}, and this person has the role ${person.role}.`,
      )
    case 'through-editor':
      return refuse('through-editor', `${from} becomes ${withArticle(to)} by way of editor; make them an editor first.`)
    case 'through-admin':
      return refuse('through-admin', `${from} becomes ${withArticle(to)} by way of admin; make them an admin first.`)
    case 'direct':
      break
  }
  if (by === 'superadmin' && principal.role !== 'superadmin') {
    return refuse('superadmin', 'Only a superadmin makes somebody a superadmin, or takes that role away.')
  }
  // Superadmins are made and unmade by superadmins alone, whatever the groups say.
  if (change.rolesFollowGroups && by !== 'superadmin') {
    return refuse('follows-groups', 'Roles follow groups in this organization; change the person’s groups instead.')
  }
  if (ADMIN_ROLES.includes(person.role) && !ADMIN_ROLES.includes(to) && change.otherAdminCount < 1) {
    return refuse('last-admin', 'This is the last admin of the organization; make somebody else an admin first.')
  }
  if (change.isBreakGlass && !ADMIN_ROLES.includes(to)) return refuse('break-glass', BREAK_GLASS_STAYS)
  if (SEAT_OF_ROLE[person.role] !== SEAT_OF_ROLE[to]) {
    const seat = decideSeat(change.seats, to)
    if (!seat.allowed) return seat
  }
  const objection = needsReceiver ? objectToReceiver(change) : null
  if (objection !== null) return refuse(`receiver.${objection.rule}`, objection.reason)
  return { allowed: true, reason: `Your role (${principal.role}) can make this change.`, rule: `role-change.${step}` }
}

/** Whether this principal may delete this person. The facts must be read so that they still hold when it happens. */
export function decideDeletion(principal: Principal, deletion: Deletion): Decision {
  const general = can(principal, 'user.delete')
  if (!general.allowed || principal.kind !== 'user') return general
  const { person } = deletion
  const refuse = (rule: RuleUnder<'deletion'>, reason: string): Decision => ({
    allowed: false,
    reason,
    rule: `deletion.${rule}`,
  })
  if (person.organizationId !== principal.organizationId) return foreign()
  if (person.id === principal.userId) return refuse('self', 'Nobody deletes themselves; another admin can delete you.')
  if (person.isSupport) return refuse('support', SUPPORT_STAYS)
  const { by, needsReceiver } = DELETIONS[person.role]
  if (by === 'superadmin' && principal.role !== 'superadmin') {
    return refuse('superadmin', 'Only a superadmin can delete a superadmin.')
  }
  if (ADMIN_ROLES.includes(person.role) && deletion.otherAdminCount < 1) {
    return refuse('last-admin', 'This is the last admin of the organization; make somebody else an admin first.')
  }
  if (deletion.isBreakGlass) return refuse('break-glass', BREAK_GLASS_STAYS)
  const objection = needsReceiver ? objectToReceiver(deletion) : null
  if (objection !== null) return refuse(`receiver.${objection.rule}`, objection.reason)
  return { allowed: true, reason: `Your role (${principal.role}) can delete this person.`, rule: 'deletion.direct' }
}

/** Whether this person may get assets that a superadmin takes from others. Null for somebody who is not there. */
export function decideReceiver(organizationId: string, receiver: PersonFacts | null): Decision {
  const refuse = (rule: string, reason: string): Decision => ({ allowed: false, reason, rule: `transfer.${rule}` })
  if (receiver === null || receiver.organizationId !== organizationId) {
    return refuse('missing', 'There is no such receiver in your organization.')
  }
  const objection = objectToHolder(receiver)
  if (objection !== null) return refuse(objection.rule, objection.reason)
  return { allowed: true, reason: 'They can receive assets.', rule: 'transfer.allowed' }
}

/** Whether this principal may invite somebody with that role. Whether there is a seat is decided when they come. */
export function decideInvitation(principal: Principal, role: Role): Decision {
  const general = can(principal, 'user.invite')
  if (!general.allowed || principal.kind !== 'user') return general
  if (role === 'superadmin' && principal.role !== 'superadmin') {
    return { allowed: false, reason: 'Only a superadmin invites a superadmin.', rule: 'invitation.superadmin' }
  }
  if (principal.support !== undefined && OWNING_ROLES.includes(role)) {
    const reason =
      'Support access invites viewers and guests alone, because whoever joins stays when it ends; ask an admin.'
    return { allowed: false, reason, rule: 'invitation.support' }
  }
  return { allowed: true, reason: `Your role (${principal.role}) can invite ${withArticle(role)}.`, rule: 'invitation' }
}

/** Whether this principal may give this person a link to a new password, and so a way to act as them. */
export function decidePasswordLink(principal: Principal, person: PersonFacts): Decision {
  const general = can(principal, 'user.make-password-link')
  if (!general.allowed || principal.kind !== 'user') return general
  const refuse = (rule: string, reason: string): Decision => ({ allowed: false, reason, rule: `password-link.${rule}` })
  if (person.organizationId !== principal.organizationId) return foreign()
  if (person.id === principal.userId) return refuse('self', 'Change your own password in your profile.')
  if (person.isSupport) {
    return refuse('support', 'A support person has no password; give them a new link under Support access.')
  }
  if (person.role === 'superadmin' && principal.role !== 'superadmin') {
    return refuse('superadmin', 'Only a superadmin gives a superadmin a link to a new password.')
  }
  return { allowed: true, reason: `Your role (${principal.role}) can make this link.`, rule: 'password-link' }
}

/** Why somebody keeps their role for as long as single sign-on is enforced. */
export const BREAK_GLASS_STAYS =
  'This admin gets in when the identity provider is down; name another one for that first, or stop enforcing single sign-on.'

const SUPPORT_STAYS =
  'A support person is here as their grant of support access says; revoke the grant instead, under Support access.'

/** What speaks against the receiver; null when nothing does. */
function objectToReceiver({ person, receiver, ownsAssets }: Deletion): { rule: string; reason: string } | null {
  if (receiver === null) {
    if (!ownsAssets) return null
    return { rule: 'missing', reason: 'This person owns something; name who is to receive it.' }
  }
  if (receiver === 'unknown') {
    return { rule: 'unknown', reason: 'There is no such receiver in your organization; name an editor or an admin.' }
  }
  if (receiver.id === person.id) {
    return { rule: 'same-person', reason: 'A person cannot receive what they lose themselves; name somebody else.' }
  }
  if (receiver.organizationId !== person.organizationId) {
    return { rule: 'organization', reason: 'The receiver belongs to another organization; name somebody of this one.' }
  }
  return objectToHolder(receiver)
}

/** What speaks against somebody who is to own assets. */
function objectToHolder(receiver: PersonFacts): { rule: string; reason: string } | null {
  if (!receiver.isActive) {
    return { rule: 'inactive', reason: 'The receiver is no longer active; name somebody who is.' }
  }
  if (receiver.isSupport) {
    const reason = 'The receiver is a support person, who is deleted when their access ends; name somebody else.'
    return { rule: 'support', reason }
  }
  if (!OWNING_ROLES.includes(receiver.role)) {
    const reason = `The receiver has the role ${receiver.role}, which owns nothing; name an editor or an admin.`
    return { rule: 'role', reason }
  }
  return null
}

function foreign(): Decision {
  return { allowed: false, reason: 'This person belongs to another organization.', rule: 'organization' }
}

function withArticle(role: Role): string {
  return role === 'admin' || role === 'editor' ? `an ${role}` : `a ${role}`
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
