import { type Static, Type } from 'typebox'
import { PrivacySchema, SharingScopeSchema } from './roles.ts'
import { Permission, UserSummary } from './workspace.ts'

/** The most that an application's picture may have, in bytes. */
export const MAX_THUMBNAIL_BYTES = 256 * 1024

const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
const Description = Type.String({ maxLength: 1_000 })
const Url = Type.String({ minLength: 1, maxLength: 2_000, description: 'An address that begins with http or https.' })
const Thumbnail = Type.Union([
  Type.String({
    // Base64 takes four characters for three bytes.
    maxLength: Math.ceil((MAX_THUMBNAIL_BYTES * 4) / 3) + 100,
    description: 'A PNG, JPEG or WebP of at most 256 KB as a data URL.',
  }),
  Type.Null(),
])

/** An application of the gallery: a page that somebody built, by its address. */
export const ApplicationSummary = Type.Object({
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  url: Type.String(),
  /** Where its picture is; null for one without. */
  thumbnailUrl: Type.Union([Type.String(), Type.Null()]),
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  owner: UserSummary,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  /** Whether the person who asks keeps it among their favourites. */
  isFavourite: Type.Boolean(),
  permissions: Type.Object({ edit: Permission, delete: Permission, share: Permission }),
})
export type ApplicationSummary = Static<typeof ApplicationSummary>

export const APPLICATION_SCOPES = ['all', 'favourites'] as const
export const ApplicationListQuery = Type.Object({
  scope: Type.Optional(Type.Enum([...APPLICATION_SCOPES])),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type ApplicationListQuery = Static<typeof ApplicationListQuery>
export const ApplicationList = Type.Object({ applications: Type.Array(ApplicationSummary), total: Type.Integer() })
export type ApplicationList = Static<typeof ApplicationList>

export const ApplicationCreateBody = Type.Object({
  name: Name,
  description: Type.Optional(Description),
  url: Url,
  thumbnail: Type.Optional(Thumbnail),
})
export type ApplicationCreateBody = Static<typeof ApplicationCreateBody>
/** PATCH: what is left out stays; a thumbnail of null is taken away. */
export const ApplicationUpdateBody = Type.Partial(ApplicationCreateBody)
export type ApplicationUpdateBody = Static<typeof ApplicationUpdateBody>
