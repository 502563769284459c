import { ACTIONS_LENT_BY_MAPS, type Action } from './actions.ts'
import { ASSET_KINDS, canReceive } from './asset-kinds.ts'
import type { ConnectionAsset, ShareableKind } from './assets.ts'
import { type Audience, type AudienceKind, audienceKindsOf } from './audience.ts'
import { can, type Decision } from './can.ts'
import type { PersonFacts } from './people.ts'
import type { UserPrincipal } from './principal.ts'

/** What an asset's owner wants its audience to be, and whom the names in it lead to. */
export interface SharingWish {
  readonly kind: ShareableKind
  readonly organizationId: string
  readonly audience: Audience
  /** Those of the named people that there are, of whichever organization. */
  readonly people: readonly (PersonFacts & { readonly name: string })[]
  /** Those of the named groups that there are, of whichever organization. */
  readonly groups: readonly { readonly id: string; readonly organizationId: string }[]
}

const AUDIENCE_WORDS: Readonly<Record<AudienceKind, string>> = {
  organization: 'with the whole organization',
  group: 'with groups',
  user: 'with single people',
  public: 'publicly',
}

/**
 * Whether an asset of the kind can have this audience at all; who may set it is for `can()`. The facts must be read so
 * that they still hold when it happens.
 */
export function decideSharing(wish: SharingWish): Decision {
  const { kind, organizationId, audience } = wish
  const refuse = (rule: string, reason: string): Decision => ({ allowed: false, reason, rule: `sharing.${rule}` })
  const subject = kind === 'application' ? 'An application' : `A ${kind}`
  const supported: readonly AudienceKind[] = ASSET_KINDS[kind].audiences
  const unsupported = audienceKindsOf(audience).find((needed) => !supported.includes(needed))
  if (unsupported !== undefined) {
    return refuse(`${kind}.${unsupported}`, `${subject} cannot be shared ${AUDIENCE_WORDS[unsupported]}.`)
  }
  for (const id of audience.groupIds) {
    const group = wish.groups.find((candidate) => candidate.id === id)
    if (group?.organizationId !== organizationId) {
      return refuse('group', 'One of the groups does not exist any more in your organization; choose again.')
    }
  }
  for (const id of audience.userIds) {
    const person = wish.people.find((candidate) => candidate.id === id)
    if (person?.organizationId !== organizationId || !person.isActive) {
      return refuse('person', 'One of the people is not, or no longer, in your organization; choose again.')
    }
    if (!canReceive(person.role, kind)) {
      return refuse(
        `${kind}.${person.role}`,
        `${subject} cannot be shared with ${person.name}, who has the role ${person.role}; share a map with them instead.`,
      )
    }
  }
  return { allowed: true, reason: `This ${kind} can be shared so.`, rule: 'sharing.allowed' }
}

/**
 * Whether a map lends its readers this source of a connection that is not theirs to use: only what its owner, as they
 * are now, may read without any map. So a share ends with the right of the one who made it.
 */
export function lends(
  owner: UserPrincipal,
  action: Action,
  ownersAction: 'sql.run' | 'data.browse',
  connection: ConnectionAsset,
): boolean {
  return ACTIONS_LENT_BY_MAPS.has(action) && can(owner, ownersAction, connection).allowed
}
