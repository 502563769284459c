import { type Static, Type } from 'typebox'
import { TRASHABLE_ASSET_KINDS } from './asset-kinds.ts'
import { NamedSourceName } from './named-sources.ts'
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
  /** Of a project: its subfolders, and how many maps and workflows are still where its deletion put them. Else null. */
  contents: Type.Union([Type.Object({ subfolders: Type.Integer(), items: Type.Integer() }), Type.Null()]),
  /** Of a named source: its connection, and how many API tokens and maps still name it there. Else null. */
  namedBy: Type.Union([
    Type.Object({ connectionName: Type.String(), tokens: Type.Integer(), maps: Type.Integer() }),
    Type.Null(),
  ]),
})
export type TrashItem = Static<typeof TrashItem>

export const TrashListQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export const TrashList = Type.Object({ items: Type.Array(TrashItem), total: Type.Integer() })
export type TrashList = Static<typeof TrashList>

export const TrashRestoreBody = Type.Object({
  sharing: Type.Enum(['private', 'as-before'], {
    description:
      'Whether it is shared again as it was; of a named source, whether the API tokens that name it keep their grants.',
  }),
  /** Of a named source alone: the name that it comes back with, when its own is taken. */
  name: Type.Optional(NamedSourceName),
})
export type TrashRestoreBody = Static<typeof TrashRestoreBody>

/** POST /workspace-api/trash/:kind/:id/restore/preview: what would become of it. */
export const TrashRestorePreview = Type.Object({
  /** Who would gain access to it, or to anything that goes back into it. */
  gains: Type.Array(UserSummary),
  /** Of a project: how many maps and workflows would go back into it. */
  itemCount: Type.Integer(),
  /** Of a named source: the API tokens that would read by it again, by name; another's without it. */
  tokens: Type.Array(Type.Object({ name: Type.Union([Type.String(), Type.Null()]), owner: UserSummary })),
})
export type TrashRestorePreview = Static<typeof TrashRestorePreview>
