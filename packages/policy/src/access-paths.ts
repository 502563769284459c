import type { Reach } from './actions.ts'
import type { Asset } from './assets.ts'
import type { AudienceKind } from './audience.ts'
import { matches, type Predicate } from './predicate.ts'
import type { UserPrincipal } from './principal.ts'

/**
 * A way on which a right gets from an asset to a person: they own it, it is shared with them, with a group of theirs,
 * with the organization or with everybody, its owner lets those help with it whom it is shared with, or their role
 * reaches all of the organization's.
 */
export const ACCESS_PATHS = ['owner', 'user', 'group', 'organization', 'public', 'collaborator', 'role'] as const
export type AccessPath = (typeof ACCESS_PATHS)[number]

/** By which ways a right of each reach gets to a person. Lists, decisions and explanations all read this table. */
export const REACH_PATHS: Readonly<Record<Reach, readonly AccessPath[]>> = {
  none: [],
  granted: ['user', 'group', 'public'],
  own: ['owner'],
  collaborative: ['owner', 'collaborator'],
  visible: ['owner', 'user', 'group', 'organization', 'public'],
  organization: ['role'],
}

/** The ways that begin with somebody sharing the asset. */
export const SHARED_PATHS: ReadonlySet<AccessPath> = new Set<AccessPath>(['user', 'group', 'organization', 'public'])

/** The condition under which a way leads from an asset of the person's organization to them. */
export function whereAccess(user: UserPrincipal, path: AccessPath): Predicate {
  const granted = (audience: AudienceKind, ids: readonly string[] = []): Predicate => ({
    type: 'granted',
    organizationId: user.organizationId,
    to: [{ audience, ids }],
  })
  switch (path) {
    case 'owner':
      return { type: 'equals', field: 'ownerId', value: user.userId }
    case 'user':
      return granted('user', [user.userId])
    case 'group':
      return user.groupIds.length === 0 ? { type: 'none' } : granted('group', user.groupIds)
    case 'organization':
      return granted('organization')
    case 'public':
      return granted('public')
    case 'collaborator':
      return {
        type: 'and',
        terms: [
          { type: 'is', flag: 'collaborative' },
          { type: 'or', terms: [...SHARED_PATHS].map((shared) => whereAccess(user, shared)) },
        ],
      }
    case 'role':
      return { type: 'equals', field: 'organizationId', value: user.organizationId }
  }
}

/** All the ways by which a right of this reach gets to the person from an asset of their organization. */
export function findAccess(user: UserPrincipal, reach: Reach, asset: Asset): AccessPath[] {
  if (asset.organizationId !== user.organizationId) return []
  return REACH_PATHS[reach].filter((path) => matches(whereAccess(user, path), asset))
}
