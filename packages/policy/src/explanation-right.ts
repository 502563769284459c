import type { Asset } from './assets.ts'
import { can, type Decision } from './can.ts'
import type { UserPrincipal } from './principal.ts'

/** Whether this person may be told why another may or may not do something: about themselves, their assets, or as an admin. */
export function decideExplaining(asker: UserPrincipal, subjectId: string, asset: Asset | undefined): Decision {
  const isSelf = asker.userId === subjectId
  const isOwner = asset !== undefined && asset.ownerId === asker.userId
  const isAdmin = can(asker, 'user.inspect').allowed
  if (isSelf || isOwner || isAdmin) {
    return { allowed: true, reason: 'You can ask this.', rule: 'explain.allowed' }
  }
  const reason = 'Only an admin, or the owner of what it is about, can ask this about somebody else.'
  return { allowed: false, reason, rule: 'explain.others' }
}
