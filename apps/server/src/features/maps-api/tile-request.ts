import { AppError, type ColumnDescription, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import type { TileBudget, TileRequest } from '@graticule/sql'
import type { SourceDefinition } from './source-definition.ts'

/** The most that one tile holds. Points above it are binned; lines and polygons lose their smallest. */
export const TILE_BUDGET: TileBudget = { maxFeatures: 50_000, maxBytes: 1_000_000 }

/** Columns that are made for a tile rather than read from the source. */
const SYNTHETIC_COLUMNS: ReadonlySet<string> = new Set(['_carto_feature_id', '_carto_point_density'])

/** The way to draw the source that the definition names, of a source that was described as drawn by it. */
export function findSpatialColumn(description: SourceDescription, spatialDataColumn: string): SpatialColumn {
  const found = description.spatialColumns.find((spatial) => spatial.spatialDataColumn === spatialDataColumn)
  if (found) return found
  throw new Error('The source was not described as drawn by this column.')
}

/** The attributes that tiles of a definition carry, in order; throws `column_not_found` for one that does not exist. */
export function tileColumns(
  definition: SourceDefinition,
  description: SourceDescription,
  spatial: SpatialColumn,
): string[] {
  const isAttribute = (column: ColumnDescription) =>
    column.type !== 'geometry' && !(spatial.encoding !== 'lonlat' && spatial.columns.includes(column.name))
  if (definition.columns === null) {
    return description.columns.filter(isAttribute).map((column) => column.name)
  }
  const names: string[] = []
  for (const name of new Set(definition.columns)) {
    if (SYNTHETIC_COLUMNS.has(name)) {
      names.push(name)
      continue
    }
    const column = description.columns.find((candidate) => candidate.name === name)
    if (!column) {
      throw new AppError('column_not_found', 'Column not found', {
        details: { column_name: name },
        hint: `The source has no column "${name}".`,
      })
    }
    // Clients list the geometry among the columns; it is what the tile is made of, not an attribute of it.
    if (isAttribute(column)) names.push(name)
  }
  return names
}

/** What a provider compiles for one tile. */
export function createTileRequest(
  definition: SourceDefinition,
  description: SourceDescription,
  tile: { readonly z: number; readonly x: number; readonly y: number },
  mode: TileRequest['mode'],
): TileRequest {
  const spatial = findSpatialColumn(description, definition.spatialDataColumn)
  return {
    source: definition.source,
    description,
    spatial,
    ...tile,
    tileResolution: definition.tileResolution,
    columns: tileColumns(definition, description, spatial),
    filters: definition.filters,
    withFeatureBbox: definition.withFeatureBbox,
    budget: TILE_BUDGET,
    mode,
  }
}

/** Whether too many features of the source can be binned into cells instead of being dropped. */
export function isBinnable(spatial: SpatialColumn): boolean {
  return spatial.encoding === 'lonlat' || spatial.geometryType === 'Point'
}
