import { ROLES, type Role } from '@graticule/contract'
import { READ_ACTION } from './asset-kinds.ts'
import type { ShareableAsset } from './assets.ts'
import { can } from './can.ts'
import type { UserPrincipal } from './principal.ts'

/** What it takes to count who reads the assets of a list without going through everybody for each of them. */
export interface Readership {
  readonly organizationId: string
  /** How many active people there are of each role; a role that nobody has may be left out. */
  readonly headcount: ReadonlyMap<Role, number>
  /** The roles of those active people who own one of the assets or are named in an audience. */
  readonly roleOf: ReadonlyMap<string, Role>
  /** The active people of each role in each group that an audience names. */
  readonly membersOf: ReadonlyMap<string, ReadonlyMap<Role, readonly string[]>>
}

/**
 * How many active people of its organization may read an asset: as many as `can()` lets in one by one. It decides about
 * people in place of others of their role: somebody whom nothing names, the owner, the named, a member of each group.
 */
export function countReaders(asset: ShareableAsset, readership: Readership): number {
  if (asset.organizationId !== readership.organizationId) return 0
  const reads = (role: Role, userId = '', groupIds: readonly string[] = []): boolean => {
    const { organizationId } = readership
    const person: UserPrincipal = { kind: 'user', userId, organizationId, role, groupIds, sessionId: '' }
    return can(person, READ_ACTION[asset.kind], asset).allowed
  }
  let count = 0
  for (const role of ROLES) {
    const ofRole = readership.headcount.get(role) ?? 0
    if (ofRole === 0) continue
    if (reads(role)) {
      count += ofRole
      continue
    }
    const singled = [asset.ownerId ?? '', ...asset.audience.userIds].filter(
      (id) => readership.roleOf.get(id) === role && reads(role, id),
    )
    const readers = new Set(singled)
    for (const groupId of asset.audience.groupIds) {
      const members = readership.membersOf.get(groupId)?.get(role) ?? []
      if (members.length > 0 && reads(role, '', [groupId])) for (const id of members) readers.add(id)
    }
    count += readers.size
  }
  return count
}
