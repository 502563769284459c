import { type MappableRole, type RefusalRule, ROLES, type Role } from '@graticule/contract'
import { BREAK_GLASS_STAYS } from './people.ts'
import { ADMIN_ROLES } from './role-transitions.ts'
import { decideSeat, SEAT_OF_ROLE, type Seats } from './seats.ts'

/** Which role follows from which group. */
export interface RoleMapping {
  readonly roles: ReadonlyMap<string, MappableRole>
  /** Of people in none of these groups. */
  readonly defaultRole: MappableRole
}

/** Somebody whose groups a directory tells. */
export interface MappedPerson {
  readonly id: string
  readonly role: Role
  readonly groupIds: readonly string[]
}

/** What the people of an organization may at most be; read so that it still holds when roles change. */
export interface MappingLimits {
  /** Active admins and superadmins, whether or not a directory tells their groups. */
  readonly adminCount: number
  /** Who gets in when the identity provider is down; null while single sign-on is not enforced. */
  readonly breakGlassUserId: string | null
  readonly seats: Seats
}

export interface MappedRoleChange {
  readonly id: string
  readonly from: Role
  readonly to: MappableRole
}

/** A change that follows from the groups and cannot be made. */
export interface RefusedRoleChange extends MappedRoleChange {
  readonly rule: RefusalRule
  readonly reason: string
}

export interface MappedRolePlan {
  /** In an order in which they can be made. */
  readonly changes: readonly MappedRoleChange[]
  readonly refused: readonly RefusedRoleChange[]
}

/** The role that follows from somebody's groups: the strongest of theirs. */
export function roleByGroups(mapping: RoleMapping, groupIds: readonly string[]): MappableRole {
  const roles = groupIds.map((id) => mapping.roles.get(id)).filter((role) => role !== undefined)
  return roles.reduce((best, role) => (isStronger(role, best) ? role : best), roles[0] ?? mapping.defaultRole)
}

/**
 * Which roles change when these people's follow their groups. Superadmins keep theirs, the last admin and who gets in
 * when the identity provider is down stay admins, and nobody gains a seat for editors that there is not; a right that is lost is lost even when viewers have no seat left.
 */
export function planMappedRoles(
  people: readonly MappedPerson[],
  mapping: RoleMapping,
  limits: MappingLimits,
): MappedRolePlan {
  const wanted = people
    .filter(({ role }) => role !== 'superadmin')
    .map(({ id, role, groupIds }) => ({ id, from: role, to: roleByGroups(mapping, groupIds) }))
    .filter(({ from, to }) => from !== to)
  const used = { editor: limits.seats.editor.used, viewer: limits.seats.viewer.used }
  let { adminCount } = limits
  const changes: MappedRoleChange[] = []
  const refused: RefusedRoleChange[] = []
  const make = (change: MappedRoleChange): void => {
    used[SEAT_OF_ROLE[change.from]] -= 1
    used[SEAT_OF_ROLE[change.to]] += 1
    adminCount += Number(ADMIN_ROLES.includes(change.to)) - Number(ADMIN_ROLES.includes(change.from))
    changes.push(change)
  }
  const isGain = ({ from, to }: MappedRoleChange): boolean => isStronger(to, from)
  const isAdminLoss = ({ from }: MappedRoleChange): boolean => ADMIN_ROLES.includes(from)
  // Those who leave make room first; admins leave once their successors have come.
  for (const change of wanted.filter((candidate) => !isGain(candidate) && !isAdminLoss(candidate))) make(change)
  const waiting: MappedRoleChange[] = []
  const needsSeat = ({ from, to }: MappedRoleChange): boolean => SEAT_OF_ROLE[from] !== SEAT_OF_ROLE[to]
  const seatFor = ({ to }: MappedRoleChange) =>
    decideSeat(
      {
        editor: { used: used.editor, limit: limits.seats.editor.limit },
        viewer: { used: used.viewer, limit: limits.seats.viewer.limit },
      },
      to,
    )
  for (const change of wanted.filter(isGain)) {
    if (needsSeat(change) && !seatFor(change).allowed) waiting.push(change)
    else make(change)
  }
  for (const change of wanted.filter(isAdminLoss)) {
    if (change.id === limits.breakGlassUserId) {
      refused.push({ ...change, rule: 'role-mapping.break-glass', reason: BREAK_GLASS_STAYS })
    } else if (adminCount > 1) make(change)
    else refused.push({ ...change, rule: 'role-mapping.last-admin', reason: LAST_ADMIN })
  }
  for (const change of waiting) {
    const seat = seatFor(change)
    if (seat.allowed) make(change)
    else refused.push({ ...change, rule: seat.rule, reason: seat.reason })
  }
  return { changes, refused }
}

const LAST_ADMIN = 'This is the last admin of the organization; put somebody else into a group of admins first.'

/** Whether the first role may more than the second. */
export function isStronger(a: Role, b: Role): boolean {
  return ROLES.indexOf(a) < ROLES.indexOf(b)
}
