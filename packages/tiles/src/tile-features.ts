/** The values of one attribute, one entry per feature. */
export type AttributeColumn =
  /** NaN is NULL. */
  | { readonly name: string; readonly type: 'number'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'string'; readonly values: readonly (string | null)[] }
  | { readonly name: string; readonly type: 'boolean'; readonly values: readonly (boolean | null)[] }

/**
 * Geometries of a tile as they come from a warehouse: columns, not objects. Coordinates are WGS84 degrees.
 * A `binary` geometry is one WKB or TWKB value per feature: feature i is bytes[offsets[i] … offsets[i + 1]).
 */
export type GeometryColumn =
  | { readonly kind: 'points'; readonly longitudes: Float64Array; readonly latitudes: Float64Array }
  | {
      readonly kind: 'wkb' | 'twkb'
      readonly bytes: Uint8Array
      /** featureCount + 1 ascending byte offsets. */
      readonly offsets: Uint32Array
    }

/** Everything that one tile is made of, whichever warehouse it came from. */
export interface TileFeatures {
  readonly count: number
  readonly geometry: GeometryColumn
  /** Feature ids, integers in [1, 2^53), unique and the same in every tile; absent: derived from the geometry. */
  readonly ids?: Float64Array
  readonly attributes: readonly AttributeColumn[]
  /** True when the warehouse already left features out to stay within the budget. */
  readonly dropped: boolean
}
