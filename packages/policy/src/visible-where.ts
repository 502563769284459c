import { assertNever } from '@graticule/contract'
import { type AccessPath, REACH_PATHS, SHARED_PATHS, whereAccess } from './access-paths.ts'
import { VIEW_AS_ACTIONS } from './actions.ts'
import { READ_ACTION } from './asset-kinds.ts'
import type { AssetKind } from './assets.ts'
import type { Grantee, Predicate } from './predicate.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { reachOf } from './support.ts'
import { REMOVE_ACTION, type TrashableKind } from './trash.ts'

const NOTHING: Predicate = { type: 'none' }

/**
 * Which assets of a kind a list shows this principal: within their organization exactly those that `can()` lets them
 * read. Public maps of other organizations open by their link but are never listed.
 */
export function visibleWhere(principal: Principal, kind: AssetKind): Predicate {
  switch (principal.kind) {
    case 'user':
      if (principal.viewedBy !== undefined && !VIEW_AS_ACTIONS.has(READ_ACTION[kind])) return NOTHING
      return whereAny(principal, REACH_PATHS[reachOf(principal, READ_ACTION[kind])])
    case 'public-map':
      return kind === 'map' ? { type: 'equals', field: 'id', value: principal.mapId } : NOTHING
    case 'token':
    case 'anonymous':
      return NOTHING
    default:
      return assertNever(principal)
  }
}

/**
 * Which assets of a kind somebody else shares with this person: by name, through a group, with the whole organization or
 * publicly. What a role merely reaches is not shared with anybody.
 */
export function sharedWithWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  const reach = reachOf(user, READ_ACTION[kind])
  const paths = REACH_PATHS[reach === 'organization' ? 'visible' : reach]
  return whereAny(
    user,
    paths.filter((path) => SHARED_PATHS.has(path)),
  )
}

/**
 * Which assets of a kind reach this person by more than their role: they own them, or somebody shares them with them.
 * The others are opened visibly, and lend nothing.
 */
export function ownOrSharedWhere(user: UserPrincipal, kind: AssetKind): Predicate {
  const reach = reachOf(user, READ_ACTION[kind])
  return whereAny(user, REACH_PATHS[reach === 'organization' ? 'visible' : reach])
}

/** Which assets of a kind this person may delete, and so restore. */
export function removableWhere(user: UserPrincipal, kind: TrashableKind): Predicate {
  return whereAny(user, REACH_PATHS[reachOf(user, REMOVE_ACTION[kind])])
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
