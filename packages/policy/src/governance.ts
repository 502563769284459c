import type { GovernancePolicies, Makers, TokenGrant } from '@graticule/contract'
import type { Action } from './actions.ts'
import type { Asset, Container, ShareableKind } from './assets.ts'
import { type Audience, isSameAudience, NOBODY, subtract, unite, WHOLE_ORGANIZATION } from './audience.ts'
import { can, type Decision, type Refusal } from './can.ts'
import {
  GOVERNANCE_POLICIES,
  GOVERNANCE_POLICY_IDS,
  type GovernancePolicyId,
  type LimitId,
  MAKERS_POLICIES,
  type MakersPolicyId,
} from './governance-policies.ts'
import { EVERYTHING } from './grants.ts'
import type { Principal } from './principal.ts'
import { ADMIN_ROLES } from './role-transitions.ts'
import { describeLock, type EffectiveDefault } from './sharing-defaults.ts'

const DAY_MS = 86_400_000
const WHO_CHANGES_IT = 'an admin can change it in Settings → Governance.'
const WHO_CHANGES_LIMITS = 'an admin can change it in Settings → Quotas.'
const LIMITED_THINGS = {
  'maps.limit': 'map',
  'maps.public-limit': 'public map',
  'applications.limit': 'application',
} as const satisfies Record<LimitId, string>

/** Something that policies name by its id and people by its label. */
export interface Named {
  readonly id: string
  readonly label: string
}

/** What somebody wants an API token to be. */
export interface TokenTerms {
  readonly grants: readonly TokenGrant[]
  readonly referers: readonly string[]
  readonly expiresAt: Date | null
}

/** What decisions about an audience rest on besides the policies. */
export interface SharingFacts {
  readonly kind: ShareableKind
  /** As it is shared now; null for what is being made. */
  readonly before: Audience | null
  /** What holds for its owner. */
  readonly ownersDefault: EffectiveDefault
  /** The groups of whoever shares it. */
  readonly groupIds: readonly string[]
  /** Of a connection: whether whoever it is shared with reads with the login that is stored in it. */
  readonly lendsItsLogin: boolean
  /** How many maps of the organization are public. */
  readonly publicMapCount: number
  /** Of a map: whether a password stands, or would stand, before its public link. */
  readonly hasPassword: boolean
}

/** Something whose folders change: it is put into others, or they are shared otherwise. */
export interface PlacementFacts {
  readonly kind: ShareableKind
  readonly ownerId: string | null
  /** Its own audience, which stays. */
  readonly audience: Audience
  /** The folders around it before and after, each with its audience then. */
  readonly from: readonly Container[]
  readonly to: readonly Container[]
  /** What holds for its owner. */
  readonly ownersDefault: EffectiveDefault
  /** The groups of whoever does it. */
  readonly groupIds: readonly string[]
}

/** Whether the policy leaves its ability to this principal. Roles are decided before, by `can()`. */
export function decideMaking(policies: GovernancePolicies, principal: Principal, id: MakersPolicyId): Decision {
  return decideAmong(id, policies[id], principal, GOVERNANCE_POLICIES[id].ability)
}

/** `can()`, and what the policies say that forbid an action as a whole. */
export function canUnder(policies: GovernancePolicies, principal: Principal, action: Action, asset?: Asset): Decision {
  const decision = can(principal, action, asset)
  if (!decision.allowed) return decision
  for (const refusal of findForbidding(policies, principal, action)) return refusal
  return decision
}

/** What each policy says that forbids an action as a whole. */
export function* findForbidding(
  policies: GovernancePolicies,
  principal: Principal,
  action: Action,
): Generator<Refusal> {
  for (const id of MAKERS_POLICIES) {
    const { ability, isWhole, restricts } = GOVERNANCE_POLICIES[id]
    if (!isWhole || !restricts.includes(action)) continue
    const among = decideAmong(id, policies[id], principal, ability)
    if (!among.allowed) yield among
  }
}

/** The policies that bound an action, as a whole or in part. */
export function policiesOf(action: Action): GovernancePolicyId[] {
  return GOVERNANCE_POLICY_IDS.filter((id) => GOVERNANCE_POLICIES[id].restricts.includes(action))
}

/** Whether this principal may make a connection to this provider. */
export function decideProvider(policies: GovernancePolicies, principal: Principal, provider: Named): Decision {
  const general = decideMaking(policies, principal, 'connections.create')
  if (!general.allowed) return general
  const makers = makersOf(policies['connections.providers'], provider.id)
  return decideAmong('connections.providers', makers, principal, `make connections to ${provider.label}`)
}

/** Whether this principal may make a connection sign in so; `methods` are those that it did not use before. */
export function decideSignIn(policies: GovernancePolicies, principal: Principal, methods: readonly Named[]): Decision {
  for (const method of methods) {
    const makers = makersOf(policies['connections.sign-in'], method.id)
    const ability = `make connections that sign in with ${method.label}`
    const decision = decideAmong('connections.sign-in', makers, principal, ability)
    if (!decision.allowed) return decision
  }
  return allowed('connections.sign-in')
}

/** Whether an asset may get this audience under the policies. What it had before it may keep or lose. */
export function decideNewAudience(
  policies: GovernancePolicies,
  principal: Principal,
  facts: SharingFacts,
  after: Audience,
): Decision {
  const { kind, ownersDefault } = facts
  if (facts.before !== null && isSameAudience(facts.before, after)) return allowed('sharing')
  const before = facts.before ?? NOBODY
  if (ownersDefault.locked && !isSameAudience(ownersDefault.audience, after)) {
    return { allowed: false, reason: describeLock(kind, ownersDefault), rule: `governance.sharing.${kind}.locked` }
  }
  const newGroups = after.groupIds.filter((id) => !before.groupIds.includes(id))
  const isPublished = after.public && !before.public
  const isWider =
    isPublished ||
    (after.organization && !before.organization) ||
    newGroups.length > 0 ||
    after.userIds.some((id) => !before.userIds.includes(id))
  if (kind === 'connection' && isWider) {
    const decision = decideMaking(policies, principal, 'connections.share')
    if (!decision.allowed) return decision
    if (policies['connections.viewer-credentials'] && facts.lendsItsLogin) {
      return refuse(
        'connections.viewer-credentials',
        `Whoever a connection is shared with must read with a login of their own, so switch viewer credentials on first; ${WHO_CHANGES_IT}`,
      )
    }
  }
  if (isPublished) {
    const decision = decideMaking(policies, principal, 'maps.public')
    if (!decision.allowed) return decision
    const link = facts.hasPassword ? decision : decideOpenLink(policies)
    if (!link.allowed) return link
    const room = decideRoom(policies, 'maps.public-limit', facts.publicMapCount)
    if (!room.allowed) return room
  }
  // A default was chosen by an admin, whoever it is applied for.
  const isDefault = isSameAudience(ownersDefault.audience, after)
  const foreign = newGroups.find((id) => !facts.groupIds.includes(id))
  if (foreign !== undefined && !isDefault && policies['sharing.own-groups'] && !isAdmin(principal)) {
    return refuse(
      'sharing.own-groups',
      `Editors share only with groups that they belong to, and you are not in one of these; ${WHO_CHANGES_IT}`,
    )
  }
  return allowed('sharing')
}

/**
 * Whether something may get the audiences of these folders. Only what they add is asked about: beyond a locked default
 * nothing may be added, and editors add no group that they are not in. Audiences are compared and not people, so that the
 * answer does not change with who is in a group.
 */
export function decidePlacement(
  policies: GovernancePolicies,
  principal: Principal,
  { kind, ownerId, audience, from, to, ownersDefault, groupIds }: PlacementFacts,
): Decision {
  const own: Audience = { ...audience, userIds: [...audience.userIds, ...(ownerId === null ? [] : [ownerId])] }
  const known = unite([own, ...from.map(audienceOfFolder), ownersDefault.audience])
  const beyond = subtract(unite(to.map(audienceOfFolder)), known)
  // Whoever owns a folder is no guest, so that they are among the whole organization.
  const people = beyond.userIds.filter((id) => !known.organization || to.every((folder) => folder.ownerId !== id))
  if (ownersDefault.locked && !isSameAudience({ ...beyond, userIds: people }, NOBODY)) {
    return {
      allowed: false,
      reason: `A project shares what is inside of it, and ${startSmall(describeLock(kind, ownersDefault))}`,
      rule: `governance.sharing.${kind}.locked`,
    }
  }
  const isForeign = beyond.groupIds.some((id) => !groupIds.includes(id))
  if (isForeign && policies['sharing.own-groups'] && !isAdmin(principal)) {
    return refuse(
      'sharing.own-groups',
      `Editors share only with groups that they belong to, and the project shares with one that you are not in; ${WHO_CHANGES_IT}`,
    )
  }
  return allowed('sharing')
}

/** Whether a public link may be without a password: a new one, or one that would lose it. */
export function decideOpenLink(policies: GovernancePolicies): Decision {
  if (!policies['maps.public-password']) return allowed('maps.public-password')
  return refuse('maps.public-password', `A public link must have a password, so set one first; ${WHO_CHANGES_IT}`)
}

/** For each thing that an owner can choose, whether the policies let them: what a dialog greys out, and why. */
export interface AudienceChoices {
  readonly private: Decision
  readonly organization: Decision
  /** People by name, and groups of one's own. */
  readonly specific: Decision
  /** A public link, with a password where there must be one. */
  readonly public: Decision
  /** A public link that asks for no password. */
  readonly openLink: Decision
  /** Groups that one is not in. */
  readonly otherGroups: Decision
}

/** What `decideNewAudience` says of each single choice. */
export function listAudienceChoices(
  policies: GovernancePolicies,
  principal: Principal,
  facts: SharingFacts,
): AudienceChoices {
  const decide = (after: Audience) => decideNewAudience(policies, principal, facts, after)
  const { ownersDefault } = facts
  const before = facts.before ?? NOBODY
  const isLockedToGroups = ownersDefault.locked && ownersDefault.audience.groupIds.length > 0
  return {
    private: decide(NOBODY),
    organization: decide(WHOLE_ORGANIZATION),
    specific: decide(
      isLockedToGroups ? ownersDefault.audience : { ...before, public: false, userIds: [...before.userIds, ANYBODY] },
    ),
    public: decideNewAudience(policies, principal, { ...facts, hasPassword: true }, { ...before, public: true }),
    openLink: decideOpenLink(policies),
    otherGroups: decide({ ...before, public: false, groupIds: [...before.groupIds, ANYBODY] }),
  }
}

/**
 * What whoever looks at connections is told when there are more than the organization means to have; null when there are
 * not. It warns, and nothing decides by it. `more` are about to be added.
 */
export function warnOfConnections(policies: GovernancePolicies, count: number, more = 0): string | null {
  const limit = policies['connections.soft-limit']
  if (limit === null || count + more <= limit) return null
  const there =
    more === 0
      ? `There ${isAre(count)} ${countOf(count)}`
      : `With this one there ${isAre(count + more)} ${countOf(count + more)}`
  return `${there}, and the organization means to have ${limit} at most; remove those that nobody needs.`
}

const isAre = (count: number) => (count === 1 ? 'is' : 'are')
const countOf = (count: number) => (count === 1 ? '1 connection' : `${count} connections`)

/** Whether there may be one more of what has a limit. The count must be read so that it still holds when it is made. */
export function decideRoom(policies: GovernancePolicies, id: LimitId, count: number): Decision {
  const limit = policies[id]
  if (limit === null || count < limit) return allowed(id)
  const there = count === 1 ? `is 1 ${LIMITED_THINGS[id]}` : `are ${count} ${LIMITED_THINGS[id]}s`
  return refuse(id, `There ${there}, and the organization allows ${limit}; ${WHO_CHANGES_LIMITS}`)
}

/** Whether a token may be made so, or changed to be so: `before` is null for a new one. */
export function decideTokenTerms(
  policies: GovernancePolicies,
  principal: Principal,
  before: TokenTerms | null,
  after: TokenTerms,
  now: Date,
): Decision {
  const hadEverything = new Set(before?.grants.filter(isEverything).map((grant) => grant.connection_name))
  const isWidened = after.grants.some((grant) => isEverything(grant) && !hadEverything.has(grant.connection_name))
  if (isWidened) {
    const decision = decideMaking(policies, principal, 'tokens.everything')
    if (!decision.allowed) return decision
  }
  const losesReferers = after.referers.length === 0 && (before === null || before.referers.length > 0)
  if (policies['tokens.referers'] && losesReferers) {
    return refuse('tokens.referers', `A token must name the sites that use it, its referers; ${WHO_CHANGES_IT}`)
  }
  const days = policies['tokens.lifetime']
  const lasts = after.expiresAt === null ? Number.POSITIVE_INFINITY : after.expiresAt.getTime() - now.getTime()
  if (before === null && days !== null && lasts > days * DAY_MS) {
    const within = days === 1 ? 'a day' : `${days} days`
    return refuse('tokens.lifetime', `A new token must end within ${within}; ${WHO_CHANGES_IT}`)
  }
  return allowed('tokens')
}

/** What a form for a new token greys out, and why. */
export interface TokenChoices {
  /** A grant of everything on a connection. */
  readonly everything: Decision
  /** No referer at all. */
  readonly anySite: Decision
  /** The most days that it may last; null when there is no limit. */
  readonly longestDays: number | null
  /** No end at all. */
  readonly endless: Decision
}

/** What `decideTokenTerms` says of each single choice. */
export function listTokenChoices(policies: GovernancePolicies, principal: Principal, now: Date): TokenChoices {
  const days = policies['tokens.lifetime']
  const narrow: TokenTerms = {
    grants: [{ connection_name: 'any', source: 'any.table' }],
    referers: ['https://example.org'],
    expiresAt: now,
  }
  const decide = (terms: Partial<TokenTerms>) =>
    decideTokenTerms(policies, principal, null, { ...narrow, ...terms }, now)
  return {
    everything: decide({ grants: [{ connection_name: 'any', source: EVERYTHING }] }),
    anySite: decide({ referers: [] }),
    longestDays: days,
    endless: decide({ expiresAt: null }),
  }
}

/** Whether somebody may ask for access to a map. */
export function decideAccessRequest(policies: GovernancePolicies): Decision {
  if (policies['access.requests']) return allowed('access.requests')
  return refuse('access.requests', `Nobody asks for access here; ${WHO_CHANGES_IT}`)
}

/** Somebody whom no group and no list names. */
const ANYBODY = '\u0000anybody'

function decideAmong(id: GovernancePolicyId, makers: Makers, principal: Principal, ability: string): Decision {
  if (makers === 'editors' || (makers === 'admins' && isAdmin(principal))) return allowed(id)
  const who = makers === 'admins' ? 'Only admins' : 'Nobody'
  const { title } = GOVERNANCE_POLICIES[id]
  return refuse(id, `${who} can ${ability}, by the policy "${title}"; ${WHO_CHANGES_IT}`)
}

/** Whom a folder opens what is inside of it to. */
function audienceOfFolder({ audience, ownerId }: Container): Audience {
  return { ...audience, userIds: [...audience.userIds, ...(ownerId === null ? [] : [ownerId])] }
}

/** A token is no admin, whoever made it. */
function isAdmin(principal: Principal): boolean {
  return principal.kind === 'user' && ADMIN_ROLES.includes(principal.role)
}

function isEverything(grant: TokenGrant): boolean {
  return grant.source === EVERYTHING
}

function makersOf(byName: Readonly<Record<string, Makers>>, name: string): Makers {
  return (Object.hasOwn(byName, name) ? byName[name] : undefined) ?? 'editors'
}

function allowed(id: string): Decision {
  return { allowed: true, reason: 'The policies of the organization allow it.', rule: `governance.${id}` }
}

function refuse(id: GovernancePolicyId, reason: string): Decision {
  return { allowed: false, reason, rule: `governance.${id}` }
}

function startSmall(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
}
