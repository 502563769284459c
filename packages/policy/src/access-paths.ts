import type { Reach } from './actions.ts'
import type { Asset } from './assets.ts'
import type { AudienceKind } from './audience.ts'
import { type Grantee, matches, type Predicate } from './predicate.ts'
import type { UserPrincipal } from './principal.ts'

/**
 * A way on which a right gets from an asset to a person: they own it, it is shared with them, with a group of theirs,
 * with the organization or with everybody, it is inside of a project that reaches them, its owner lets those help with it
 * who may open it, or their role reaches all of the organization's.
 */
export const ACCESS_PATHS = [
  'owner',
  'user',
  'group',
  'organization',
  'public',
  'project',
  'collaborator',
  'role',
] as const
export type AccessPath = (typeof ACCESS_PATHS)[number]

/** By which ways a right of each reach gets to a person. Lists, decisions and explanations all read this table. */
export const REACH_PATHS: Readonly<Record<Reach, readonly AccessPath[]>> = {
  none: [],
  granted: ['user', 'group', 'public', 'project'],
  own: ['owner'],
  collaborative: ['owner', 'collaborator'],
  visible: ['owner', 'user', 'group', 'organization', 'public', 'project'],
  organization: ['role'],
}

/**
 * The ways of a reach by which an asset is opened and yet stands in no list: whoever is shown what is shared with them
 * and no more opens a public map by its link, as everybody does, and is not told of it.
 */
export const UNLISTED_PATHS: Readonly<Partial<Record<Reach, ReadonlySet<AccessPath>>>> = {
  granted: new Set<AccessPath>(['public']),
}

/** The ways that begin with somebody sharing the asset. */
export const SHARED_PATHS: ReadonlySet<AccessPath> = new Set<AccessPath>([
  'user',
  'group',
  'organization',
  'public',
  'project',
])

/** The ways from a project that go on to what is inside of it, for a reach that takes them itself. */
export const INHERITED_PATHS: ReadonlySet<AccessPath> = new Set<AccessPath>(['owner', 'user', 'group', 'organization'])

/** The condition under which a way of this reach leads from an asset of the person's organization to them. */
export function whereAccess(user: UserPrincipal, path: AccessPath, reach: Reach): Predicate {
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
    case 'project': {
      const inherited = REACH_PATHS[reach].filter((way) => INHERITED_PATHS.has(way))
      return { type: 'inside', term: whereAny(user, inherited, reach) }
    }
    case 'collaborator':
      return {
        type: 'and',
        terms: [
          { type: 'is', flag: 'collaborative' },
          { type: 'or', terms: [...SHARED_PATHS].map((shared) => whereAccess(user, shared, 'visible')) },
        ],
      }
    case 'role':
      return { type: 'equals', field: 'organizationId', value: user.organizationId }
  }
}

/**
 * The condition under which any of these ways leads to the person, with all that rests on grants in one term, so that a
 * store looks grants up once.
 */
export function whereAny(user: UserPrincipal, paths: readonly AccessPath[], reach: Reach): Predicate {
  const to: Grantee[] = []
  const others: Predicate[] = []
  for (const path of paths) {
    const term = whereAccess(user, path, reach)
    if (term.type === 'granted') to.push(...term.to)
    else if (term.type !== 'none') others.push(term)
  }
  const { organizationId } = user
  const terms: Predicate[] = to.length > 0 ? [...others, { type: 'granted', organizationId, to }] : others
  if (terms.length === 0) return { type: 'none' }
  return {
    type: 'and',
    terms: [
      { type: 'equals', field: 'organizationId', value: organizationId },
      { type: 'or', terms },
    ],
  }
}

/** All the ways by which a right of this reach gets to the person from an asset of their organization. */
export function findAccess(user: UserPrincipal, reach: Reach, asset: Asset): AccessPath[] {
  if (asset.organizationId !== user.organizationId) return []
  return REACH_PATHS[reach].filter((path) => matches(whereAccess(user, path, reach), asset))
}
