import { assertNever } from '@graticule/contract'
import {
  ACCESS_PATHS,
  type AccessPath,
  REACH_PATHS,
  SHARED_PATHS,
  UNLISTED_PATHS,
  whereAccess,
  whereAny,
} from './access-paths.ts'
import { type Reach, VIEW_AS_ACTIONS } from './actions.ts'
import { isForApps } from './api-matrix.ts'
import { isContainedKind, READ_ACTION } from './asset-kinds.ts'
import type { Asset, AssetKind, MapAsset } from './assets.ts'
import { matches, type Predicate } from './predicate.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { reachOf } from './support.ts'
import { RESTORE_ACTION, type TrashableKind } from './trash.ts'

const NOTHING: Predicate = { type: 'none' }

/**
 * Which assets of a kind a list shows this principal: within their organization exactly those that `can()` lets them
 * read, without other people's that open by their address alone. Public maps open by their link to everybody; lists show
 * them to members of their organization, guests excepted.
 */
export function visibleWhere(principal: Principal, kind: AssetKind): Predicate {
  switch (principal.kind) {
    case 'user':
      return isClosedTo(principal, kind) ? NOTHING : listedOf(principal, kind, reachOf(principal, READ_ACTION[kind]))
    case 'public-map':
      return kind === 'map' ? { type: 'equals', field: 'id', value: principal.mapId } : NOTHING
    case 'token':
    case 'anonymous':
      return NOTHING
    default:
      return assertNever(principal)
  }
}

/** Which assets of their organization this person can open: those of their lists, and those that open by their address. */
export function openableWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return isClosedTo(user, kind) ? NOTHING : reachableWhere(user, kind)
}

/** Whether somebody looks or an application acts as this person, which shows them nothing of the kind. */
function isClosedTo(user: UserPrincipal, kind: AssetKind): boolean {
  if (user.app !== undefined && !isForApps(READ_ACTION[kind], user.app.kind)) return true
  return user.viewedBy !== undefined && !VIEW_AS_ACTIONS.has(READ_ACTION[kind])
}

/** Whether this principal meets the asset in lists, and so may be told its name where it is not opened. */
export function isListedFor(principal: Principal, asset: Asset): boolean {
  return matches(visibleWhere(principal, asset.kind), asset)
}

/**
 * Which assets of a kind a list shows as shared with this person by somebody else: by name, through a group, with the
 * whole organization or publicly. What a role merely reaches is not shared with anybody.
 */
export function sharedWithWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return listedOf(user, kind, reachWithoutRole(user, kind), SHARED_PATHS)
}

/**
 * Which assets of a kind reach this person by more than their role: they own them, or somebody shares them with them.
 * The others are opened visibly, and lend nothing.
 */
export function ownOrSharedWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return whereReached(user, kind, reachWithoutRole(user, kind))
}

/** Which assets of a kind this person owns and may open. */
export function ownWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return isClosedTo(user, kind) ? NOTHING : whereReached(user, kind, reachWithoutRole(user, kind), new Set(['owner']))
}

/** Everything of a kind that this person may open in their organization, whether or not lists show it to them. */
export function reachableWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return whereReached(user, kind, reachOf(user, READ_ACTION[kind]))
}

/** What of it gets to them by this way, whatever other ways there are. */
export function reachedByWhere(user: UserPrincipal, kind: AssetKind, path: AccessPath): Predicate {
  const reach = reachOf(user, READ_ACTION[kind])
  // A public map is everybody's, whatever their role reaches besides.
  if (kind === 'map' && path === 'public') return whereAny(user, [path], reach)
  return whereReached(user, kind, reach, new Set([path]))
}

/**
 * Which assets of a kind that were deleted this person may restore: those that they may delete. Named sources are
 * deleted by their owners alone; out of the trash, which shows nothing of their SQL, who manages everybody's assets brings
 * them back too.
 */
export function restorableWhere(user: UserPrincipal, kind: TrashableKind): Predicate {
  if (kind === 'named-source' && reachOf(user, 'asset.manage') !== 'none') {
    return whereReached(user, kind, reachOf(user, 'asset.manage'))
  }
  return whereReached(user, kind, reachOf(user, RESTORE_ACTION[kind]))
}

/** Whether this person may restore something that was deleted. */
export function mayRestore(user: UserPrincipal, asset: Asset & { readonly kind: TrashableKind }): boolean {
  return matches(restorableWhere(user, asset.kind), asset)
}

/**
 * Of which maps this principal meets the draft; of others they meet what was published last. It is for those who may
 * edit it, and for whoever meets a map that is shared with nobody: it has no readers, and so nothing is published.
 */
export function draftWhere(principal: Principal): Predicate {
  if (!('organizationId' in principal)) return NOTHING
  const { organizationId } = principal
  const unshared: Predicate = { type: 'not', term: { type: 'shared', organizationId } }
  if (principal.kind !== 'user') return unshared
  const updates = reachOf(principal, 'map.update')
  const reads = reachOf(principal, 'map.read')
  const edited = whereReached(principal, 'map', updates)
  // Whoever opens nothing unshared but their own and what is inside of projects is asked about no more: most lists have
  // nothing of the latter, and need not look up what is shared.
  const opensByRole = REACH_PATHS[reads].includes('role') || !REACH_PATHS[updates].includes('owner')
  const inside = whereReached(principal, 'map', reads, new Set(['project']))
  return { type: 'or', terms: [edited, opensByRole ? unshared : { type: 'and', terms: [inside, unshared] }] }
}

/** Whether this principal, who may open the map, meets its draft and not what was published last. */
export function readsDraft(principal: Principal, map: MapAsset): boolean {
  return matches(draftWhere(principal), map)
}

/** What gets to them by these ways of a reach, without what stands in nobody's list but its owner's. */
function listedOf(user: UserPrincipal, kind: AssetKind, reach: Reach, only?: ReadonlySet<AccessPath>): Predicate {
  const paths = ACCESS_PATHS.filter((path) => !UNLISTED_PATHS[reach]?.has(path) && (only?.has(path) ?? true))
  const found = whereReached(user, kind, reach, new Set(paths))
  if (kind !== 'map' || found.type === 'none') return found
  const listed: Predicate = { type: 'or', terms: [{ type: 'is', flag: 'listed' }, whereAccess(user, 'owner', 'own')] }
  return { type: 'and', terms: [found, listed] }
}

/** How far a person's right to read assets of the kind would reach if nothing were theirs by their role alone. */
function reachWithoutRole(user: UserPrincipal, kind: AssetKind): Reach {
  const reach = reachOf(user, READ_ACTION[kind])
  return reach === 'organization' ? 'visible' : reach
}

/** The ways of a reach, or those of them that are asked for; only what can be inside of a project is looked for there. */
function whereReached(user: UserPrincipal, kind: AssetKind, reach: Reach, only?: ReadonlySet<AccessPath>): Predicate {
  const paths = REACH_PATHS[reach].filter((path) => only?.has(path) ?? true)
  return whereAny(
    user,
    paths.filter((path) => path !== 'project' || isContainedKind(kind)),
    reach,
  )
}
