import { getColumnNameFromGeoColumn } from '@carto/api-client'
import type { MapDataset } from '@graticule/contract'
import { type Bounds, isWiderThanHalfTheWorld } from './bounds.ts'
import type { DataAccess } from './data-access.ts'
import { requestColumnStatistics } from './dataset-source.ts'

/** Asks the warehouse where the data of a source lie. Null when it does not tell. */
export async function readSourceBounds(
  dataset: MapDataset,
  access: DataAccess,
  signal?: AbortSignal,
): Promise<Bounds | null> {
  const column = getColumnNameFromGeoColumn(dataset.geoColumn) ?? 'geom'
  const { extent, extentAcrossAntimeridian } = await requestColumnStatistics(dataset, column, access, signal, 'geo')
  const box = extentAcrossAntimeridian ?? extent
  return box ? [box.xmin, box.ymin, box.xmax, box.ymax] : null
}

/**
 * The bounds of the TileJSON, when there are any, but narrower across the antimeridian if the data are; the warehouse
 * is asked only when that may be. Throws when there are none and the warehouse cannot be asked.
 */
export async function findSourceBounds(
  dataset: MapDataset,
  tilejsonBounds: Bounds | undefined,
  access: DataAccess,
  signal?: AbortSignal,
): Promise<Bounds | null> {
  if (!tilejsonBounds) return readSourceBounds(dataset, access, signal)
  if (!isWiderThanHalfTheWorld(tilejsonBounds)) return tilejsonBounds
  try {
    return (await readSourceBounds(dataset, access, signal)) ?? tilejsonBounds
  } catch {
    return tilejsonBounds
  }
}
