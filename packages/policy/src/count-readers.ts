import { ROLES, type Role } from '@graticule/contract'
import { projectsAround, type ShareableAsset } from './assets.ts'
import type { UserPrincipal } from './principal.ts'
import { reaches } from './reaches.ts'

/** What it takes to count who reads the assets of a list without going through everybody for each of them. */
export interface Readership {
  readonly organizationId: string
  /** How many active people there are of each role; a role that nobody has may be left out. */
  readonly headcount: ReadonlyMap<Role, number>
  /** The roles of those active people who own one of the assets, or a project around it, or are named in an audience. */
  readonly roleOf: ReadonlyMap<string, Role>
  /** The active people of each role in each group that an audience names. */
  readonly membersOf: ReadonlyMap<string, ReadonlyMap<Role, readonly string[]>>
}

/** The people and groups who may get to an asset because it, or a project around it, is theirs or names them. */
export function namedReaders(asset: ShareableAsset): { readonly userIds: string[]; readonly groupIds: string[] } {
  const sharers = [asset, ...projectsAround(asset)]
  return {
    userIds: [
      ...new Set(
        sharers.flatMap(({ ownerId, audience }) => [...(ownerId === null ? [] : [ownerId]), ...audience.userIds]),
      ),
    ],
    groupIds: [...new Set(sharers.flatMap(({ audience }) => audience.groupIds))],
  }
}

/**
 * How many active people of its organization have access to an asset: as many as `reaches()` lets in one by one. It decides about
 * people in place of others of their role: somebody whom nothing names, the owner, the named, a member of each group.
 */
export function countReaders(asset: ShareableAsset, readership: Readership): number {
  if (asset.organizationId !== readership.organizationId) return 0
  const reads = (role: Role, userId = '', groupIds: readonly string[] = []): boolean => {
    const { organizationId } = readership
    const person: UserPrincipal = { kind: 'user', userId, organizationId, role, groupIds, sessionId: '' }
    return reaches(person, asset)
  }
  const named = namedReaders(asset)
  let count = 0
  for (const role of ROLES) {
    const ofRole = readership.headcount.get(role) ?? 0
    if (ofRole === 0) continue
    if (reads(role)) {
      count += ofRole
      continue
    }
    const singled = named.userIds.filter((id) => readership.roleOf.get(id) === role && reads(role, id))
    const readers = new Set(singled)
    for (const groupId of named.groupIds) {
      const members = readership.membersOf.get(groupId)?.get(role) ?? []
      if (members.length > 0 && reads(role, '', [groupId])) for (const id of members) readers.add(id)
    }
    count += readers.size
  }
  return count
}
