import type { GovernancePolicies, Makers } from '@graticule/contract'
import type { Action } from './actions.ts'

export type GovernancePolicyId = keyof GovernancePolicies

/** The policies that leave an ability to some people and not to others. */
export type MakersPolicyId = {
  [Id in GovernancePolicyId]: GovernancePolicies[Id] extends Makers ? Id : never
}[GovernancePolicyId]

/** How the value of a policy is chosen. */
export type PolicyValueKind =
  | 'makers'
  | 'makers-by-provider'
  | 'makers-by-sign-in'
  | 'count'
  | 'days'
  | 'sites'
  | 'addresses'
  | 'switch'

interface GovernancePolicyDefinition<Id extends GovernancePolicyId> {
  readonly value: PolicyValueKind
  /** What it is while an organization says nothing: then it forbids nothing. */
  readonly permissive: GovernancePolicies[Id]
  /** Under which heading it stands; `limits` stand in Settings → Quotas, the others in Settings → Governance. */
  readonly group: 'connections' | 'maps' | 'sharing' | 'people' | 'tokens' | 'applications' | 'exports' | 'limits'
  readonly title: string
  /** What it does, in a sentence for whoever sets it. */
  readonly effect: string
  /** Completes "nobody can …" and "only admins can …". */
  readonly ability: string
  /** The actions that it bounds. */
  readonly restricts: readonly Action[]
  /** Whether it forbids those actions as a whole, and not only some ways of them. */
  readonly isWhole: boolean
}

/** The one registry of governance policies. Each is forward-only: what was made before keeps working. */
export const GOVERNANCE_POLICIES: { readonly [Id in GovernancePolicyId]: GovernancePolicyDefinition<Id> } = {
  'connections.create': {
    value: 'makers',
    permissive: 'editors',
    group: 'connections',
    title: 'Who makes connections',
    effect: 'New connections, of any provider. Those that there are can still be used and edited.',
    ability: 'make connections',
    restricts: ['connection.create'],
    isWhole: true,
  },
  'connections.providers': {
    value: 'makers-by-provider',
    permissive: {},
    group: 'connections',
    title: 'Connections by provider',
    effect: 'Who makes new connections to warehouses of each provider.',
    ability: 'make connections to this provider',
    restricts: ['connection.create'],
    isWhole: false,
  },
  'connections.sign-in': {
    value: 'makers-by-sign-in',
    permissive: {},
    group: 'connections',
    title: 'Connections by how they sign in',
    effect: 'Who makes connections that sign in to their warehouse so, or changes one to sign in so.',
    ability: 'make connections that sign in so',
    restricts: ['connection.create', 'connection.update'],
    isWhole: false,
  },
  'connections.share': {
    value: 'makers',
    permissive: 'editors',
    group: 'connections',
    title: 'Who shares connections',
    effect:
      'Sharing a connection with anybody new. Whom it is shared with already keeps it; taking it away stays possible.',
    ability: 'share connections with anybody new',
    restricts: ['connection.share'],
    isWhole: true,
  },
  'connections.viewer-credentials': {
    value: 'switch',
    permissive: false,
    group: 'connections',
    title: 'Shared connections read with each viewer’s own login',
    effect:
      'A connection is shared with anybody new only while it uses viewer credentials, and a shared one is not changed to lend the login stored in it. What is shared otherwise stays so.',
    ability: 'share a connection that lends the login stored in it',
    restricts: ['connection.create', 'connection.share'],
    isWhole: false,
  },
  'connections.owner-rights': {
    value: 'switch',
    permissive: false,
    group: 'connections',
    title: 'No reading with the rights of somebody else',
    effect:
      'On connections with viewer credentials nothing is read through views or copies that show protected rows with the rights of their owner, through functions that run with those of theirs, or through what cannot be looked into. It holds at once; maps and connections stay.',
    ability: 'read with the rights of somebody else',
    restricts: [],
    isWhole: false,
  },
  'maps.public': {
    value: 'makers',
    permissive: 'editors',
    group: 'maps',
    title: 'Who makes maps public',
    effect: 'New public links. Maps that are public stay public until their owner changes that.',
    ability: 'make maps public',
    restricts: ['map.publish'],
    isWhole: true,
  },
  'maps.public-password': {
    value: 'switch',
    permissive: false,
    group: 'maps',
    title: 'Public links must have a password',
    effect:
      'A map gets a public link only once it has a password, and a link keeps its password. Links without one stay open.',
    ability: 'make a public link without a password',
    restricts: ['map.publish', 'map.share'],
    isWhole: false,
  },
  'maps.public-viewer-credentials': {
    value: 'switch',
    permissive: true,
    group: 'maps',
    title: 'Public maps on connections with viewer credentials',
    effect:
      'On, as CARTO: such a map is made public after a look at what the public would see, read with a publishing login. Off, strict: it is refused. Maps that are public stay so.',
    ability: 'make maps public that read from connections with viewer credentials',
    restricts: ['map.publish'],
    isWhole: false,
  },
  'maps.limit': {
    value: 'count',
    permissive: null,
    group: 'limits',
    title: 'How many maps there may be',
    effect: 'Beyond it nobody makes, copies or restores a map until others are deleted.',
    ability: 'make more maps than that',
    restricts: ['map.create', 'map.duplicate'],
    isWhole: false,
  },
  'maps.public-limit': {
    value: 'count',
    permissive: null,
    group: 'limits',
    title: 'How many public maps there may be',
    effect: 'Beyond it nobody makes a map public until another one is not public any more.',
    ability: 'make more maps public than that',
    restricts: ['map.publish'],
    isWhole: false,
  },
  'connections.soft-limit': {
    value: 'count',
    permissive: null,
    group: 'limits',
    title: 'How many connections there are meant to be',
    effect: 'Beyond it whoever looks at connections or adds one is told so. Nothing is refused.',
    ability: 'make more connections than that without a warning',
    restricts: [],
    isWhole: false,
  },
  'applications.limit': {
    value: 'count',
    permissive: null,
    group: 'limits',
    title: 'How many applications there may be',
    effect: 'Beyond it nobody registers or restores an application until others are deleted.',
    ability: 'register more applications than that',
    restricts: ['application.create'],
    isWhole: false,
  },
  'embeds.origins': {
    value: 'sites',
    permissive: null,
    group: 'maps',
    title: 'Sites that may embed public maps',
    effect: 'Browsers show an embedded map on these sites only. It holds at once, for embeds that there are as well.',
    ability: 'embed maps on other sites',
    restricts: ['map.publish'],
    isWhole: false,
  },
  'sharing.own-groups': {
    value: 'switch',
    permissive: false,
    group: 'sharing',
    title: 'Editors share only with groups that they belong to',
    effect:
      'An editor adds no group that they are not in, and moves nothing into a project that does. Admins share with any group.',
    ability: 'share with groups that they are not in',
    restricts: ['map.share', 'connection.share', 'workflow.share', 'application.share', 'project.share'],
    isWhole: false,
  },
  'access.requests': {
    value: 'switch',
    permissive: true,
    group: 'sharing',
    title: 'People may ask for access to maps',
    effect:
      'Whoever comes to a map that they may not open can ask its owner. Off, nobody new asks; what was asked can be answered.',
    ability: 'ask for access to maps',
    restricts: [],
    isWhole: false,
  },
  'people.addresses': {
    value: 'addresses',
    permissive: null,
    group: 'people',
    title: 'Addresses that people come from',
    effect:
      'From any other address nobody signs in, and no session is answered, those that are running included: support people and administrators too. Public maps stay open.',
    ability: 'come from other addresses',
    restricts: [],
    isWhole: false,
  },
  'tokens.addresses': {
    value: 'addresses',
    permissive: null,
    group: 'tokens',
    title: 'Addresses that API tokens come from',
    effect: 'From any other address no API token is answered, those that there are included. Public maps stay open.',
    ability: 'use API tokens from other addresses',
    restricts: [],
    isWhole: false,
  },
  'tokens.lifetime': {
    value: 'days',
    permissive: null,
    group: 'tokens',
    title: 'The longest life of a token',
    effect: 'New tokens must end within so many days.',
    ability: 'make tokens that last longer',
    restricts: ['token.create'],
    isWhole: false,
  },
  'tokens.referers': {
    value: 'switch',
    permissive: false,
    group: 'tokens',
    title: 'Tokens must name the sites that use them',
    effect: 'New tokens need at least one referer, and no token loses its last one.',
    ability: 'make tokens that work from any site',
    restricts: ['token.create', 'token.update'],
    isWhole: false,
  },
  'tokens.everything': {
    value: 'makers',
    permissive: 'editors',
    group: 'tokens',
    title: 'Who makes tokens for everything on a connection',
    effect: 'New grants of * on a connection, which allow any SQL. Tokens that have one keep it.',
    ability: 'give tokens everything on a connection',
    restricts: ['token.create', 'token.update'],
    isWhole: false,
  },
  'applications.register': {
    value: 'makers',
    permissive: 'editors',
    group: 'applications',
    title: 'Who registers applications',
    effect: 'New applications of the gallery. Those that there are stay, and their owners look after them.',
    ability: 'register applications',
    restricts: ['application.create'],
    isWhole: true,
  },
  'exports.files': {
    value: 'makers',
    permissive: 'editors',
    group: 'exports',
    title: 'Who downloads results of SQL',
    effect:
      'Results as CSV, GeoJSON or NDJSON, or under the name of a file. API tokens count as editors. The connection must allow it too.',
    ability: 'download results of SQL as files',
    restricts: ['sql.run'],
    isWhole: false,
  },
  'exports.jobs': {
    value: 'makers',
    permissive: 'editors',
    group: 'exports',
    title: 'Who starts SQL jobs',
    effect: 'New jobs, which run on after their request. Those that run go on. API tokens count as editors.',
    ability: 'start SQL jobs',
    restricts: ['sql.run'],
    isWhole: false,
  },
}

export const GOVERNANCE_POLICY_IDS = Object.keys(GOVERNANCE_POLICIES) as GovernancePolicyId[]

/** The policies that say how many of something there may be. */
export const LIMIT_IDS = ['maps.limit', 'maps.public-limit', 'applications.limit'] as const
export type LimitId = (typeof LIMIT_IDS)[number]

/** The same with those that warn and refuse nothing: all that stand among the quotas of assets. */
export const QUOTA_IDS = [...LIMIT_IDS, 'connections.soft-limit'] as const
export type QuotaId = (typeof QUOTA_IDS)[number]

/** Those that leave an ability to some people. */
export const MAKERS_POLICIES = GOVERNANCE_POLICY_IDS.filter((id): id is MakersPolicyId => {
  return GOVERNANCE_POLICIES[id].value === 'makers'
})

/** All policies of an organization that says nothing: none forbids anything. */
export const PERMISSIVE_POLICIES: GovernancePolicies = fillPolicies({})

/** All policies: those that are named, and the permissive value of the others. */
export function fillPolicies(named: Partial<GovernancePolicies>): GovernancePolicies {
  const permissive = Object.fromEntries(GOVERNANCE_POLICY_IDS.map((id) => [id, GOVERNANCE_POLICIES[id].permissive]))
  return { ...permissive, ...named } as GovernancePolicies
}
