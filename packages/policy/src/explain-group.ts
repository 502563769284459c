import { type GovernancePolicies, ROLES, type Role } from '@graticule/contract'
import { ACTIONS, type Action } from './actions.ts'
import type { Asset } from './assets.ts'
import { type Audience, NOBODY } from './audience.ts'
import { type Explanation, explain, type Flip, lift } from './explain.ts'
import type { UserPrincipal } from './principal.ts'

/** What membership in a group gives to whoever has this role and nothing else. */
export interface RoleInGroup {
  readonly role: Role
  readonly allowed: boolean
  /** `group`: because of the group · `role`: whatever they are in · null: not at all. */
  readonly by: 'group' | 'role' | null
}

/** Why everybody in a group may do something by it, or why not. */
export interface GroupExplanation extends Pick<Explanation, 'rules' | 'paths' | 'flips' | 'bounds'> {
  /** Whether everybody in it can, and somebody of them because they are in it. */
  readonly allowed: boolean
  readonly reason: string
  readonly rule: string
  readonly roles: readonly RoleInGroup[]
}

/**
 * What being in a group is worth. It is asked as it would be decided about somebody of each role that its members have
 * who is in this group, owns nothing, and with whom nothing is shared otherwise. Of a group without members every role is
 * asked about.
 */
export function explainGroup(
  groupId: string,
  members: readonly Role[],
  action: Action,
  asset: Asset,
  policies: GovernancePolicies,
): GroupExplanation {
  const roles = members.length === 0 ? ROLES : ROLES.filter((role) => members.includes(role))
  const decide = (about: Asset, under = policies) => {
    const each = roles.map((role) => explainMember(groupId, role, action, about, under))
    return { each, allowed: isGiven(each) }
  }
  const { each, allowed } = decide(asset)
  // Whoever cannot is who it fails for; where all can, whoever can because of the group.
  const deciding = each.find(({ by }) => by === null) ?? each.find(({ by }) => by === 'group') ?? each[0]
  if (deciding === undefined) throw new Error('There is no role to ask about.')
  const changes: readonly { readonly flip: Flip; readonly changed: Asset; readonly under?: GovernancePolicies }[] = [
    ...listGroupChanges(groupId, asset),
    ...deciding.explanation.flips.flatMap((flip) =>
      flip.change === 'policy' ? [{ flip, changed: asset, under: lift(policies, flip.policy) }] : [],
    ),
  ]
  const flips = changes
    .filter(({ changed, under }) => decide(changed, under).allowed !== allowed)
    .map(({ flip }) => flip)
  const { rules, bounds } = deciding.explanation
  const paths = deciding.explanation.paths.filter(({ path }) => path === 'group' || path === 'project')
  const verdict = { allowed, ...describe(allowed, action, deciding) }
  return { ...verdict, rules, paths, flips, bounds, roles: each.map(toRole) }
}

interface Member extends RoleInGroup {
  readonly explanation: Explanation
}

function explainMember(
  groupId: string,
  role: Role,
  action: Action,
  asset: Asset,
  policies: GovernancePolicies,
): Member {
  const member: UserPrincipal = {
    kind: 'user',
    // Nobody in particular: an id that no person has.
    userId: '',
    organizationId: asset.organizationId,
    role,
    sessionId: '',
    groupIds: [groupId],
  }
  const explanation = explain(member, action, onlyBy(groupId, asset), policies)
  const { allowed } = explanation
  const isByGroup = allowed && !explain({ ...member, groupIds: [] }, action, onlyBy(groupId, asset), policies).allowed
  return { role, allowed, by: isByGroup ? 'group' : allowed ? 'role' : null, explanation }
}

function isGiven(each: readonly Member[]): boolean {
  return each.every(({ allowed }) => allowed) && each.some(({ by }) => by === 'group')
}

/** The asset as it would be if it, and the projects around it, were shared with the group and nobody else. */
function onlyBy(groupId: string, asset: Asset): Asset {
  const narrow = ({ groupIds }: Audience): Audience => ({
    ...NOBODY,
    groupIds: groupIds.filter((id) => id === groupId),
  })
  if (!('audience' in asset)) return asset
  const audience = narrow(asset.audience)
  if (!('containers' in asset)) return { ...asset, audience }
  // Nobody in the group owns a project around it by being in the group.
  const containers = asset.containers.map((each) => ({ ...each, audience: narrow(each.audience) }))
  return { ...asset, audience, containers }
}

/** Every single change of whom the asset, or a project around it, is shared with that is about the group. */
function listGroupChanges(groupId: string, asset: Asset): { readonly flip: Flip; readonly changed: Asset }[] {
  if (!('audience' in asset)) return []
  const toggle = (audience: Audience) => {
    const has = audience.groupIds.includes(groupId)
    const groupIds = has ? audience.groupIds.filter((id) => id !== groupId) : [...audience.groupIds, groupId]
    return { to: !has, audience: { ...audience, groupIds } }
  }
  const own = toggle(asset.audience)
  const changes: { flip: Flip; changed: Asset }[] = [
    { flip: { change: 'group', projectId: null, to: own.to }, changed: { ...asset, audience: own.audience } },
  ]
  if (asset.kind === 'map') {
    const isCollaborative = !asset.isCollaborative
    const flip: Flip = { change: 'collaborative', to: isCollaborative }
    changes.push({ flip, changed: { ...asset, isCollaborative } })
  }
  if (!('containers' in asset)) return changes
  for (const container of asset.containers) {
    const { audience, to } = toggle(container.audience)
    const containers = asset.containers.map((each) => (each === container ? { ...each, audience } : each))
    changes.push({ flip: { change: 'group', projectId: container.id, to }, changed: { ...asset, containers } })
  }
  return changes
}

function describe(
  allowed: boolean,
  action: Action,
  { explanation, by, role }: Member,
): { reason: string; rule: string } {
  const { phrase } = ACTIONS[action]
  if (allowed) return { reason: `Whoever is in the group can ${phrase}, because of it.`, rule: `group.${action}` }
  if (by === 'role') {
    return {
      reason: `Everybody in the group can ${phrase} by their role, and nobody because of it.`,
      rule: 'group.role',
    }
  }
  const reason = `Being in the group does not let everybody ${phrase}; somebody whose role is ${role} would be told: ${explanation.reason}`
  return { reason, rule: explanation.rule }
}

function toRole({ role, allowed, by }: Member): RoleInGroup {
  return { role, allowed, by }
}
