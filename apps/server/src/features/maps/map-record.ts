import type { MapDataset, MapDocument, UserSummary } from '@graticule/contract'
import type { Audience, MapAsset } from '@graticule/policy'
import type { Source } from '@graticule/sql'

/** A stored map. */
export interface MapRecord {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly audience: Audience
  readonly publicTokenVersion: number
  readonly revision: number
  readonly document: MapDocument
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The facts about a map that policy decides on. */
export function mapAsset(map: {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly audience: Audience
}): MapAsset {
  return {
    kind: 'map',
    id: map.id,
    organizationId: map.organizationId,
    ownerId: map.owner.id,
    audience: map.audience,
  }
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
