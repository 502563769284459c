import { assertNever } from '@graticule/contract'
import { type AccessPath, REACH_PATHS, SHARED_PATHS, whereAccess } from './access-paths.ts'
import { VIEW_AS_ACTIONS } from './actions.ts'
import { READ_ACTION } from './asset-kinds.ts'
import type { Asset, AssetKind, MapAsset } from './assets.ts'
import { type Grantee, matches, type Predicate } from './predicate.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { reachOf } from './support.ts'
import { REMOVE_ACTION, type TrashableKind } from './trash.ts'

const NOTHING: Predicate = { type: 'none' }

/**
 * Which assets of a kind a list shows this principal: within their organization exactly those that `can()` lets them
 * read, without other people's that open by their address alone. Public maps of other organizations open by their link
 * but are never listed.
 */
export function visibleWhere(principal: Principal, kind: AssetKind): Predicate {
  switch (principal.kind) {
    case 'user':
      if (principal.viewedBy !== undefined && !VIEW_AS_ACTIONS.has(READ_ACTION[kind])) return NOTHING
      return listedOf(principal, kind, whereAny(principal, REACH_PATHS[reachOf(principal, READ_ACTION[kind])]))
    case 'public-map':
      return kind === 'map' ? { type: 'equals', field: 'id', value: principal.mapId } : NOTHING
    case 'token':
    case 'anonymous':
      return NOTHING
    default:
      return assertNever(principal)
  }
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
  const reach = reachOf(user, READ_ACTION[kind])
  const paths = REACH_PATHS[reach === 'organization' ? 'visible' : reach]
  const shared = whereAny(
    user,
    paths.filter((path) => SHARED_PATHS.has(path)),
  )
  return listedOf(user, kind, shared)
}

/**
 * Which assets of a kind reach this person by more than their role: they own them, or somebody shares them with them.
 * The others are opened visibly, and lend nothing.
 */
export function ownOrSharedWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  const reach = reachOf(user, READ_ACTION[kind])
  return whereAny(user, REACH_PATHS[reach === 'organization' ? 'visible' : reach])
}

/** Everything of a kind that this person may open in their organization, whether or not lists show it to them. */
export function reachableWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  return whereAny(user, REACH_PATHS[reachOf(user, READ_ACTION[kind])])
}

/** What of it gets to them by this way, whatever other ways there are. */
export function reachedByWhere(user: UserPrincipal, kind: AssetKind, path: AccessPath): Predicate {
  const paths = REACH_PATHS[reachOf(user, READ_ACTION[kind])]
  // A public map is everybody's, whatever their role reaches besides.
  const isWay = paths.includes(path) || (kind === 'map' && path === 'public')
  return isWay ? whereAny(user, [path]) : NOTHING
}

/** Which assets of a kind this person may delete, and so restore. */
export function removableWhere(user: UserPrincipal, kind: TrashableKind): Predicate {
  return whereAny(user, REACH_PATHS[reachOf(user, REMOVE_ACTION[kind])])
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
  return {
    type: 'or',
    terms: [whereAny(principal, REACH_PATHS[reachOf(principal, 'map.update')]), unshared],
  }
}

/** Whether this principal, who may open the map, meets its draft and not what was published last. */
export function readsDraft(principal: Principal, map: MapAsset): boolean {
  return matches(draftWhere(principal), map)
}

/** Without what stands in nobody's list but its owner's. */
function listedOf(user: UserPrincipal, kind: AssetKind, found: Predicate): Predicate {
  if (kind !== 'map' || found.type === 'none') return found
  const listed: Predicate = { type: 'or', terms: [{ type: 'is', flag: 'listed' }, whereAccess(user, 'owner')] }
  return { type: 'and', terms: [found, listed] }
}

/** Any of the ways, with all that rests on grants in one term, so that a store looks grants up once. */
function whereAny(user: UserPrincipal, paths: readonly AccessPath[]): Predicate {
  const to: Grantee[] = []
  const others: Predicate[] = []
  for (const path of paths) {
    const term = whereAccess(user, path)
    if (term.type === 'granted') to.push(...term.to)
    else if (term.type !== 'none') others.push(term)
  }
  const { organizationId } = user
  const terms: Predicate[] = to.length > 0 ? [...others, { type: 'granted', organizationId, to }] : others
  if (terms.length === 0) return NOTHING
  return {
    type: 'and',
    terms: [
      { type: 'equals', field: 'organizationId', value: organizationId },
      { type: 'or', terms },
    ],
  }
}
