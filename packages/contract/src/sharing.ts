import { type Static, Type } from 'typebox'
import { PrivacySchema, RoleSchema, SharingScopeSchema } from './roles.ts'
import { Permission, UserSummary } from './workspace.ts'

// Whom an asset is shared with, as the workspace and CARTO's API spell it.

/** A group by what those who share with it need to know. */
export const GroupName = Type.Object({ id: Type.String(), name: Type.String() })
export type GroupName = Static<typeof GroupName>

/** The ways by which rights get from assets to people. */
export const ACCESS_WAYS = [
  'owner',
  'user',
  'group',
  'organization',
  'public',
  'project',
  'collaborator',
  'role',
] as const

/** Somebody who has access. */
export const PersonWithAccess = Type.Intersect([
  UserSummary,
  Type.Object({
    role: RoleSchema,
    /**
     * Every way on which their access comes: owning, being named, a group, the organization, the public link, a project
     * around it, a role.
     */
    paths: Type.Array(Type.Enum([...ACCESS_WAYS])),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'When the sharing with them by name ends.' })),
  }),
])
export type PersonWithAccess = Static<typeof PersonWithAccess>

/** What a project around an asset adds to its audience. Its name is null for those who may not know of the project. */
export const InheritedSharing = Type.Object({
  project: Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) }),
  owner: Type.Union([UserSummary, Type.Null()]),
  /** Whether it is shared with everybody of the organization except guests. */
  organization: Type.Boolean(),
  groups: Type.Array(GroupName),
  users: Type.Array(UserSummary),
})
export type InheritedSharing = Static<typeof InheritedSharing>

/** How many people a detail of sharing names at most; the pages of …/sharing/people name all. */
export const NAMED_PEOPLE = 200

/** What governance lets whoever asks choose, each with the reason when it does not. */
export const SharingChoices = Type.Object({
  private: Permission,
  organization: Permission,
  /** People by name, and groups of one's own. */
  specific: Permission,
  /** A public link, with a password where there must be one. */
  public: Permission,
  /** A public link that asks for no password. */
  openLink: Permission,
  /** Groups that one is not in. */
  otherGroups: Permission,
  /** The groups of whoever asks. */
  ownGroupIds: Type.Array(Type.String()),
  locked: Type.Boolean({ description: 'Whether nothing but the default can be chosen.' }),
})
export type SharingChoices = Static<typeof SharingChoices>

/** GET …/sharing: whom an asset is shared with, and who has access in the end. */
export const SharingDetail = Type.Object({
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  groups: Type.Array(GroupName),
  users: Type.Array(Type.Intersect([UserSummary, Type.Object({ role: RoleSchema })])),
  /** Null for what belongs to nobody. */
  owner: Type.Union([UserSummary, Type.Null()]),
  /** What the projects around it add, from the inside out; empty for what is in none. */
  inherited: Type.Array(InheritedSharing),
  /** The first by name of those who have access. */
  people: Type.Array(PersonWithAccess),
  peopleCount: Type.Integer(),
  share: Permission,
  choices: SharingChoices,
})
export type SharingDetail = Static<typeof SharingDetail>

/** GET …/sharing/people: a page of those who have access, by name. */
export const PeopleWithAccessQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200, description: 'Part of a name or an e-mail.' })),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})
export type PeopleWithAccessQuery = Static<typeof PeopleWithAccessQuery>

export const PeopleWithAccess = Type.Object({
  people: Type.Array(PersonWithAccess),
  total: Type.Integer({ description: 'How many the search finds, on all pages.' }),
})
export type PeopleWithAccess = Static<typeof PeopleWithAccess>

/** POST …/sharing/preview: who would gain and lose access, before anything has happened. */
export const SharingPreview = Type.Object({
  /** Those who would gain it, by name. */
  gains: Type.Array(UserSummary),
  gainCount: Type.Integer(),
  losses: Type.Array(UserSummary),
  lossCount: Type.Integer(),
  /** How many people of the organization would have access. */
  peopleCount: Type.Integer(),
  /**
   * Of a connection: whose maps, workflows and tokens read from it and could not any more, with how many of each kind.
   */
  breaks: Type.Array(Type.Object({ owner: UserSummary, counts: Type.Record(Type.String(), Type.Integer()) })),
})
export type SharingPreview = Static<typeof SharingPreview>
