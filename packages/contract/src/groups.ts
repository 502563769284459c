import { type Static, Type } from 'typebox'
import { SHAREABLE_ASSET_KINDS } from './asset-kinds.ts'
import { RoleSchema } from './roles.ts'
import { GroupName } from './sharing.ts'
import { UserSummary } from './workspace.ts'

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Page = {
  search: Type.Optional(Type.String({ maxLength: 200 })),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
}

/** A group of people that assets can be shared with. */
export const GroupSummary = Type.Intersect([
  GroupName,
  Type.Object({
    /** This and the next three are there for those who manage groups, and absent for others. */
    source: Type.Optional(Type.Enum(['manual', 'sso', 'scim'])),
    /** The identity provider that says who is in it; null for a group of another source. */
    origin: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    memberCount: Type.Optional(Type.Integer()),
    createdAt: Type.Optional(Type.String({ format: 'date-time' })),
  }),
])
export type GroupSummary = Static<typeof GroupSummary>

export const GroupListQuery = Type.Object(Page)
export type GroupListQuery = Static<typeof GroupListQuery>
export const GroupList = Type.Object({ groups: Type.Array(GroupSummary), total: Type.Integer() })
export type GroupList = Static<typeof GroupList>

/** An asset that is shared with a group. */
export const GroupAsset = Type.Object({
  kind: Type.Enum([...SHAREABLE_ASSET_KINDS]),
  id: Type.String(),
  /** Null when it is not the asker's to see. */
  name: Type.Union([Type.String(), Type.Null()]),
  owner: Type.Union([UserSummary, Type.Null()]),
})
export type GroupAsset = Static<typeof GroupAsset>

/** GET /workspace-api/groups/:id: a group, with what would be unshared if it were deleted. */
export const GroupDetail = Type.Intersect([GroupSummary, Type.Object({ assets: Type.Array(GroupAsset) })])
export type GroupDetail = Static<typeof GroupDetail>

export const GroupBody = Type.Object({ name: Name })
export const GroupDeletionQuery = Type.Object({
  unshare: Type.Optional(
    Type.Boolean({ description: 'Delete it although assets are shared with it, and unshare those.' }),
  ),
})
/** What the deletion of a group unshared. */
export const GroupDeletion = Type.Object({ unshared: Type.Array(GroupAsset) })
export type GroupDeletion = Static<typeof GroupDeletion>

export const GroupMember = Type.Intersect([UserSummary, Type.Object({ role: RoleSchema })])
export type GroupMember = Static<typeof GroupMember>
export const GroupMemberListQuery = Type.Object(Page)
export type GroupMemberListQuery = Static<typeof GroupMemberListQuery>
export const GroupMemberList = Type.Object({ members: Type.Array(GroupMember), total: Type.Integer() })
export type GroupMemberList = Static<typeof GroupMemberList>
export const GroupMembersBody = Type.Object({
  userIds: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 500, uniqueItems: true }),
})
