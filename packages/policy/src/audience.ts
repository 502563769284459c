import type { Privacy } from '@graticule/contract'

/** Whom an asset can be shared with. */
export const AUDIENCE_KINDS = ['organization', 'group', 'user', 'public'] as const
export type AudienceKind = (typeof AUDIENCE_KINDS)[number]

/** All grants of one asset: with whom its owner shares it. */
export interface Audience {
  /** Everybody of the organization except guests. */
  readonly organization: boolean
  /** Anybody who has the link. */
  readonly public: boolean
  readonly groupIds: readonly string[]
  readonly userIds: readonly string[]
}

/** The audience of what is shared with nobody. */
export const NOBODY: Audience = { organization: false, public: false, groupIds: [], userIds: [] }

/** The audience of what the whole organization shares. */
export const WHOLE_ORGANIZATION: Audience = { ...NOBODY, organization: true }

/** How the wire names an audience. */
export function privacyOf(audience: Audience): Privacy {
  if (audience.public) return 'public'
  const isShared = audience.organization || audience.groupIds.length > 0 || audience.userIds.length > 0
  return isShared ? 'shared' : 'private'
}

/** How the wire tells the two ways of `shared` apart; null for what is not shared with anybody in particular. */
export function sharingScopeOf(audience: Audience): 'organization' | 'specific' | null {
  if (audience.organization) return 'organization'
  return audience.groupIds.length > 0 || audience.userIds.length > 0 ? 'specific' : null
}

/** The kinds of audience that have a part in this one. */
export function audienceKindsOf(audience: Audience): AudienceKind[] {
  const has: Readonly<Record<AudienceKind, boolean>> = {
    organization: audience.organization,
    group: audience.groupIds.length > 0,
    user: audience.userIds.length > 0,
    public: audience.public,
  }
  return AUDIENCE_KINDS.filter((kind) => has[kind])
}

/** Whether two audiences are the same people and groups, in whichever order. */
export function isSameAudience(a: Audience, b: Audience): boolean {
  return (
    a.organization === b.organization &&
    a.public === b.public &&
    hasSameMembers(a.groupIds, b.groupIds) &&
    hasSameMembers(a.userIds, b.userIds)
  )
}

/** Whether the first audience has nobody in it who is not in the second: making it so gives nobody anything. */
export function isWithinAudience(narrow: Audience, wide: Audience): boolean {
  return (
    (wide.organization || !narrow.organization) &&
    (wide.public || !narrow.public) &&
    narrow.groupIds.every((id) => wide.groupIds.includes(id)) &&
    narrow.userIds.every((id) => wide.userIds.includes(id))
  )
}

/** Everybody who is in any of these. */
export function unite(audiences: readonly Audience[]): Audience {
  return {
    organization: audiences.some(({ organization }) => organization),
    public: audiences.some((audience) => audience.public),
    groupIds: [...new Set(audiences.flatMap(({ groupIds }) => groupIds))],
    userIds: [...new Set(audiences.flatMap(({ userIds }) => userIds))],
  }
}

/** What the first audience names and the second does not. */
export function subtract(audience: Audience, known: Audience): Audience {
  return {
    organization: audience.organization && !known.organization,
    public: audience.public && !known.public,
    groupIds: audience.groupIds.filter((id) => !known.groupIds.includes(id)),
    userIds: audience.userIds.filter((id) => !known.userIds.includes(id)),
  }
}

function hasSameMembers(a: readonly string[], b: readonly string[]): boolean {
  const first = new Set(a)
  const second = new Set(b)
  return first.size === second.size && [...first].every((member) => second.has(member))
}
