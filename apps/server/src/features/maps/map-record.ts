import { AppError, type MapDataset, type MapDocument, type UserSummary } from '@graticule/contract'
import { type Audience, isShared, type MapAsset, type Principal, readsDraft } from '@graticule/policy'
import type { Source } from '@graticule/sql'
import type { NamedContainer } from '../../platform/db/audience-column.ts'

/** What rights to a map rest on, as stores read it. */
export interface MapFacts {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly audience: Audience
  /** The folders around it, from the inside out. */
  readonly containers: readonly NamedContainer[]
  readonly isListed: boolean
  readonly isCollaborative: boolean
  /** Whether a password is set; it counts while the map is public. */
  readonly hasPassword: boolean
}

/** A state of a map: its draft, or what was published last. */
export interface MapVersion {
  readonly revision: number
  readonly document: MapDocument
  readonly updatedAt: Date
}

/** What was published last, and by whom; null for somebody who is gone. */
export interface PublishedVersion extends MapVersion {
  readonly by: string | null
}

/** A stored map. */
export interface MapRecord extends MapFacts {
  readonly publicTokenVersion: number
  readonly passwordHash: string | null
  readonly createdAt: Date
  readonly draft: MapVersion
  /** Null before it is shared for the first time. */
  readonly published: PublishedVersion | null
}

/** The facts about a map that policy decides on. */
export function mapAsset(map: MapFacts): MapAsset {
  return {
    kind: 'map',
    id: map.id,
    organizationId: map.organizationId,
    ownerId: map.owner.id,
    audience: map.audience,
    containers: map.containers,
    isListed: map.isListed,
    isLocked: map.audience.public && map.hasPassword,
    isCollaborative: map.isCollaborative,
  }
}

/** What anybody meets who does not edit the map: of one that is shared with nobody, its only state is the draft. */
export function readersVersion(map: MapRecord): MapVersion {
  if (!isShared(mapAsset(map))) return map.draft
  if (map.published) return map.published
  throw new AppError('not_found', 'This map has not been published yet; its owner can publish it in Builder.')
}

/** What this principal, who may open the map, meets of it. */
export function versionFor(principal: Principal, map: MapRecord): MapVersion {
  return readsDraft(principal, mapAsset(map)) ? map.draft : readersVersion(map)
}

/** What a dataset reads. */
export function datasetSource(dataset: MapDataset): Source {
  if (dataset.type === 'table') return { type: 'table', name: dataset.source }
  const { queryParameters } = dataset
  return {
    type: 'query',
    sql: dataset.source,
    ...(hasParameters(queryParameters) ? { parameters: queryParameters } : {}),
  }
}

/** The spatial column that a dataset's `geoColumn` names: the part after the colon, or all of it. */
export function datasetSpatialColumn(dataset: MapDataset): string {
  const colon = dataset.geoColumn.indexOf(':')
  return colon === -1 ? dataset.geoColumn : dataset.geoColumn.slice(colon + 1)
}

function hasParameters(
  parameters: MapDataset['queryParameters'],
): parameters is Exclude<MapDataset['queryParameters'], null | undefined> {
  if (parameters === null || parameters === undefined) return false
  return Array.isArray(parameters) ? parameters.length > 0 : Object.keys(parameters).length > 0
}
