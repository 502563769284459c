import type { GovernanceDocument, GovernancePolicies, Makers, SharingDefault } from '@graticule/contract'
import { ROLE_TABLE } from './actions.ts'
import type { AddressPolicyId } from './address.ts'
import { ASSET_KINDS } from './asset-kinds.ts'
import { GOVERNANCE_POLICIES, GOVERNANCE_POLICY_IDS, type GovernancePolicyId } from './governance-policies.ts'
import type { UserPrincipal } from './principal.ts'
import { ADMIN_ROLES } from './role-transitions.ts'
import { DEFAULTED_KINDS, type DefaultedKind, findDefault, type MakersGroup } from './sharing-defaults.ts'

/** What the words of a plan need to know. */
export interface PlanNames {
  /** Every group of the organization. */
  readonly groups: readonly MakersGroup[]
  readonly providers: Readonly<Record<string, string>>
  readonly signIns: Readonly<Record<string, string>>
  /** The ids of people whose sessions, or tokens, would not be answered under the documents; for each that changes. */
  readonly outside?: Readonly<
    Partial<Record<AddressPolicyId, { readonly before: readonly string[]; readonly after: readonly string[] }>>
  >
}

/** One thing that changes, and what it does to people. */
export interface PlannedChange {
  readonly id: string
  readonly subject:
    | { readonly type: 'policy'; readonly policy: GovernancePolicyId; readonly name: string | null }
    | { readonly type: 'defaults'; readonly kind: DefaultedKind }
  readonly title: string
  readonly sentence: string
  /** The ids of people who can do less afterwards, and of those who can do more. */
  readonly losers: readonly string[]
  readonly gainers: readonly string[]
}

/** What another document would change, and for whom of these people. */
export function planGovernance(
  before: GovernanceDocument,
  after: GovernanceDocument,
  people: readonly UserPrincipal[],
  names: PlanNames,
): PlannedChange[] {
  const policies = GOVERNANCE_POLICY_IDS.flatMap((id) => planPolicy(id, before.policies, after.policies, people, names))
  const defaults = DEFAULTED_KINDS.flatMap((kind) => planDefaults(kind, before, after, people, names))
  return [...policies, ...defaults]
}

function planPolicy(
  policy: GovernancePolicyId,
  before: GovernancePolicies,
  after: GovernancePolicies,
  people: readonly UserPrincipal[],
  names: PlanNames,
): PlannedChange[] {
  const { restricts, title, value } = GOVERNANCE_POLICIES[policy]
  const able = people.filter(
    ({ role }) => restricts.length === 0 || restricts.some((action) => ROLE_TABLE[action][role] !== 'none'),
  )
  const among = (makers: Makers) => able.filter(({ role }) => isAmong(makers, role)).map(({ userId }) => userId)
  const change = (
    name: string | null,
    sentence: string,
    [losers, gainers]: readonly [readonly string[], readonly string[]],
  ): PlannedChange => ({
    id: name === null ? policy : `${policy}.${name}`,
    subject: { type: 'policy', policy, name },
    title: name === null ? title : `${title}: ${labelOf(policy, name, names)}`,
    sentence,
    losers,
    gainers,
  })
  const compare = (from: Makers, to: Makers) => difference(among(from), among(to))
  if (value === 'makers') {
    const [from, to] = [before[policy] as Makers, after[policy] as Makers]
    return from === to ? [] : [change(null, describeMakers(to, GOVERNANCE_POLICIES[policy].ability), compare(from, to))]
  }
  if (policy === 'connections.providers' || policy === 'connections.sign-in') {
    const named = [...new Set([...Object.keys(before[policy]), ...Object.keys(after[policy])])].sort()
    return named.flatMap((name) => {
      const [from, to] = [before[policy][name] ?? 'editors', after[policy][name] ?? 'editors']
      const ability = `make connections ${policy === 'connections.providers' ? 'to' : 'that sign in with'} ${labelOf(policy, name, names)}`
      return from === to ? [] : [change(name, describeMakers(to, ability), compare(from, to))]
    })
  }
  if (JSON.stringify(before[policy]) === JSON.stringify(after[policy])) return []
  if (policy === 'people.addresses' || policy === 'tokens.addresses') {
    const { before: shutOut, after: shutOutThen } = names.outside?.[policy] ?? { before: [], after: [] }
    return [change(null, describeValue(policy, after), difference(shutOutThen, shutOut))]
  }
  const bound = policy === 'sharing.own-groups' ? able.filter(({ role }) => !ADMIN_ROLES.includes(role)) : able
  const ids =
    policy === 'embeds.origins' || policy === 'connections.soft-limit' ? [] : bound.map(({ userId }) => userId)
  const isStricter = strictness(after, policy) > strictness(before, policy)
  return [change(null, describeValue(policy, after), isStricter ? [ids, []] : [[], ids])]
}

function planDefaults(
  kind: DefaultedKind,
  before: GovernanceDocument,
  after: GovernanceDocument,
  people: readonly UserPrincipal[],
  names: PlanNames,
): PlannedChange[] {
  const describe = (document: GovernanceDocument) => describeDefaults(kind, document, names)
  if (describe(before) === describe(after)) return []
  const existing = new Set(names.groups.map(({ id }) => id))
  const owners = people.filter(({ role }) => ROLE_TABLE[ASSET_KINDS[kind].share][role] !== 'none')
  const free = ({ sharingDefaults }: GovernanceDocument) =>
    owners
      .filter(({ groupIds }) => {
        const groups = names.groups.filter(({ id }) => groupIds.includes(id))
        return !findDefault(sharingDefaults, kind, groups, existing).locked
      })
      .map(({ userId }) => userId)
  const [losers, gainers] = difference(free(before), free(after))
  const id = `sharing-defaults.${kind}`
  const sentence = describe(after)
  return [
    { id, subject: { type: 'defaults', kind }, title: `Whom new ${kind}s are shared with`, sentence, losers, gainers },
  ]
}

/** Whom something new of the kind is shared with, by whose default, in words. */
export function describeDefaults(
  kind: DefaultedKind,
  { sharingDefaults }: GovernanceDocument,
  names: PlanNames,
): string {
  const general = sharingDefaults.organization[kind]
  const special = names.groups.flatMap(({ id, name }) => {
    const value = Object.hasOwn(sharingDefaults.groups, id) ? sharingDefaults.groups[id]?.[kind] : undefined
    return value ? [`those of the group "${name}" ${describeDefault(value, names)}`] : []
  })
  const first = `New ${kind}s are ${general ? describeDefault(general, names) : 'private'}`
  return `${[first, ...special].join('; ')}.`
}

function describeDefault({ audience, groupIds, locked }: SharingDefault, { groups }: PlanNames): string {
  const named = groups.filter(({ id }) => groupIds.includes(id)).map(({ name }) => `"${name}"`)
  const whom = {
    private: 'private',
    organization: 'shared with the whole organization',
    groups: named.length > 0 ? `shared with ${named.join(', ')}` : 'private, because no group is chosen',
  }[audience]
  return locked ? `${whom}, which their owners cannot change` : whom
}

function describeMakers(makers: Makers, ability: string): string {
  const who = { editors: 'Editors and admins', admins: 'Only admins', nobody: 'Nobody' }[makers]
  return `${who} can ${ability}.`
}

function describeValue(policy: GovernancePolicyId, policies: GovernancePolicies): string {
  switch (policy) {
    case 'maps.limit':
      return describeLimit('map', policies['maps.limit'])
    case 'maps.public-limit':
      return describeLimit('public map', policies['maps.public-limit'])
    case 'applications.limit':
      return describeLimit('application', policies['applications.limit'])
    case 'connections.soft-limit': {
      const limit = policies['connections.soft-limit']
      return limit === null
        ? 'Any number of connections brings no warning.'
        : `More than ${limit === 1 ? 'one connection brings' : `${limit} connections bring`} a warning, and nothing is refused.`
    }
    case 'tokens.lifetime': {
      const days = policies['tokens.lifetime']
      return days === null
        ? 'Tokens may last for ever.'
        : `New tokens last ${days === 1 ? 'a day' : `${days} days`} at most.`
    }
    case 'embeds.origins': {
      const sites = policies['embeds.origins']
      if (sites === null) return 'Any site may embed public maps.'
      return sites.length === 0
        ? 'No site may embed public maps.'
        : `Only these sites embed public maps: ${sites.join(', ')}.`
    }
    case 'people.addresses':
      return describeAddresses('People', policies[policy])
    case 'tokens.addresses':
      return describeAddresses('API tokens', policies[policy])
    case 'sharing.own-groups':
      return policies['sharing.own-groups']
        ? 'Editors share only with groups that they belong to.'
        : 'Editors share with any group.'
    case 'access.requests':
      return policies['access.requests'] ? 'People may ask for access to maps.' : 'Nobody asks for access to maps.'
    case 'connections.viewer-credentials':
      return policies['connections.viewer-credentials']
        ? 'Connections are shared only while they read with each viewer’s own login.'
        : 'Connections may be shared with the login that is stored in them.'
    case 'connections.owner-rights':
      return policies['connections.owner-rights']
        ? 'Where everybody reads with a login of their own, nothing is read with the rights of somebody else.'
        : 'Views and functions may read with the rights of their owners everywhere.'
    case 'maps.public-password':
      return policies['maps.public-password']
        ? 'New public links must have a password.'
        : 'Public links need no password.'
    case 'maps.public-viewer-credentials':
      return policies['maps.public-viewer-credentials']
        ? 'New public maps may read from connections with viewer credentials, as CARTO has it.'
        : 'No new public map reads from a connection with viewer credentials (strict).'
    case 'tokens.referers':
      return policies['tokens.referers']
        ? 'New tokens must name the sites that use them.'
        : 'Tokens need not name sites.'
    default:
      return GOVERNANCE_POLICIES[policy].effect
  }
}

function describeAddresses(who: string, ranges: readonly string[] | null): string {
  if (ranges === null) return `${who} come from any address.`
  return ranges.length === 0 ? `${who} come from no address.` : `${who} come from these only: ${ranges.join(', ')}.`
}

function describeLimit(what: string, limit: number | null): string {
  if (limit === null) return `There may be any number of ${what}s.`
  return `There may be ${limit} ${limit === 1 ? what : `${what}s`} at most.`
}

/** Larger for what forbids more; comparable within one policy only. */
function strictness(policies: GovernancePolicies, policy: GovernancePolicyId): number {
  const value = policies[policy]
  if (value === null) return Number.NEGATIVE_INFINITY
  if (typeof value === 'number') return -value
  if (typeof value === 'boolean') return value === GOVERNANCE_POLICIES[policy].permissive ? 0 : 1
  return Array.isArray(value) ? -value.length : 0
}

function isAmong(makers: Makers, role: UserPrincipal['role']): boolean {
  return makers === 'editors' || (makers === 'admins' && ADMIN_ROLES.includes(role))
}

function difference(before: readonly string[], after: readonly string[]): readonly [string[], string[]] {
  const [had, has] = [new Set(before), new Set(after)]
  return [before.filter((id) => !has.has(id)), after.filter((id) => !had.has(id))]
}

function labelOf(policy: GovernancePolicyId, name: string, names: PlanNames): string {
  return (policy === 'connections.providers' ? names.providers[name] : names.signIns[name]) ?? name
}
