import { type Static, Type } from 'typebox'
import { TRASHABLE_ASSET_KINDS } from './asset-kinds.ts'
import { PrivacySchema, SharingScopeSchema } from './roles.ts'
import { UserSummary } from './workspace.ts'

/** How many days something rests in the trash before it is deleted for good. */
export const TRASH_DAYS = 30

const Kind = Type.Enum([...TRASHABLE_ASSET_KINDS])

export const TrashKey = Type.Object({ kind: Kind, id: Type.String({ minLength: 1, maxLength: 64 }) })
export type TrashKey = Static<typeof TrashKey>

/** Something that was deleted. Nobody opens it, and nobody but those who may delete it knows of it. */
export const TrashItem = Type.Object({
  kind: Kind,
  id: Type.String(),
  name: Type.String(),
  owner: UserSummary,
  deletedAt: Type.String({ format: 'date-time' }),
  /** The name of whoever deleted it; null when that is not known. */
  deletedBy: Type.Union([Type.String(), Type.Null()]),
  /** When it is deleted for good. */
  purgedAt: Type.String({ format: 'date-time' }),
  /** How it was shared, and would be again once that is confirmed. */
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  /**
   * The folder that it goes back into; null for what was in none, or whose folder is gone. Into one that is shared, or
   * somebody else's, it goes only when it is restored as before.
   */
  project: Type.Union([Type.Object({ name: Type.String(), isShared: Type.Boolean() }), Type.Null()]),
  /** Of a map: the connections that it draws from and that are gone. */
  missingConnections: Type.Array(Type.String()),
})
export type TrashItem = Static<typeof TrashItem>

export const TrashListQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export const TrashList = Type.Object({ items: Type.Array(TrashItem), total: Type.Integer() })
export type TrashList = Static<typeof TrashList>

export const TrashRestoreBody = Type.Object({
  sharing: Type.Enum(['private', 'as-before'], { description: 'Whether it is shared again as it was.' }),
})
export type TrashRestoreBody = Static<typeof TrashRestoreBody>
