import { DEFAULT_EXTENT } from './tile-address.ts'
import { MAX_LATITUDE } from './web-mercator.ts'

/** PostGIS writes at most seven decimals into TWKB. */
const MAX_TWKB_PRECISION = 7

/** A degree of latitude covers this many times more of the map at its northern edge than on the equator. */
const EDGE_STRETCH = 1 / Math.cos((MAX_LATITUDE * Math.PI) / 180)

/** The width of one grid cell of a zoom, in degrees of longitude. */
export function gridCellDegrees(z: number, extent: number = DEFAULT_EXTENT): number {
  return 360 / (2 ** z * extent)
}

/**
 * How far, in degrees, a warehouse may move a line when it simplifies before sending: a quarter of a grid cell on
 * the equator, which is half a cell at 60° and one cell at 75° of latitude, where the map is stretched.
 */
export function simplificationToleranceDegrees(z: number, extent: number = DEFAULT_EXTENT): number {
  return gridCellDegrees(z, extent) / 4
}

/**
 * Decimals of a degree for TWKB such that rounding moves nothing by a quarter of a grid cell, at any latitude of the
 * map. Null where seven decimals, the most that TWKB has, would not do: send WKB there.
 */
export function twkbPrecision(z: number, extent: number = DEFAULT_EXTENT): number | null {
  const largestError = gridCellDegrees(z, extent) / 4 / EDGE_STRETCH
  const precision = Math.floor(-Math.log10(2 * largestError)) + 1
  return precision <= MAX_TWKB_PRECISION ? Math.max(0, precision) : null
}
