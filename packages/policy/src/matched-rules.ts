import type { GovernancePolicies } from '@graticule/contract'
import { type AccessPath, findAccess, INHERITED_PATHS, REACH_PATHS, whereAny } from './access-paths.ts'
import { type Action, ROLE_TABLE } from './actions.ts'
import { type Asset, projectsAround } from './assets.ts'
import { can, findBars, grantOfRole, isPublicRead, PUBLIC_READ, refuseWithoutWay } from './can.ts'
import { findForbidding } from './governance.ts'
import { matches } from './predicate.ts'
import type { Principal, UserPrincipal } from './principal.ts'

/** A rule that matches somebody, an action and an asset, whether or not it is the one that decides. */
export interface MatchedRule {
  readonly effect: 'grant' | 'deny'
  /** Its stable name. */
  readonly rule: string
  readonly reason: string
  /** The way by which a grant leads to the person; null for what is about no asset, and for denials. */
  readonly path: AccessPath | null
  /** Of the group or the project by which it leads there. */
  readonly id: string | null
}

/**
 * Every rule that matches, in the order in which they count, so that the first decides: a public map is open whatever
 * else holds; then what keeps the action from them, whatever leads to the asset; then each way that does, the strongest
 * first. Where nothing keeps it from them and no way leads to them, that there is none comes first.
 */
export function listRules(
  principal: Principal,
  action: Action,
  asset: Asset | undefined,
  policies: GovernancePolicies,
): MatchedRule[] {
  const isOpen = isPublicRead(action, asset)
  const open: MatchedRule[] = isOpen ? [{ ...asGrant(PUBLIC_READ), path: 'public' }] : []
  const forbidding = [...findForbidding(policies, principal, action)].map(asDenial)
  if (principal.kind !== 'user') {
    // A token, a visitor and the link of a map have no ways of their own: one rule decides.
    const decision = can(principal, action, asset)
    const own = isOpen ? [] : [decision.allowed ? asGrant(decision) : asDenial(decision)]
    return decision.allowed ? [...forbidding, ...open, ...own] : [...own, ...forbidding]
  }
  const bars = [...findBars(principal, action, asset)].map(asDenial)
  const grants = listGrants(principal, action, asset).filter(({ path }) => !(isOpen && path === 'public'))
  const rules = isOpen ? [...forbidding, ...open, ...bars, ...grants] : [...bars, ...forbidding, ...grants]
  if (rules.some(({ effect }) => effect === 'grant') || bars.length > 0 || asset === undefined) return rules
  return [asDenial(refuseWithoutWay(principal, action, asset)), ...rules]
}

/** What leads an action to somebody, as far as their role goes: each group and each project by itself. */
function listGrants(user: UserPrincipal, action: Action, asset: Asset | undefined): MatchedRule[] {
  const reach = ROLE_TABLE[action][user.role]
  if (reach === 'none') return []
  const grant = asGrant(grantOfRole(user, action))
  if (asset === undefined) return [grant]
  return findAccess(user, reach, asset).flatMap((path) => {
    const ids = namesOfWay(path, user, action, asset)
    return ids.length === 0 ? [{ ...grant, path }] : ids.map((id) => ({ ...grant, path, id }))
  })
}

/** The groups, or the projects, by which a way leads to somebody. */
export function namesOfWay(path: AccessPath, user: UserPrincipal, action: Action, asset: Asset): readonly string[] {
  if (path === 'group' && 'audience' in asset) {
    return asset.audience.groupIds.filter((id) => user.groupIds.includes(id))
  }
  if (path !== 'project') return []
  const reach = ROLE_TABLE[action][user.role]
  const ways = REACH_PATHS[reach].filter((way) => INHERITED_PATHS.has(way))
  const leads = whereAny(user, ways, reach)
  return projectsAround(asset).flatMap((project) => (matches(leads, project) ? [project.id] : []))
}

function asGrant({ rule, reason }: { readonly rule: string; readonly reason: string }): MatchedRule {
  return { effect: 'grant', rule, reason, path: null, id: null }
}

function asDenial({ rule, reason }: { readonly rule: string; readonly reason: string }): MatchedRule {
  return { effect: 'deny', rule, reason, path: null, id: null }
}
