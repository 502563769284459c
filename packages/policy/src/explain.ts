import { type GovernancePolicies, ROLES, type Role } from '@graticule/contract'
import { type AccessPath, findAccess } from './access-paths.ts'
import type { Action } from './actions.ts'
import { ASSET_KINDS, READ_ACTION } from './asset-kinds.ts'
import type { Asset, Container } from './assets.ts'
import type { Audience, AudienceKind } from './audience.ts'
import { can, type Decision, isPublicRead } from './can.ts'
import { canUnder, policiesOf } from './governance.ts'
import { GOVERNANCE_POLICIES, type GovernancePolicyId, PERMISSIVE_POLICIES } from './governance-policies.ts'
import { listRules, type MatchedRule, namesOfWay } from './matched-rules.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { listProgramChanges } from './program-changes.ts'
import { reachOf } from './support.ts'

/** One way by which the right gets to the asker; `ids` names the groups or the projects in question. */
export interface MatchedPath {
  readonly path: AccessPath
  readonly ids: readonly string[]
}

/** A single change after which the decision would be the other one. */
export type Flip =
  | { readonly change: 'role'; readonly to: Role }
  | { readonly change: 'own'; readonly to: boolean }
  | { readonly change: 'audience'; readonly audience: AudienceKind; readonly to: boolean }
  | { readonly change: 'collaborative'; readonly to: boolean }
  | { readonly change: 'password'; readonly to: boolean }
  | { readonly change: 'membership'; readonly groupId: string; readonly to: boolean }
  /** Of whether it, or a project around it, is shared with the group that is asked about. */
  | { readonly change: 'group'; readonly projectId: string | null; readonly to: boolean }
  /** Of the grants of a token: whether there is one on the connection. */
  | { readonly change: 'grant'; readonly to: boolean }
  /** Of the APIs that a token may use. */
  | { readonly change: 'api'; readonly api: string; readonly to: boolean }
  /** Of the audience of a project around it. */
  | {
      readonly change: 'project'
      readonly projectId: string
      readonly audience: Extract<AudienceKind, 'organization' | 'user'>
      readonly to: boolean
    }
  /** A governance policy that forbids it, if it forbade nothing. */
  | { readonly change: 'policy'; readonly policy: GovernancePolicyId }

/** A decision together with what it rests on, for the person who asks "why can they (not)?". */
export type Explanation = Decision & {
  /** Every rule that matches, in the order in which they count: the first decides. */
  readonly rules: readonly MatchedRule[]
  /** Every way that leads to the asker, the strongest first; empty when it is denied or about no asset. */
  readonly paths: readonly MatchedPath[]
  /** Every single change that would turn the decision round. */
  readonly flips: readonly Flip[]
  /** The governance policies that bound the action in part, whatever the decision. */
  readonly bounds: readonly GovernancePolicyId[]
}

/** Why `canUnder()` answers as it does, and what it would take for it to answer otherwise. */
export function explain(
  principal: Principal,
  action: Action,
  asset?: Asset,
  policies: GovernancePolicies = PERMISSIVE_POLICIES,
): Explanation {
  const decision = canUnder(policies, principal, action, asset)
  const bounds = policiesOf(action).filter((id) => !GOVERNANCE_POLICIES[id].isWhole && isSet(policies, id))
  const rules = listRules(principal, action, asset, policies)
  const paths = decision.allowed ? listPaths(principal, action, asset) : []
  const changes: readonly { flip: Flip; who: Principal; changed: Asset | undefined }[] =
    principal.kind === 'user'
      ? listChanges(principal, asset).map(({ flip, user, changed }) => ({ flip, who: user, changed }))
      : listProgramChanges(principal, action, asset).map(({ flip, program, changed }) => ({
          flip,
          who: program,
          changed,
        }))
  const flips = changes
    .filter(({ who, changed }) => canUnder(policies, who, action, changed).allowed !== decision.allowed)
    .map(({ flip }) => flip)
  const lifted = policiesOf(action)
    .filter((id) => isSet(policies, id))
    .filter((id) => canUnder(lift(policies, id), principal, action, asset).allowed !== decision.allowed)
    .map((policy): Flip => ({ change: 'policy', policy }))
  return { ...decision, rules, paths, flips: [...flips, ...lifted], bounds }
}

/** The policies with this one forbidding nothing. */
export function lift(policies: GovernancePolicies, id: GovernancePolicyId): GovernancePolicies {
  return { ...policies, [id]: GOVERNANCE_POLICIES[id].permissive }
}

function isSet(policies: GovernancePolicies, id: GovernancePolicyId): boolean {
  return JSON.stringify(policies[id]) !== JSON.stringify(GOVERNANCE_POLICIES[id].permissive)
}

/** Every way by which the right gets to the asker, when it does. */
function listPaths(principal: Principal, action: Action, asset: Asset | undefined): MatchedPath[] {
  if (asset === undefined) return []
  const found: AccessPath[] = principal.kind === 'user' ? findAccess(principal, reachOf(principal, action), asset) : []
  if (isPublicRead(action, asset) && !found.includes('public')) found.push('public')
  return found.map((path) => ({
    path,
    ids: principal.kind === 'user' ? namesOfWay(path, principal, action, asset) : [],
  }))
}

/**
 * The ways by which a person gets to an asset that they open, each as one word, under which its use is kept: a group's
 * with the group's id. Empty for what is not theirs to open.
 */
export function listUsedWays(user: UserPrincipal, asset: Asset): string[] {
  const action = READ_ACTION[asset.kind]
  if (!can(user, action, asset).allowed) return []
  return listPaths(user, action, asset).flatMap(({ path, ids }) =>
    ids.length === 0 ? [path] : ids.map((id) => `${path}:${id}`),
  )
}

interface Change {
  readonly flip: Flip
  readonly user: UserPrincipal
  readonly changed: Asset | undefined
}

/** Every single change of the person or of the asset that could matter. */
function listChanges(user: UserPrincipal, asset: Asset | undefined): Change[] {
  const roles = ROLES.filter((role) => role !== user.role).map(
    (role): Change => ({ flip: { change: 'role', to: role }, user: { ...user, role }, changed: asset }),
  )
  if (asset === undefined || asset.organizationId !== user.organizationId) return roles
  const owns = asset.ownerId === user.userId
  const ownership: Change[] =
    asset.ownerId === null
      ? []
      : [
          {
            flip: { change: 'own', to: !owns },
            user,
            // Nobody in particular: an id that no person has.
            changed: { ...asset, ownerId: owns ? '' : user.userId },
          },
        ]
  if (!('audience' in asset)) return [...roles, ...ownership]
  const { audience } = asset
  const containers = 'containers' in asset ? asset.containers : []
  const groups = new Set(
    [audience, ...containers.map((container) => container.audience)].flatMap((one) => one.groupIds),
  )
  const memberships = [...groups].map((groupId): Change => {
    const isMember = user.groupIds.includes(groupId)
    const groupIds = isMember ? user.groupIds.filter((id) => id !== groupId) : [...user.groupIds, groupId]
    return { flip: { change: 'membership', groupId, to: !isMember }, user: { ...user, groupIds }, changed: asset }
  })
  const grants = ASSET_KINDS[asset.kind].audiences.flatMap((kind): Change[] => {
    const toggled = toggle(audience, kind, user.userId)
    if (toggled === null) return []
    const changed = { ...asset, audience: toggled.audience }
    return [{ flip: { change: 'audience', audience: kind, to: toggled.to }, user, changed }]
  })
  return [
    ...roles,
    ...ownership,
    ...memberships,
    ...grants,
    ...listProjectChanges(user, asset),
    ...listMapChanges(user, asset),
  ]
}

/** What its owner decides about a map besides whom it is shared with. */
function listMapChanges(user: UserPrincipal, asset: Asset): Change[] {
  if (asset.kind !== 'map') return []
  const { isCollaborative, isLocked } = asset
  return [
    {
      flip: { change: 'collaborative', to: !isCollaborative },
      user,
      changed: { ...asset, isCollaborative: !isCollaborative },
    },
    { flip: { change: 'password', to: !isLocked }, user, changed: { ...asset, isLocked: !isLocked } },
  ]
}

/** Every single change of the audience of a project around the asset that could matter to somebody. */
function listProjectChanges(user: UserPrincipal, asset: Asset): Change[] {
  if (!('containers' in asset)) return []
  return asset.containers.flatMap((container) =>
    (['organization', 'user'] as const).flatMap((kind): Change[] => {
      const toggled = toggle(container.audience, kind, user.userId)
      if (toggled === null) return []
      const changed: Container = { ...container, audience: toggled.audience }
      const containers = asset.containers.map((one) => (one.id === container.id ? changed : one))
      const flip: Flip = { change: 'project', projectId: container.id, audience: kind, to: toggled.to }
      return [{ flip, user, changed: { ...asset, containers } }]
    }),
  )
}

/** The audience with this part of it added or taken away; null for groups, which are changed one by one. */
function toggle(audience: Audience, kind: AudienceKind, userId: string): { audience: Audience; to: boolean } | null {
  switch (kind) {
    case 'organization':
      return { audience: { ...audience, organization: !audience.organization }, to: !audience.organization }
    case 'public':
      return { audience: { ...audience, public: !audience.public }, to: !audience.public }
    case 'user': {
      const isNamed = audience.userIds.includes(userId)
      const userIds = isNamed ? audience.userIds.filter((id) => id !== userId) : [...audience.userIds, userId]
      return { audience: { ...audience, userIds }, to: !isNamed }
    }
    case 'group':
      return null
  }
}
