import type { TileLayout } from '../provider.ts'

/** How the values of one attribute travel in a cell of the tile's row. */
export type CellEncoding =
  /** Big-endian float64, NULL as NaN. */
  | 'float64'
  /** Big-endian int64, NULL as the smallest one. */
  | 'int64'
  /** Big-endian int64 microseconds since 2000-01-01 UTC, NULL as the smallest one. */
  | 'microseconds'
  /** One character a row: t, f, or n for NULL. */
  | 'flags'
  /** The text of an array. */
  | 'texts'

export interface AttributeCell {
  readonly name: string
  /** Null: the value is 1 for every feature, and no cell carries it. */
  readonly encoding: CellEncoding | null
}

/** The row of a tile statement: row count, geometry cell or cells, ids if any, then the attributes that have a cell. */
export interface PostgresTileLayout {
  readonly geometry: 'xy' | 'wkb' | 'twkb'
  readonly hasIds: boolean
  readonly attributes: readonly AttributeCell[]
  /** More rows than this and some were left out. */
  readonly maxFeatures: number
  /** Rows are grid cells or the largest features, chosen from more than the budget holds. */
  readonly isReduced: boolean
}

/** The layout as it travels to a worker thread and back. */
export function asTileLayout(layout: PostgresTileLayout): TileLayout {
  return layout as unknown as TileLayout
}

/** The inverse of `asTileLayout`. */
export function fromTileLayout(layout: TileLayout): PostgresTileLayout {
  return layout as unknown as PostgresTileLayout
}
