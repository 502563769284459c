import { type Static, Type } from 'typebox'
import { MAPPABLE_ROLES, RoleSchema } from './roles.ts'
import { DEFAULT_ROLES, UserSummary } from './workspace.ts'

// Roles that follow from groups which an identity provider or SCIM looks after.

/** A group of a directory, with the role that its people get. */
export const MappedGroup = Type.Object({
  id: Type.String(),
  name: Type.String(),
  /** The identity provider's name; null for a group that SCIM keeps. */
  origin: Type.Union([Type.String(), Type.Null()]),
  memberCount: Type.Integer(),
  /** Null for a group that says nothing about roles. */
  role: Type.Union([Type.Enum([...MAPPABLE_ROLES]), Type.Null()]),
})
export type MappedGroup = Static<typeof MappedGroup>

const enabled = Type.Boolean({ description: 'Whether roles follow groups, and are not changed by hand.' })
const defaultRole = Type.Enum([...DEFAULT_ROLES], { description: 'The role of people in no mapped group.' })

/** GET /workspace-api/role-mapping */
export const RoleMappingSettings = Type.Object({
  enabled,
  defaultRole,
  /** Who receives what people own that lose the right to own, or are deleted by a directory. */
  custodian: Type.Union([UserSummary, Type.Null()]),
  /** Every group of a directory, those with a role first. */
  groups: Type.Array(MappedGroup),
})
export type RoleMappingSettings = Static<typeof RoleMappingSettings>

/** POST /workspace-api/role-mapping/plan: the whole mapping as it would be. */
export const RoleMappingBody = Type.Object({
  enabled,
  defaultRole,
  custodianId: Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()]),
  roles: Type.Array(
    Type.Object({
      groupId: Type.String({ minLength: 1, maxLength: 64 }),
      role: Type.Enum([...MAPPABLE_ROLES]),
    }),
    { maxItems: 500 },
  ),
})
export type RoleMappingBody = Static<typeof RoleMappingBody>

/** Somebody whose role a mapping would change. */
export const PlannedRoleChange = Type.Object({
  person: UserSummary,
  from: RoleSchema,
  to: RoleSchema,
  /** Whether the custodian would receive what they own. */
  handsOver: Type.Boolean(),
})
export type PlannedRoleChange = Static<typeof PlannedRoleChange>

/** What saving a mapping would do. */
export const RolePlan = Type.Object({
  changes: Type.Array(PlannedRoleChange),
  /** Why it cannot be saved as it is, a sentence each. */
  problems: Type.Array(Type.String()),
  /** Of this very plan; saving needs it, so that nobody saves what they have not seen. */
  version: Type.String(),
})
export type RolePlan = Static<typeof RolePlan>

/** PUT /workspace-api/role-mapping */
export const RoleMappingSaveBody = Type.Intersect([
  RoleMappingBody,
  Type.Object({
    planVersion: Type.String({ maxLength: 100, description: 'The version of the plan that was looked at.' }),
  }),
])
export type RoleMappingSaveBody = Static<typeof RoleMappingSaveBody>
