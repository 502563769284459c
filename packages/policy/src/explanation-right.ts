import { assertNever } from '@graticule/contract'
import type { Asset } from './assets.ts'
import { can, type Decision } from './can.ts'
import type { UserPrincipal } from './principal.ts'

/** Whose rights are asked about, as far as it matters to who may ask. */
export type SubjectOfExplanation =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'token'; readonly ownerId: string }
  | { readonly kind: 'anonymous' }

/**
 * Whether this person may be told why somebody may or may not do something: about themselves, their groups and their
 * tokens, about their assets, or as an admin. What a visitor gets is no secret of those who may know of the asset.
 */
export function decideExplaining(
  asker: UserPrincipal,
  subject: SubjectOfExplanation,
  asset: Asset | undefined,
): Decision {
  const isOwner = asset !== undefined && asset.ownerId === asker.userId
  const isAdmin = can(asker, 'user.inspect').allowed
  if (isOwn(asker, subject) || isOwner || isAdmin) {
    return { allowed: true, reason: 'You can ask this.', rule: 'explain.allowed' }
  }
  const reason = 'Only an admin, or the owner of what it is about, can ask this about somebody else.'
  return { allowed: false, reason, rule: 'explain.others' }
}

function isOwn(asker: UserPrincipal, subject: SubjectOfExplanation): boolean {
  switch (subject.kind) {
    case 'user':
      return subject.id === asker.userId
    case 'group':
      return asker.groupIds.includes(subject.id)
    case 'token':
      return subject.ownerId === asker.userId
    case 'anonymous':
      return true
    default:
      return assertNever(subject)
  }
}
