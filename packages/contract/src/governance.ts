import { type Static, Type } from 'typebox'
import { MakersSchema } from './makers.ts'
import { GroupName } from './sharing.ts'
import { UserSummary } from './workspace.ts'

// What an organization forbids its people to do from now on, and whom new assets are shared with to begin with.

/** By the id of a provider, or of a way to sign in. What is not named is left to everybody who may make connections. */
const MakersByName = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]{0,40}$' }), MakersSchema, {
  maxProperties: 50,
})
const Limit = Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.Null()])
/** Networks such as 203.0.113.0/24 and 2001:db8::/32, and single addresses; null for any. */
const AddressRanges = Type.Union([
  Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200, uniqueItems: true }),
  Type.Null(),
])
/** The most days that a token may be made to last for. */
export const LONGEST_TOKEN_DAYS = 3_650

/** Every policy with its value. The server keeps those that say something; the others have their permissive value. */
export const GovernancePolicies = Type.Object(
  {
    'connections.create': MakersSchema,
    'connections.providers': MakersByName,
    'connections.sign-in': MakersByName,
    'connections.share': MakersSchema,
    'connections.soft-limit': Limit,
    'connections.viewer-credentials': Type.Boolean(),
    'connections.owner-rights': Type.Boolean({
      description:
        'Whether reading with the rights of somebody else is refused where everybody has a login of their own.',
    }),
    'maps.public': MakersSchema,
    'maps.public-password': Type.Boolean(),
    'maps.public-viewer-credentials': Type.Boolean(),
    'maps.limit': Limit,
    'maps.public-limit': Limit,
    'applications.limit': Limit,
    'embeds.origins': Type.Union([
      Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 50, uniqueItems: true }),
      Type.Null(),
    ]),
    'sharing.own-groups': Type.Boolean(),
    'access.requests': Type.Boolean(),
    'people.addresses': AddressRanges,
    'tokens.addresses': AddressRanges,
    'tokens.lifetime': Type.Union([Type.Integer({ minimum: 1, maximum: LONGEST_TOKEN_DAYS }), Type.Null()]),
    'tokens.referers': Type.Boolean(),
    'tokens.everything': MakersSchema,
    'applications.register': MakersSchema,
    'exports.files': MakersSchema,
    'exports.jobs': MakersSchema,
  },
  { additionalProperties: false },
)
export type GovernancePolicies = Static<typeof GovernancePolicies>

export const DEFAULT_AUDIENCES = ['private', 'organization', 'groups'] as const
/** Whom a new asset is shared with until its owner chooses otherwise. */
export const SharingDefault = Type.Object(
  {
    audience: Type.Enum([...DEFAULT_AUDIENCES]),
    groupIds: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 100, uniqueItems: true }),
    locked: Type.Boolean({ description: 'Whether the owner can choose nothing else.' }),
  },
  { additionalProperties: false },
)
export type SharingDefault = Static<typeof SharingDefault>

const DefaultsByKind = Type.Object(
  {
    map: Type.Optional(SharingDefault),
    connection: Type.Optional(SharingDefault),
    workflow: Type.Optional(SharingDefault),
    application: Type.Optional(SharingDefault),
  },
  { additionalProperties: false },
)
export type DefaultsByKind = Static<typeof DefaultsByKind>

/** A kind that is not named is private at first, and its owner's to share. */
export const SharingDefaults = Type.Object(
  {
    organization: DefaultsByKind,
    /** By the id of a group: of what its members make. */
    groups: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), DefaultsByKind, { maxProperties: 500 }),
  },
  { additionalProperties: false },
)
export type SharingDefaults = Static<typeof SharingDefaults>

/** All that an organization says about governance. */
export const GovernanceDocument = Type.Object(
  { policies: GovernancePolicies, sharingDefaults: SharingDefaults },
  { additionalProperties: false },
)
export type GovernanceDocument = Static<typeof GovernanceDocument>

/** GET /workspace-api/organization/governance */
export const GovernanceSettings = Type.Intersect([
  GovernanceDocument,
  Type.Object({
    /** Grows by one with each change; a PATCH that names an older one is answered 409 `conflict`. */
    revision: Type.Integer(),
    /** How much there is of what has a limit; for those who see the settings of the organization. */
    use: Type.Optional(
      Type.Object({
        maps: Type.Integer(),
        publicMaps: Type.Integer(),
        applications: Type.Integer(),
        connections: Type.Integer(),
      }),
    ),
    /** How many connections there are, while many of them bring a warning. */
    connectionCount: Type.Optional(Type.Integer()),
  }),
])
export type GovernanceSettings = Static<typeof GovernanceSettings>

/** PATCH, and POST …/plan to try it out: policies that are left out stay; the defaults are replaced as a whole. */
export const GovernanceUpdateBody = Type.Object(
  {
    revision: Type.Integer({ minimum: 0 }),
    policies: Type.Optional(Type.Partial(GovernancePolicies, { additionalProperties: false })),
    sharingDefaults: Type.Optional(SharingDefaults),
  },
  { additionalProperties: false },
)
export type GovernanceUpdateBody = Static<typeof GovernanceUpdateBody>

/** One change of a plan, and what follows from it. */
export const GovernanceChange = Type.Object({
  /** The id of a policy, or `sharing-defaults` followed by whose and which. */
  id: Type.String(),
  title: Type.String(),
  /** What will be so. */
  sentence: Type.String(),
  /** Those who will be able to do less, and those who will be able to do more, by name. */
  losers: Type.Array(UserSummary),
  loserCount: Type.Integer(),
  gainers: Type.Array(UserSummary),
  gainerCount: Type.Integer(),
  /** How many things there are that could not be made so any more; they keep working. Null where nothing is counted. */
  kept: Type.Union([Type.Integer(), Type.Null()]),
})
export type GovernanceChange = Static<typeof GovernanceChange>

/** POST /workspace-api/organization/governance/plan */
export const GovernancePlan = Type.Object({ changes: Type.Array(GovernanceChange) })
export type GovernancePlan = Static<typeof GovernancePlan>

/** GET /workspace-api/sharing-defaults/{kind}: whom something new of mine would be shared with. */
export const OwnSharingDefault = Type.Object({
  audience: Type.Enum([...DEFAULT_AUDIENCES]),
  groups: Type.Array(GroupName),
  locked: Type.Boolean(),
  /** Where it comes from, in words. */
  sentence: Type.String(),
})
export type OwnSharingDefault = Static<typeof OwnSharingDefault>
