import { type Static, Type } from 'typebox'
import { REQUESTABLE_ASSET_KINDS, SHAREABLE_ASSET_KINDS } from './asset-kinds.ts'
import { ROLES } from './roles.ts'
import { ACCESS_WAYS, GroupName } from './sharing.ts'
import { UserSummary } from './workspace.ts'

export const ExplainQuery = Type.Object({
  subject: Type.String({
    description:
      'Whose rights: the id of a person, `group:…` for what being in a group gives, `token:…` for an API token, or `anonymous` for visitors, who have nothing but the address.',
    maxLength: 80,
  }),
  action: Type.String({ description: 'Such as `map.read` or `connection.use`.', maxLength: 64 }),
  asset: Type.Optional(
    Type.String({
      description: 'The kind and id of the asset, such as `map:…`; absent for an action that is about none.',
      pattern: `^(${[...SHAREABLE_ASSET_KINDS, 'token', 'named-source', 'oauth-client'].join('|')}):.{1,64}$`,
    }),
  ),
  source: Type.Optional(
    Type.String({
      description: 'One source of the connection that the asset is: the name of a table, or the SQL of a query.',
      maxLength: 20_000,
    }),
  ),
  origin: Type.Optional(
    Type.String({
      description: 'Of a token: the site of the page that would use it. Left out: its referers are told and not asked.',
      maxLength: 500,
    }),
  ),
})
export type ExplainQuery = Static<typeof ExplainQuery>

/** GET /v3/access/explain: why somebody may or may not do something. */
export const AccessExplanation = Type.Object({
  subject: Type.Object({
    kind: Type.Enum(['user', 'group', 'token', 'anonymous']),
    id: Type.String(),
    name: Type.String(),
    /** Null for whoever is no person. */
    email: Type.Union([Type.String(), Type.Null()]),
  }),
  action: Type.String(),
  allowed: Type.Boolean(),
  reason: Type.String({ description: 'The sentence that the person gets.' }),
  rule: Type.String({ description: 'The stable name of the rule that decided.' }),
  /** Every rule that matches, in the order in which they count: the first decides. */
  rules: Type.Array(
    Type.Object({
      effect: Type.Enum(['grant', 'deny']),
      rule: Type.String({ description: 'Its stable name.' }),
      sentence: Type.String(),
      path: Type.Union([Type.Enum([...ACCESS_WAYS]), Type.Null()], {
        description: 'The way by which a grant gets to the person; null for denials and what is about no asset.',
      }),
      /** The group or the project of that way; null without one, and for a project that the asker may not know of. */
      name: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  /** Every way by which the right reaches the person; a group's way names the groups, a project's the projects. */
  paths: Type.Array(
    Type.Object({
      path: Type.Enum([...ACCESS_WAYS]),
      groups: Type.Array(GroupName),
      /** Only those that the asker may know of. */
      projects: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
    }),
  ),
  /**
   * With whose login data behind it would be read: one for a connection, one for each source of a map, none for what has
   * no data behind it. None for a group either, because whose login it is depends on the person.
   */
  credentials: Type.Array(
    Type.Object({
      /** What a map reads there; null for a whole connection, and for what the asker may not know. */
      source: Type.Union([Type.String(), Type.Null()]),
      connection: Type.Union([Type.String(), Type.Null()]),
      isSent: Type.Boolean({ description: 'Whether a statement would be sent at all.' }),
      /** Whose connection it is; null for the system’s, and when nothing would be sent. */
      owner: Type.Union([UserSummary, Type.Null()]),
      sentence: Type.String(),
      /** When nothing would be sent for want of a right: each a single change after which it would. */
      flips: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  /** Each a single change after which the answer would be the other one. */
  flips: Type.Array(
    Type.Object({
      change: Type.Enum([
        'role',
        'own',
        'audience',
        'membership',
        'project',
        'collaborative',
        'password',
        'policy',
        'source',
        'group',
        'grant',
        'api',
        'expiry',
        'owner',
        'referer',
      ]),
      sentence: Type.String(),
    }),
  ),
  /** Governance policies that forbid some ways of it, and the referers of a token. */
  bounds: Type.Array(Type.Object({ policy: Type.String(), sentence: Type.String() })),
  /** Of a group: what its members can, by their role, and whether because of the group. */
  roles: Type.Optional(
    Type.Array(
      Type.Object({
        role: Type.Enum([...ROLES]),
        allowed: Type.Boolean(),
        by: Type.Union([Type.Enum(['group', 'role']), Type.Null()]),
      }),
    ),
  ),
})
export type AccessExplanation = Static<typeof AccessExplanation>

/** GET /v3/access/decisions/{id}: what was refused to whom, and why. */
export const AccessDecision = Type.Object({
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  /** Its name as it is today; null for what has none, or is gone. */
  subject: Type.Object({
    kind: Type.Enum(['user', 'token', 'public-map', 'anonymous', 'system']),
    id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
  }),
  action: Type.Union([Type.String(), Type.Null()]),
  rule: Type.String({ description: 'The stable name of the rule that decided.' }),
  reason: Type.String({ description: 'The sentence that was answered.' }),
  target: Type.Union([Type.String(), Type.Null()], { description: 'What the request named, such as `map:…`.' }),
  route: Type.String({ description: 'Method and pattern of the address.' }),
  requestId: Type.String(),
  sentence: Type.String({ description: 'All of it, for a person to read.' }),
})
export type AccessDecision = Static<typeof AccessDecision>

export const PeopleCountQuery = Type.Object({
  kind: Type.Enum([...SHAREABLE_ASSET_KINDS]),
  ids: Type.String({ description: 'Up to 500 ids, separated by commas.', minLength: 1, maxLength: 32_000 }),
})
export type PeopleCountQuery = Static<typeof PeopleCountQuery>

/** GET /v3/access/people-counts: how many people have access to each; what one may not open is left out. */
export const PeopleCounts = Type.Object({ counts: Type.Record(Type.String(), Type.Integer()) })
export type PeopleCounts = Static<typeof PeopleCounts>

/** What can be asked for: to open something, or to edit a map that one may open. */
export const REQUESTED_ACCESS = ['open', 'edit'] as const
export type RequestedAccess = (typeof REQUESTED_ACCESS)[number]

/** What somebody asks for. */
export const AccessRequestBody = Type.Object({
  kind: Type.Enum([...REQUESTABLE_ASSET_KINDS]),
  id: Type.String({ minLength: 1, maxLength: 64 }),
  wanted: Type.Optional(Type.Enum([...REQUESTED_ACCESS], { description: 'To open it, unless given.' })),
  message: Type.Optional(Type.String({ maxLength: 500 })),
})
export type AccessRequestBody = Static<typeof AccessRequestBody>

/** A request that waits for the answer of an asset's owner. */
export const AccessRequestSummary = Type.Object({
  id: Type.String(),
  asset: Type.Object({
    kind: Type.Enum([...REQUESTABLE_ASSET_KINDS]),
    id: Type.String(),
    title: Type.String(),
  }),
  wanted: Type.Enum([...REQUESTED_ACCESS]),
  requester: UserSummary,
  message: Type.String(),
  createdAt: Type.String({ format: 'date-time' }),
})
export type AccessRequestSummary = Static<typeof AccessRequestSummary>

export const AccessRequestList = Type.Object({ requests: Type.Array(AccessRequestSummary) })
export type AccessRequestList = Static<typeof AccessRequestList>

export const AccessGrantBody = Type.Object({
  expiresAt: Type.Optional(
    Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description:
        'Access ends then; never unless given. Editing has no end: the owner ends it in the sharing of the map.',
    }),
  ),
})
export type AccessGrantBody = Static<typeof AccessGrantBody>
