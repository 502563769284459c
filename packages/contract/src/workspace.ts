import { type Static, Type } from 'typebox'
import { AudienceBody } from './audience.ts'
import { CONNECTION_LIMITS, ConnectionOptions } from './connections.ts'
import {
  CONNECTION_LOGINS,
  CREDENTIAL_STATES,
  CredentialPolicySchema,
  ViewerAuthenticationSchema,
  ViewerTokenSettings,
} from './credentials.ts'
import { ShownBranding } from './customization.ts'
import { MapDocument } from './map-document.ts'
import { PlanVersion } from './plan-version.ts'
import { PublicationWish } from './publishing.ts'
import { PrivacySchema, RoleSchema, SharingScopeSchema } from './roles.ts'

// The HTTP bodies that the web workspace exchanges with the server. CARTO's wire formats stand in their own files.

const Timestamp = Type.String({ format: 'date-time' })

export const UserSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  email: Type.String(),
  isSupport: Type.Optional(
    Type.Boolean({
      description: 'True in lists of people for somebody who is here for a grant of support access alone.',
    }),
  ),
})
export type UserSummary = Static<typeof UserSummary>

/** GET /auth/session */
export const SessionInfo = Type.Object({
  user: Type.Object({
    id: Type.String(),
    name: Type.String(),
    email: Type.String(),
    role: RoleSchema,
  }),
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  /** Of a support person: by which grant they are here, and until when. */
  support: Type.Optional(Type.Object({ grantId: Type.String(), endsAt: Timestamp })),
  /** True while the demo organization is the one that is signed in to. */
  demo: Type.Boolean(),
  /** Base URL of the API as other programs should use it. */
  apiBaseUrl: Type.String(),
  /** Present while the person is only looked as: by whom, and until when. */
  viewedBy: Type.Optional(Type.Object({ name: Type.String(), until: Timestamp })),
})
export type SessionInfo = Static<typeof SessionInfo>

/** POST /auth/view-as */
export const ViewAsBody = Type.Object({ userId: Type.String({ maxLength: 64 }) })
export type ViewAsBody = Static<typeof ViewAsBody>

/** GET /auth/sessions */
export const SessionSummary = Type.Object({
  id: Type.String(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  /** When it ends in any case. */
  expiresAt: Timestamp,
  /** When it ends unless it is used before. */
  idleExpiresAt: Timestamp,
  userAgent: Type.String(),
  ipAddress: Type.String(),
  isCurrent: Type.Boolean(),
})
export type SessionSummary = Static<typeof SessionSummary>

/** The fewest characters of a new password. */
export const MIN_PASSWORD_LENGTH = 10
const NewPassword = Type.String({ minLength: MIN_PASSWORD_LENGTH, maxLength: 200 })

export const SignInBody = Type.Object({
  email: Type.String(),
  password: Type.String(),
  organizationId: Type.Optional(
    Type.String({ maxLength: 40, description: 'The one that was chosen where the password fits in several.' }),
  ),
})
/** 202 of signing in with a password that fits in several organizations: sign in again with the one that is chosen. */
export const OrganizationChoice = Type.Object({
  organizations: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
})
export type OrganizationChoice = Static<typeof OrganizationChoice>
export const LinkSignInBody = Type.Object({ token: Type.String() })
export const SetupBody = Type.Object({
  token: Type.String(),
  organizationName: Type.String({ minLength: 1, maxLength: 100 }),
  name: Type.String({ minLength: 1, maxLength: 100 }),
  email: Type.String({ minLength: 3, maxLength: 254 }),
  password: NewPassword,
})

/** GET /auth/setup: whether a set-up link may still be used, and what it says already. */
export const SetupOffer = Type.Object({
  valid: Type.Boolean(),
  organizationName: Type.Union([Type.String(), Type.Null()]),
  /** The only e-mail that the link is good for; null where whoever holds it names theirs. */
  email: Type.Union([Type.String(), Type.Null()]),
})
export type SetupOffer = Static<typeof SetupOffer>

/** GET /auth/organization-creation: whether visitors may create an organization. */
export const OrganizationCreationOffer = Type.Object({ open: Type.Boolean() })
export type OrganizationCreationOffer = Static<typeof OrganizationCreationOffer>
export const OrganizationCreationBody = Type.Object({
  organizationName: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  email: Type.String({ minLength: 3, maxLength: 254 }),
})
export type OrganizationCreationBody = Static<typeof OrganizationCreationBody>

/** What an organization may give to people who come without an invitation. */
export const DEFAULT_ROLES = ['viewer', 'editor'] as const
const SeatUse = Type.Object({
  used: Type.Integer(),
  /** Null: any number. */
  limit: Type.Union([Type.Integer(), Type.Null()]),
})
/** How long a session may rest, and how long it may last, in minutes. */
export const SESSION_LIMITS = {
  idleMinutes: { least: 5, most: 90 * 24 * 60 },
  absoluteMinutes: { least: 15, most: 365 * 24 * 60 },
} as const
const SessionLength = Type.Object({
  /** Null: as the server is set. */
  idleMinutes: Type.Union([Type.Integer(), Type.Null()]),
  absoluteMinutes: Type.Union([Type.Integer(), Type.Null()]),
  /** How the server is set. */
  defaults: Type.Object({ idleMinutes: Type.Number(), absoluteMinutes: Type.Number() }),
})
const minutesWithin = ({ least, most }: { least: number; most: number }) =>
  Type.Optional(Type.Union([Type.Integer({ minimum: least, maximum: most }), Type.Null()]))
/** GET /workspace-api/organization */
export const OrganizationSettings = Type.Object({
  id: Type.String(),
  name: Type.String(),
  defaultRole: Type.Enum([...DEFAULT_ROLES]),
  /** Whether everybody who signs in with a password here must prove a second factor too. */
  secondFactorRequired: Type.Boolean(),
  sessionLength: SessionLength,
  /** Superadmins, admins and editors take a seat of editors, viewers and guests one of viewers. */
  seats: Type.Object({ editor: SeatUse, viewer: SeatUse }),
})
export type OrganizationSettings = Static<typeof OrganizationSettings>
const SeatLimit = Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000 }), Type.Null()]))
const organizationChanges = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })),
  defaultRole: Type.Optional(Type.Enum([...DEFAULT_ROLES])),
  secondFactorRequired: Type.Optional(Type.Boolean()),
  sessionLength: Type.Optional(
    Type.Object({
      idleMinutes: minutesWithin(SESSION_LIMITS.idleMinutes),
      absoluteMinutes: minutesWithin(SESSION_LIMITS.absoluteMinutes),
    }),
  ),
  seats: Type.Optional(Type.Object({ editor: SeatLimit, viewer: SeatLimit })),
}
/** PATCH: what is left out stays. */
export const OrganizationUpdateBody = Type.Object({
  ...organizationChanges,
  planVersion: PlanVersion,
})
export type OrganizationUpdateBody = Static<typeof OrganizationUpdateBody>

/** POST …/plan: a change of the organization, or of how people come to it without an invitation. */
export const OrganizationPlanBody = Type.Object({
  ...organizationChanges,
  takesJoinRequests: Type.Optional(Type.Boolean()),
  autoJoin: Type.Optional(Type.Boolean()),
})
export type OrganizationPlanBody = Static<typeof OrganizationPlanBody>

/** What asks for the organization's name before it happens. */
export const TypedNameBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'The name of the organization, typed to confirm.' }),
})

/** What the person who asks may do with one asset; the web app greys out the rest, with the reason. */
export const Permission = Type.Object({ allowed: Type.Boolean(), reason: Type.Optional(Type.String()) })
export type Permission = Static<typeof Permission>

export const MapSummary = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  owner: UserSummary,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  layerCount: Type.Integer(),
  /** The folder that it is in; null at the top, and for those who may not open the folder. */
  project: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  /** The projects around it that give it to others, whatever its own sharing; those that the asker may open, and the owner is told of the others without their names. */
  sharedThrough: Type.Array(Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) })),
  connectionNames: Type.Array(Type.String()),
  tags: Type.Array(Type.String()),
  /** Whether the person who asks keeps it among their favourites. */
  isFavourite: Type.Boolean(),
  publishedWithPassword: Type.Boolean({ description: 'Whether a password stands before its public link.' }),
  discoverable: Type.Boolean({
    description: 'False for one that opens by its address and stands in nobody’s list but its owner’s.',
  }),
  collaborative: Type.Boolean({ description: 'Whether other editors who may open it may edit it.' }),
  publishedAt: Type.Union([Timestamp, Type.Null()], {
    description: 'When the version was published that readers see; null while it is private.',
  }),
  hasUnpublishedChanges: Type.Boolean({
    description: 'Whether its draft is ahead of what readers see; told to those who may edit it alone.',
  }),
  permissions: Type.Object({
    edit: Permission,
    delete: Permission,
    share: Permission,
    duplicate: Permission,
    /** Put it into a project, or take it out. */
    move: Permission,
    publish: Permission,
  }),
})
export type MapSummary = Static<typeof MapSummary>

/**
 * GET /workspace-api/maps/:id: one map, with what is needed to draw it. Whoever may edit it gets the draft, everybody
 * else what was published last: document, title, revision and all.
 */
export const MapDetail = Type.Intersect([
  MapSummary,
  Type.Object({
    /** Grows by one with each change; a PATCH that names an older one is answered 409 `conflict`. */
    revision: Type.Integer(),
    document: MapDocument,
    /** Where anyone may open it; only while it is public. */
    publicUrl: Type.Union([Type.String(), Type.Null()]),
    embedUrl: Type.Union([Type.String(), Type.Null()]),
    publishedBy: Type.Union([Type.String(), Type.Null()], {
      description: 'The name of who published it last; told to those who may edit it alone.',
    }),
    hasPassword: Type.Boolean({ description: 'Whether a password is set, which counts while the map is public.' }),
  }),
])
export type MapDetail = Static<typeof MapDetail>

/** A basemap offered in Builder. */
export const BasemapSummary = Type.Object({
  id: Type.String(),
  label: Type.String(),
  scheme: Type.Enum(['light', 'dark']),
  styleUrl: Type.String(),
  /** From where else than this server a browser loads it. */
  origins: Type.Array(Type.String()),
})
export type BasemapSummary = Static<typeof BasemapSummary>

/** GET /workspace-api/viewer/maps/:id: a map for whoever may open it, signed in or not. */
/** GET /workspace-api/viewer/maps/:id */
export const ViewerMapQuery = Type.Object({
  version: Type.Optional(
    Type.Enum(['published'] as const, {
      description: 'What readers meet, for those who would meet the draft otherwise.',
    }),
  ),
})
export type ViewerMapQuery = Static<typeof ViewerMapQuery>
export const ViewerMap = Type.Intersect([
  MapDetail,
  Type.Object({
    /** Reads exactly the datasets of a public map, to be sent as a Bearer token; null: the session reads them. */
    token: Type.Union([Type.String(), Type.Null()]),
    /** What the map is drawn on: the default one when its own is not there any more. */
    basemap: Type.Intersect([BasemapSummary, Type.Object({ isFallback: Type.Boolean() })]),
    branding: ShownBranding,
  }),
])
export type ViewerMap = Static<typeof ViewerMap>

export const MAP_SCOPES = ['all', 'mine', 'shared', 'favourites', 'recent'] as const
export const MAP_ORDERS = ['updatedAt', 'createdAt', 'title', 'openedAt'] as const
export const MapListQuery = Type.Object({
  scope: Type.Optional(
    Type.Enum([...MAP_SCOPES], { description: '`recent`: what the person who asks opened, the latest first.' }),
  ),
  /** Only those right in this folder. */
  projectId: Type.Optional(Type.String({ maxLength: 64 })),
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Words, in any case and without accents. Each must begin a word of the title, the description, or a connection or table that the map draws from; for those who may list people, or of the name or e-mail address of its owner.',
    }),
  ),
  ownerId: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  tag: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  privacy: Type.Optional(PrivacySchema),
  orderBy: Type.Optional(
    Type.Enum([...MAP_ORDERS], { description: '`openedAt`: when the person who asks opened it last.' }),
  ),
  orderDirection: Type.Optional(Type.Enum(['asc', 'desc'])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type MapListQuery = Static<typeof MapListQuery>
export const MapList = Type.Object({ maps: Type.Array(MapSummary), total: Type.Integer() })
export type MapList = Static<typeof MapList>

export const MapCreateBody = Type.Object({
  document: Type.Optional(MapDocument),
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
/** PATCH: replaces the document as a whole; `revision` is the one that was read. */
export const MapUpdateBody = Type.Object({ revision: Type.Integer(), document: MapDocument })
/** POST …/publish: `revision` is the draft that was looked at. */
export const MapPublishBody = Type.Object({
  revision: Type.Integer(),
  /** Of a public map that comes to show more. */
  publication: Type.Optional(PublicationWish),
})

/** The password of a public link. */
const LinkPassword = Type.String({ minLength: 4, maxLength: 200 })
/** PATCH …/sharing-options: what stays out stays as it is. */
export const MapSharingOptionsBody = Type.Object({
  password: Type.Optional(Type.Union([LinkPassword, Type.Null()], { description: 'Null takes it away.' })),
  discoverable: Type.Optional(Type.Boolean()),
  collaborative: Type.Optional(Type.Boolean()),
})
export type MapSharingOptionsBody = Static<typeof MapSharingOptionsBody>

/** POST /v3/maps/public/:id/unlock: proves the password of a public link. */
export const MapUnlockBody = Type.Object({ password: Type.String({ maxLength: 200 }) })
/** The token that reads the map and its data, to be sent as a Bearer token; it ends with the password. */
export const MapUnlock = Type.Object({ token: Type.String() })
export type MapUnlock = Static<typeof MapUnlock>

export const ConnectionSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  providerId: Type.String(),
  owner: UserSummary,
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  credentialPolicy: CredentialPolicySchema,
  /** How each person proves who they are, where everybody reads with a login of their own. */
  viewerAuthentication: ViewerAuthenticationSchema,
  /** Which token is sent and as whom, for those who see the configuration; null where none is. */
  viewerToken: Type.Union([ViewerTokenSettings, Type.Null()]),
  /** What the stored configuration signs in with, which says how it can be shared. */
  logins: Type.Array(Type.Enum([...CONNECTION_LOGINS])),
  /** How you stand with a login of your own; null where none is asked of you. */
  myCredentials: Type.Union([Type.Enum([...CREDENTIAL_STATES]), Type.Null()]),
  /** True for the demo warehouse, which nobody can edit. */
  embedded: Type.Boolean(),
  /** The configuration without its secrets. */
  config: Type.Record(Type.String(), Type.Unknown()),
  /** The ways in which it signs in to its warehouse, for those who see the configuration. */
  signIns: Type.Optional(Type.Array(Type.String())),
  options: ConnectionOptions,
  /** Names that it had before and still answers to. */
  aliases: Type.Array(Type.String()),
  /** Grows with every edit; an edit that names an older one is refused. */
  revision: Type.Integer(),
  /** Whether whoever asks keeps it at hand. */
  bookmarked: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  permissions: Type.Object({ edit: Permission, delete: Permission, share: Permission }),
})
export type ConnectionSummary = Static<typeof ConnectionSummary>

/** What a new connection is answered with. */
export const ConnectionCreated = Type.Intersect([
  ConnectionSummary,
  Type.Object({
    /** What the organization would rather not have, a sentence each: nothing was refused for it. */
    warnings: Type.Array(Type.String()),
  }),
])
export type ConnectionCreated = Static<typeof ConnectionCreated>

/** 3–50 lower-case letters, digits, `-` or `_`, neither first nor last a dash or underscore. */
const ConnectionName = Type.String({ minLength: 3, maxLength: 50, pattern: '^[a-z0-9][a-z0-9_-]*[a-z0-9]$' })

const PostureReason = Type.String({
  maxLength: 1_000,
  description:
    'Why viewer credentials are switched on although the check of the login found something red; kept in the log.',
})
export const ConnectionCreateBody = Type.Object({
  name: ConnectionName,
  providerId: Type.String(),
  config: Type.Record(Type.String(), Type.Unknown()),
  options: Type.Optional(Type.Partial(ConnectionOptions)),
  credentialPolicy: Type.Optional(CredentialPolicySchema),
  viewerAuthentication: Type.Optional(ViewerAuthenticationSchema),
  viewerToken: Type.Optional(ViewerTokenSettings),
  postureReason: Type.Optional(PostureReason),
  ...Type.Partial(AudienceBody).properties,
})
export const ConnectionUpdateBody = Type.Object({
  /** The one before goes on as an alias. */
  name: Type.Optional(ConnectionName),
  /** Replaces all that is not secret. A secret that is left out is kept; null removes it. */
  config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  /** Those that are left out stay. */
  options: Type.Optional(Type.Partial(ConnectionOptions)),
  /** Those of its aliases that are kept. */
  aliases: Type.Optional(Type.Array(Type.String(), { maxItems: CONNECTION_LIMITS.aliases })),
  /** The revision that the edit was made on; 409 when it is an older one. */
  revision: Type.Optional(Type.Integer()),
  credentialPolicy: Type.Optional(CredentialPolicySchema),
  viewerAuthentication: Type.Optional(ViewerAuthenticationSchema),
  viewerToken: Type.Optional(ViewerTokenSettings),
  postureReason: Type.Optional(PostureReason),
  ...Type.Partial(AudienceBody).properties,
})

export const TOKEN_APIS = ['sql', 'maps', 'imports', 'lds'] as const
export const TokenGrant = Type.Object({
  connection_name: Type.String({ minLength: 1 }),
  /** `schema.table`, `schema.*`, the exact SQL of a query, or `*` for anything on the connection. */
  source: Type.String({ minLength: 1 }),
})
export type TokenGrant = Static<typeof TokenGrant>
export const TokenSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** The first characters, to recognise it by; the whole is shown once, when it is made. */
  prefix: Type.String(),
  grants: Type.Array(TokenGrant),
  allowed_apis: Type.Array(Type.Enum([...TOKEN_APIS])),
  referers: Type.Array(Type.String()),
  createdAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  expiration_date: Type.Union([Timestamp, Type.Null()]),
})
export type TokenSummary = Static<typeof TokenSummary>
export const TokenCreateBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  grants: Type.Array(TokenGrant, { minItems: 1, maxItems: 100 }),
  allowed_apis: Type.Array(Type.Enum([...TOKEN_APIS]), { minItems: 1 }),
  referers: Type.Optional(Type.Array(Type.String())),
  expiration_date: Type.Optional(Type.Union([Timestamp, Type.Null()])),
})
/** PATCH: what is left out stays. The expiry is fixed when the token is made. */
export const TokenUpdateBody = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  grants: Type.Optional(Type.Array(TokenGrant, { minItems: 1, maxItems: 100 })),
  allowed_apis: Type.Optional(Type.Array(Type.Enum([...TOKEN_APIS]), { minItems: 1 })),
  referers: Type.Optional(Type.Array(Type.String())),
})

/** As `Permission`, for what takes away the right to own. */
const HandoverPermission = Type.Object({
  allowed: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  /** True when the person owns something that somebody has to receive. */
  needsReceiver: Type.Boolean(),
})

/** Somebody of the organization, with what the person who asks may do about them. */
export const PersonSummary = Type.Intersect([
  UserSummary,
  Type.Object({
    role: RoleSchema,
    /** This and the next ten are there for those who look after people, and absent for others. */
    createdAt: Type.Optional(Timestamp),
    /** Null for somebody who never signed in. */
    lastSeenAt: Type.Optional(Type.Union([Timestamp, Type.Null()])),
    /** `SCIM`, or the name of an identity provider; null for somebody who is looked after here alone. */
    managedBy: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    mapCount: Type.Optional(Type.Integer()),
    connectionCount: Type.Optional(Type.Integer()),
    workflowCount: Type.Optional(Type.Integer()),
    applicationCount: Type.Optional(Type.Integer()),
    /** Without their subfolders. */
    projectCount: Type.Optional(Type.Integer()),
    /** API tokens that still work; they end with the right to own. */
    tokenCount: Type.Optional(Type.Integer()),
    hasSecondFactor: Type.Optional(Type.Boolean()),
    /** The names of the groups that they are in. */
    groups: Type.Optional(Type.Array(Type.String())),
    permissions: Type.Object({
      passwordLink: Permission,
      resetSecondFactor: Permission,
      /** Every role that they do not have, the strongest first. */
      roles: Type.Array(Type.Intersect([Type.Object({ role: RoleSchema }), HandoverPermission])),
      delete: HandoverPermission,
    }),
  }),
])
export type PersonSummary = Static<typeof PersonSummary>

export const PERSON_ORDERS = ['name', 'email', 'role', 'lastSeenAt', 'mapCount', 'connectionCount'] as const
export const PersonListQuery = Type.Object({
  /** Part of a name or an e-mail. */
  search: Type.Optional(Type.String({ maxLength: 200 })),
  role: Type.Optional(RoleSchema),
  groupId: Type.Optional(Type.String({ maxLength: 64, description: 'Only the members of this group.' })),
  /** Only those who may own something, and so receive it. */
  mayOwn: Type.Optional(Type.Boolean()),
  /** By name unless said otherwise; the weakest role is the first, and those who were never here come last. */
  orderBy: Type.Optional(Type.Enum([...PERSON_ORDERS])),
  orderDirection: Type.Optional(Type.Enum(['asc', 'desc'])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type PersonListQuery = Static<typeof PersonListQuery>
export const PersonList = Type.Object({ people: Type.Array(PersonSummary), total: Type.Integer() })
export type PersonList = Static<typeof PersonList>

export const RoleChangeBody = Type.Object({
  role: RoleSchema,
  receiverId: Type.Optional(
    Type.String({
      description: 'Who gets what the person owns when they lose the right to own; needed if that is anything.',
    }),
  ),
})
export const UserDeletionQuery = Type.Object({
  receiverId: Type.Optional(Type.String({ description: 'Who gets what the person owns; needed if that is anything.' })),
})

/** How many people are changed by one request at most. */
export const PEOPLE_BATCH_LIMIT = 100
const PersonIds = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  minItems: 1,
  maxItems: PEOPLE_BATCH_LIMIT,
  uniqueItems: true,
})
/** POST /workspace-api/users/batch/role */
export const RoleBatchBody = Type.Intersect([Type.Object({ userIds: PersonIds }), RoleChangeBody])
export type RoleBatchBody = Static<typeof RoleBatchBody>
/** POST /workspace-api/users/batch/delete */
export const UserDeletionBatchBody = Type.Intersect([Type.Object({ userIds: PersonIds }), UserDeletionQuery])
export type UserDeletionBatchBody = Static<typeof UserDeletionBatchBody>
/** What became of one person of a batch. The batch itself answers 200 although some failed. */
export const PersonResult = Type.Object({
  id: Type.String(),
  success: Type.Boolean(),
  failureReason: Type.Optional(Type.String()),
})
export type PersonResult = Static<typeof PersonResult>
export const PersonBatch = Type.Object({ results: Type.Array(PersonResult) })
export type PersonBatch = Static<typeof PersonBatch>

export const INVITATION_STATES = ['pending', 'accepted', 'expired', 'withdrawn'] as const
export type InvitationState = (typeof INVITATION_STATES)[number]
export const Invitation = Type.Object({
  id: Type.String(),
  email: Type.String(),
  role: RoleSchema,
  state: Type.Enum([...INVITATION_STATES]),
  /**
   * Somebody who came with this address and did not take it, as nobody vouches for their address, or for a superadmin: it
   * waits for nobody, and who manages roles gives them theirs.
   */
  passedBy: Type.Union([Type.Object({ role: RoleSchema, since: Timestamp }), Type.Null()]),
  /** Null for somebody who joins by their e-mail's domain. */
  invitedBy: Type.Union([UserSummary, Type.Null()]),
  createdAt: Timestamp,
  /** When its latest link was made; earlier ones do not work any more. */
  sentAt: Timestamp,
  expiresAt: Timestamp,
})
export type Invitation = Static<typeof Invitation>
export const InvitationListQuery = Type.Object({
  state: Type.Optional(Type.Enum([...INVITATION_STATES])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type InvitationListQuery = Static<typeof InvitationListQuery>
export const InvitationList = Type.Object({ invitations: Type.Array(Invitation), total: Type.Integer() })
export type InvitationList = Static<typeof InvitationList>

export const InviteBody = Type.Object({
  emails: Type.Array(Type.String({ maxLength: 254 }), { minItems: 1, maxItems: 100 }),
  role: RoleSchema,
})
export type InviteBody = Static<typeof InviteBody>
export const InvitationSent = Type.Object({
  invitation: Invitation,
  link: Type.Optional(
    Type.String({
      description:
        'Works once, for seven days. It is shown here and never again; absent when it has been mailed to the person.',
    }),
  ),
  mailFailed: Type.Optional(
    Type.Boolean({ description: 'True when there is a mail server and it did not take the mail.' }),
  ),
})
export type InvitationSent = Static<typeof InvitationSent>
/** What became of one address of an invitation. */
export const InviteResult = Type.Union([
  Type.Intersect([Type.Object({ email: Type.String(), outcome: Type.Literal('invited') }), InvitationSent]),
  Type.Object({
    email: Type.String(),
    outcome: Type.Literal('refused'),
    reason: Type.String(),
    rule: Type.String({ description: 'The rule by which it was refused.' }),
  }),
])
export type InviteResult = Static<typeof InviteResult>

/** PATCH /workspace-api/profile: what one may change about oneself. */
export const ProfileUpdateBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
})

export const PasswordChangeBody = Type.Object({
  currentPassword: Type.String({ maxLength: 200 }),
  newPassword: NewPassword,
})
export type PasswordChangeBody = Static<typeof PasswordChangeBody>
export const PasswordLinkRequestBody = Type.Object({ email: Type.String({ minLength: 3, maxLength: 254 }) })
export const PasswordResetBody = Type.Object({ token: Type.String(), newPassword: NewPassword })
export type PasswordResetBody = Static<typeof PasswordResetBody>
export const PasswordLinkSent = Type.Object({
  link: Type.Optional(
    Type.String({ description: 'Works once, for an hour. Absent when it has been mailed to the person.' }),
  ),
  mailFailed: Type.Optional(
    Type.Boolean({ description: 'True when there is a mail server and it did not take the mail.' }),
  ),
})
export type PasswordLinkSent = Static<typeof PasswordLinkSent>

/** GET /workspace-api/outbox */
export const OutboxAnswer = Type.Object({
  /** False where a mail server is set: then mails are sent and none stay. */
  isUsed: Type.Boolean(),
  /** The latest first. */
  mails: Type.Array(
    Type.Object({ id: Type.String(), at: Timestamp, to: Type.String(), subject: Type.String(), text: Type.String() }),
  ),
})
export type OutboxAnswer = Static<typeof OutboxAnswer>

export const InvitationLinkBody = Type.Object({ token: Type.String() })
/** What an invitation's link offers to whoever holds it. */
export const InvitationOffer = Type.Object({
  email: Type.String(),
  role: RoleSchema,
  organizationName: Type.String(),
  /** Null for somebody who joins by their e-mail's domain. */
  inviterName: Type.Union([Type.String(), Type.Null()]),
  expiresAt: Timestamp,
  passwordAllowed: Type.Boolean({
    description:
      'False where single sign-on is enforced: signing in through the provider, which vouches for the address, accepts.',
  }),
})
export type InvitationOffer = Static<typeof InvitationOffer>
export const AcceptInvitationBody = Type.Object({
  token: Type.String(),
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
  password: NewPassword,
})
export type AcceptInvitationBody = Static<typeof AcceptInvitationBody>

export const ActivityOutcome = Type.Union([Type.Literal('ok'), Type.Literal('denied'), Type.Literal('error')])
export type ActivityOutcome = Static<typeof ActivityOutcome>

export const ActivityEvent = Type.Object({
  id: Type.String(),
  at: Timestamp,
  actor: Type.Union([UserSummary, Type.Null()]),
  /** The grant of support access by which the actor was here; null for everybody else. */
  supportGrantId: Type.Union([Type.String(), Type.Null()]),
  /** Dotted, e.g. `session.created`, `map.updated`, `warehouse.statement`. */
  type: Type.String(),
  says: Type.String({ description: 'What happened, as a sentence without its end.' }),
  assetType: Type.Union([Type.String(), Type.Null()]),
  assetId: Type.Union([Type.String(), Type.Null()]),
  requestId: Type.Union([Type.String(), Type.Null()]),
  sessionId: Type.Union([Type.String(), Type.Null()], {
    description: 'Of a person who was signed in: its `session.created` says how, and with which second factor.',
  }),
  /** Its number in the chain of the organization, or of the installation. */
  seq: Type.String(),
  outcome: ActivityOutcome,
  /** Why it was denied or failed, as a word. */
  reasonCode: Type.Union([Type.String(), Type.Null()]),
  /** The decision that is kept about a refusal. */
  decisionId: Type.Union([Type.String(), Type.Null()]),
  ipAddress: Type.Union([Type.String(), Type.Null()]),
  userAgent: Type.Union([Type.String(), Type.Null()]),
  details: Type.Record(Type.String(), Type.Unknown()),
})
export type ActivityEvent = Static<typeof ActivityEvent>
/** Which events are meant. */
export const ActivityFilter = Type.Object({
  type: Type.Optional(
    Type.String({ maxLength: 100, description: 'A type, or its first part: `map` stands for every type below it.' }),
  ),
  assetId: Type.Optional(Type.String({ maxLength: 64, description: 'Only what happened to this one asset.' })),
  userId: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'Only what this person did, or did through a token, or what was done to them.',
    }),
  ),
  outcome: Type.Optional(ActivityOutcome),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Not before this time.' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Before this time.' })),
})
export type ActivityFilter = Static<typeof ActivityFilter>

/** A statement as events name it: without the values that were written into it. */
export const ActivityStatement = Type.Object({ digest: Type.String(), text: Type.String() })

export const ActivityList = Type.Object({
  events: Type.Array(ActivityEvent),
  /** Pass as `before` for the next page; null at the end. */
  next: Type.Union([Type.String(), Type.Null()]),
})
