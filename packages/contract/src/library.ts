import { type Static, Type } from 'typebox'
import { DOCUMENT_ASSET_KINDS, LIBRARY_ASSET_KINDS } from './asset-kinds.ts'
import { ResourceDeletion } from './asset-management.ts'
import { AudienceBody } from './audience.ts'
import { SharingPreview } from './sharing.ts'
import { UserSummary } from './workspace.ts'

// How people keep their maps, workflows and applications in order: tags, favourites, what they opened last, and what
// they do with many at once.

/** How many tags one asset has at most, how long one is, and how many favourites a person keeps. */
export const LIBRARY_LIMITS = { tags: 20, tagLength: 50, favourites: 500, recent: 50, batch: 200 } as const

const Tag = Type.String({ minLength: 1, maxLength: LIBRARY_LIMITS.tagLength, pattern: '\\S' })
const Tags = Type.Array(Tag, { maxItems: LIBRARY_LIMITS.tags })

/** PUT …/tags: all tags of an asset. Tags that differ in case or accents alone are one. */
export const TagsBody = Type.Object({ tags: Tags })
export const TagsAnswer = Type.Object({ tags: Type.Array(Type.String()) })

/** GET /workspace-api/tags */
export const TagListQuery = Type.Object({
  kind: Type.Optional(Type.Enum([...DOCUMENT_ASSET_KINDS])),
  /** How it begins, in any case and without accents. */
  search: Type.Optional(Type.String({ maxLength: LIBRARY_LIMITS.tagLength })),
})
export type TagListQuery = Static<typeof TagListQuery>
export const TagList = Type.Object({
  /** Of what the person who asks may open, the most used first; at most 100. */
  tags: Type.Array(Type.Object({ tag: Type.String(), count: Type.Integer() })),
})
export type TagList = Static<typeof TagList>

/** GET /workspace-api/map-owners: by whom the maps are that the person who asks may open. */
export const MapOwnerList = Type.Object({ owners: Type.Array(UserSummary) })
export type MapOwnerList = Static<typeof MapOwnerList>

/** Something that is kept at hand. */
export const LibraryItem = Type.Object({
  kind: Type.Enum([...LIBRARY_ASSET_KINDS]),
  id: Type.String(),
  name: Type.String(),
  owner: UserSummary,
  /** When it became a favourite, or was opened last. */
  at: Type.String({ format: 'date-time' }),
})
export type LibraryItem = Static<typeof LibraryItem>
/** GET /workspace-api/favourites, GET /workspace-api/recents: the latest first, of what one may still open. */
export const LibraryList = Type.Object({ items: Type.Array(LibraryItem) })
export type LibraryList = Static<typeof LibraryList>

const batchBounds = { minItems: 1, maxItems: LIBRARY_LIMITS.batch, uniqueItems: true } as const
const Id = Type.String({ minLength: 1, maxLength: 64 })
const AssetBatch = Type.Array(Type.Object({ resourceType: Type.Enum([...LIBRARY_ASSET_KINDS]), id: Id }), batchBounds)
const DocumentBatch = Type.Array(
  Type.Object({ resourceType: Type.Enum([...DOCUMENT_ASSET_KINDS]), id: Id }),
  batchBounds,
)
/** POST /workspace-api/batch/delete */
export const BatchDeleteBody = Type.Object({ resources: AssetBatch })
export type BatchDeleteBody = Static<typeof BatchDeleteBody>
/** POST /workspace-api/batch/share: gives each exactly this audience. */
export const BatchShareBody = Type.Object({
  resources: AssetBatch,
  audience: AudienceBody,
})
export type BatchShareBody = Static<typeof BatchShareBody>
/** POST /workspace-api/batch/share/preview: which would be shared so, and who would gain and lose access to any of them. */
export const BatchSharePreview = Type.Intersect([
  ResourceDeletion,
  Type.Omit(SharingPreview, ['peopleCount', 'breaks']),
])
export type BatchSharePreview = Static<typeof BatchSharePreview>
/** POST /workspace-api/batch/tag: what is not named stays. */
export const BatchTagBody = Type.Object({
  resources: DocumentBatch,
  add: Type.Optional(Tags),
  remove: Type.Optional(Tags),
})
export type BatchTagBody = Static<typeof BatchTagBody>
