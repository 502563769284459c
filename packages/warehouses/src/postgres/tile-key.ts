import type { SpatialColumn } from '@graticule/contract'
import { anyOf, raw, type Sql, sourceColumn, sql } from '@graticule/sql'
import {
  type DegreeBounds,
  type KeyRange,
  keyRangeOfTile,
  keyRangesOfBox,
  MAX_QUADBIN_RESOLUTION,
  type TileAddress,
} from '@graticule/tiles'
import { familyOf } from './column-types.ts'
import type { ColumnCandidate } from './spatial-columns.ts'

/** A column that may be a tile key: what `pg_attribute` and `pg_index` say of it. */
export interface KeyCandidate extends ColumnCandidate {
  /** A view can have no index of its own, so there its table must have one and the declaration is believed. */
  readonly isKeyIndexed: boolean
}

/** The comment by which a table says that a column is its tile key (ADR 0048). */
const DECLARATION = /^tile key: quadbin (\d{1,2}) of (.+?)\s*$/m

/** How a table declares a tile key, as the comment of the key's column. */
export function tileKeyDeclaration(resolution: number, geometryColumn: string): string {
  return `tile key: quadbin ${resolution} of ${geometryColumn}`
}

/**
 * The same spatial columns, with the tile key that the table declares for each. Only points have one cell, so a key of
 * lines or polygons is left alone: rows that reach into a tile from outside would be missed.
 */
export function withTileKeys(
  spatialColumns: readonly SpatialColumn[],
  columns: readonly KeyCandidate[],
): SpatialColumn[] {
  const declared = columns.flatMap((column) => {
    const [, resolution, geometryColumn] = DECLARATION.exec(column.comment ?? '') ?? []
    const isUsable = familyOf(column) === 'bigint' && column.isKeyIndexed
    if (!isUsable || Number(resolution) > MAX_QUADBIN_RESOLUTION) return []
    return [{ geometryColumn, tileKey: { column: column.name, resolution: Number(resolution) } }]
  })
  return spatialColumns.map((spatial) => {
    const isPoint = spatial.geometryType === 'Point' && ['geometry', 'geography'].includes(spatial.encoding)
    const found = declared.find(({ geometryColumn }) => geometryColumn === spatial.spatialDataColumn)
    return isPoint && found ? { ...spatial, tileKey: found.tileKey } : spatial
  })
}

/**
 * The condition on the tile key that every row of the tile passes; null without a key. Under row-level security it is
 * what lets an index serve: whole numbers are compared by leakproof functions, boxes are not.
 */
export function tileKeyCondition(spatial: SpatialColumn, tile: TileAddress): Sql | null {
  const { tileKey } = spatial
  return tileKey ? within(tileKey.column, [keyRangeOfTile(tile, tileKey.resolution)]) : null
}

/** The same for a box in degrees. */
export function boxKeyCondition(spatial: SpatialColumn, box: DegreeBounds): Sql | null {
  const { tileKey } = spatial
  return tileKey ? within(tileKey.column, keyRangesOfBox(box, tileKey.resolution)) : null
}

function within(column: string, ranges: readonly KeyRange[]): Sql {
  const key = sourceColumn(column)
  const bigint = raw('::bigint')
  return anyOf(
    ranges.map(({ first, last }) => sql`${key} BETWEEN ${String(first)}${bigint} AND ${String(last)}${bigint}`),
  )
}
