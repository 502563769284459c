import { type Static, Type } from 'typebox'
import { MANAGED_ASSET_KINDS } from './asset-kinds.ts'
import { ConnectionDependents, ConnectionOptions } from './connections.ts'
import { CONNECTION_LOGINS, CredentialPolicySchema } from './credentials.ts'
import { PrivacySchema, SharingScopeSchema } from './roles.ts'
import { GroupName } from './sharing.ts'
import { UserSummary } from './workspace.ts'

// What superadmins see and do with the assets of everybody, in the words of CARTO's organization resources.

const ResourceType = Type.Enum([...MANAGED_ASSET_KINDS])

/** An asset by its kind and id. */
export const ResourceKey = Type.Object({
  resourceType: ResourceType,
  id: Type.String({ minLength: 1, maxLength: 64 }),
})
export type ResourceKey = Static<typeof ResourceKey>

export const RESOURCE_ORDERS = ['name', 'updatedAt', 'owner', 'resourceType'] as const
/** GET /v3/accounts/resources */
export const ResourceListQuery = Type.Object({
  resourceType: Type.Optional(ResourceType),
  ownerId: Type.Optional(Type.String({ maxLength: 64 })),
  /** Part of a name. */
  q: Type.Optional(Type.String({ maxLength: 200 })),
  orderBy: Type.Optional(Type.Enum([...RESOURCE_ORDERS])),
  orderDirection: Type.Optional(Type.Enum(['asc', 'desc'])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type ResourceListQuery = Static<typeof ResourceListQuery>

const ConnectionName = Type.Object({ id: Type.String(), name: Type.String() })
export const Resource = Type.Intersect([
  ResourceKey,
  Type.Object({
    name: Type.String(),
    /** Null for what belongs to nobody, which is neither deleted nor transferred. */
    owner: Type.Union([UserSummary, Type.Null()]),
    privacy: PrivacySchema,
    sharingScope: SharingScopeSchema,
    updatedAt: Type.String({ format: 'date-time' }),
    /** What a map or a workflow reads from. */
    connections: Type.Array(ConnectionName),
    /** How many maps and workflows read from it; 0 for what is no connection. */
    dependentCount: Type.Integer(),
  }),
])
export type Resource = Static<typeof Resource>
export const ResourceList = Type.Object({ resources: Type.Array(Resource), total: Type.Integer() })
export type ResourceList = Static<typeof ResourceList>

const ResourceKeys = Type.Array(ResourceKey, { minItems: 1, maxItems: 500, uniqueItems: true })
/** POST /v3/accounts/resources/delete-batch */
export const ResourceDeletionBody = Type.Object({ resources: ResourceKeys })
/** POST /v3/accounts/resources/transfer, and its preview */
export const ResourceTransferBody = Type.Object({
  receiverUserId: Type.String({ minLength: 1, maxLength: 64 }),
  resources: ResourceKeys,
})
export type ResourceTransferBody = Static<typeof ResourceTransferBody>

/** What became of one asset of a batch. The batch itself answers 200 although some failed. */
export const ResourceResult = Type.Intersect([
  ResourceKey,
  Type.Object({ success: Type.Boolean(), failureReason: Type.Optional(Type.String()) }),
])
export type ResourceResult = Static<typeof ResourceResult>
export const ResourceDeletion = Type.Object({ results: Type.Array(ResourceResult) })
export type ResourceDeletion = Static<typeof ResourceDeletion>

/** A map or workflow whose owner could not use its connection after a transfer. */
export const ResourceBreak = Type.Intersect([
  ResourceKey,
  Type.Object({
    name: Type.String(),
    connection: ConnectionName,
    sentence: Type.String(),
    /** What would have to be transferred as well so that it does not break; null when that would not help. */
    together: Type.Union([Type.Intersect([ResourceKey, Type.Object({ name: Type.String() })]), Type.Null()]),
  }),
])
export type ResourceBreak = Static<typeof ResourceBreak>
export const ResourceTransferPreview = Type.Object({ warnings: Type.Array(ResourceBreak) })
export type ResourceTransferPreview = Static<typeof ResourceTransferPreview>
export const ResourceTransfer = Type.Object({
  results: Type.Array(ResourceResult),
  warnings: Type.Array(ResourceBreak),
})
export type ResourceTransfer = Static<typeof ResourceTransfer>

/** GET /v3/accounts/resources/connections/{id}: how a connection is set up, for a superadmin; nothing of it can be changed here. */
export const ConnectionInspection = Type.Object({
  id: Type.String(),
  name: Type.String(),
  aliases: Type.Array(Type.String()),
  providerId: Type.String(),
  /** Null for what belongs to nobody. */
  owner: Type.Union([UserSummary, Type.Null()]),
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  groups: Type.Array(GroupName),
  users: Type.Array(UserSummary),
  credentialPolicy: CredentialPolicySchema,
  logins: Type.Array(Type.Enum([...CONNECTION_LOGINS])),
  config: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Where it leads to, as its owner is shown it: never a secret.',
  }),
  options: ConnectionOptions,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  dependents: ConnectionDependents.properties.dependents,
  data: Type.Object(
    { allowed: Type.Boolean(), reason: Type.String() },
    { description: 'Whether who asks may browse its data, and why or why not.' },
  ),
})
export type ConnectionInspection = Static<typeof ConnectionInspection>
