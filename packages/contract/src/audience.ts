import { type Static, Type } from 'typebox'
import { PublicationWish } from './publishing.ts'
import { PrivacySchema } from './roles.ts'

const Ids = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 500, uniqueItems: true })

/** The audience that an owner wishes for. It replaces the one before as a whole. */
export const AudienceBody = Type.Object({
  privacy: PrivacySchema,
  sharingScope: Type.Optional(
    Type.Enum(['organization', 'specific'], {
      description:
        'For `shared`: everybody of the organization, or those named alone. Absent: the organization, unless any are named.',
    }),
  ),
  groupIds: Type.Optional(Ids),
  /** Guests are reached by their names and their groups only, so some may be named beside the organization. */
  userIds: Type.Optional(Ids),
})
export type AudienceBody = Static<typeof AudienceBody>

/** The audience of a map, which may be published by it. */
export const MapAudienceBody = Type.Object({
  ...AudienceBody.properties,
  publication: Type.Optional(PublicationWish),
})
export type MapAudienceBody = Static<typeof MapAudienceBody>
