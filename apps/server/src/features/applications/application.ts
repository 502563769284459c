import type { UserSummary } from '@graticule/contract'
import type { ApplicationAsset, Audience } from '@graticule/policy'

/** A stored application of the gallery, without its picture. */
export interface Application {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly name: string
  readonly description: string
  readonly url: string
  readonly hasThumbnail: boolean
  readonly audience: Audience
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The facts about an application that policy decides on. */
export function applicationAsset(application: Application): ApplicationAsset {
  return {
    kind: 'application',
    id: application.id,
    organizationId: application.organizationId,
    ownerId: application.owner.id,
    audience: application.audience,
  }
}
