import {
  latitudeFromWorldY,
  longitudeFromWorldX,
  MERCATOR_HALF_SIDE_METERS,
  worldXFromLongitude,
  worldYFromLatitude,
} from './web-mercator.ts'

/** Grid units along a tile's side, as nearly every MVT tile has them. */
export const DEFAULT_EXTENT = 4096

/** The deepest zoom that a tile may have; the absolute grid stays far inside the exact integers. */
export const MAX_TILE_ZOOM = 30

/** A tile of the web-mercator pyramid; y counts from the north. */
export interface TileAddress {
  readonly z: number
  readonly x: number
  readonly y: number
}

/** A box in degrees. `west` may lie below -180 and `east` above 180 for a buffered tile at the antimeridian. */
export interface DegreeBounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** A box in web-mercator meters (EPSG:3857). */
export interface MercatorBounds {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
}

/** True for integers z ≥ 0 and 0 ≤ x, y < 2^z. */
export function isValidTile(z: number, x: number, y: number): boolean {
  if (!Number.isInteger(z) || !Number.isInteger(x) || !Number.isInteger(y)) return false
  if (z < 0 || z > MAX_TILE_ZOOM) return false
  const side = 2 ** z
  return x >= 0 && x < side && y >= 0 && y < side
}

/**
 * The one tile of a zoom that holds a position. Tiles are half-open (west and north edges belong to them);
 * the antimeridian written as exactly 180 belongs to the easternmost tile, further longitudes wrap around, and
 * latitudes beyond the mercator world belong to its first or last row.
 */
export function tileAtPosition(longitude: number, latitude: number, z: number): TileAddress {
  const side = 2 ** z
  const column = Math.floor(worldXFromLongitude(longitude) * side)
  const row = Math.floor(worldYFromLatitude(latitude) * side)
  const x = longitude === 180 ? side - 1 : column - Math.floor(column / side) * side
  return { z, x, y: Math.min(row, side - 1) }
}

/**
 * What a warehouse must look through for a tile: its box in degrees, widened by `buffer` grid units on each side.
 * The first and last rows reach to the poles, since the map draws what lies there on its edge.
 */
export function tileBoundsDegrees(
  z: number,
  x: number,
  y: number,
  buffer = 0,
  extent: number = DEFAULT_EXTENT,
): DegreeBounds {
  const side = 2 ** z
  const margin = buffer / extent
  return {
    west: longitudeFromWorldX((x - margin) / side),
    south: y + 1 + margin >= side ? -90 : latitudeFromWorldY((y + 1 + margin) / side),
    east: longitudeFromWorldX((x + 1 + margin) / side),
    north: y - margin <= 0 ? 90 : latitudeFromWorldY((y - margin) / side),
  }
}

/**
 * The same box once per way of writing its longitudes: as they are, and a turn of the world further east and west,
 * for data that runs past ±180 (a line from 170 to 190) or counts 0…360. Boxes lie within -540…540.
 */
export function tileWindowsDegrees(
  z: number,
  x: number,
  y: number,
  buffer = 0,
  extent: number = DEFAULT_EXTENT,
): readonly DegreeBounds[] {
  const bounds = tileBoundsDegrees(z, x, y, buffer, extent)
  if (bounds.east - bounds.west >= 360) return [{ ...bounds, west: -540, east: 540 }]
  return [0, 360, -360].map((turn) => ({ ...bounds, west: bounds.west + turn, east: bounds.east + turn }))
}

/** A tile's box in web-mercator meters, widened by `buffer` grid units on each side. */
export function tileBoundsMercator(
  z: number,
  x: number,
  y: number,
  buffer = 0,
  extent: number = DEFAULT_EXTENT,
): MercatorBounds {
  const tileSide = (2 * MERCATOR_HALF_SIDE_METERS) / 2 ** z
  const margin = (buffer / extent) * tileSide
  return {
    minX: x * tileSide - MERCATOR_HALF_SIDE_METERS - margin,
    minY: MERCATOR_HALF_SIDE_METERS - (y + 1) * tileSide - margin,
    maxX: (x + 1) * tileSide - MERCATOR_HALF_SIDE_METERS + margin,
    maxY: MERCATOR_HALF_SIDE_METERS - y * tileSide + margin,
  }
}
