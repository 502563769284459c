import { type DrawnFeatures, POINT } from './drawn-features.ts'
import type { TileGrid } from './tile-grid.ts'
import { worldXFromLongitude, worldYFromLatitude } from './web-mercator.ts'

/** MVT command: one MoveTo. */
const MOVE_TO_ONE = 9

/** Draws the points of a column that lie in the tile, one feature each. NaN coordinates (NULL) draw nothing. */
export function drawPoints(
  longitudes: Float64Array,
  latitudes: Float64Array,
  count: number,
  grid: TileGrid,
  drawn: DrawnFeatures,
): void {
  const { extent, worldSide, left, top } = grid
  const { geometry } = drawn
  drawn.reserve(count)
  geometry.reserve(count * 11)
  for (let i = 0; i < count; i++) {
    const x = wrapIntoWorld(worldXFromLongitude(longitudes[i] as number) * worldSide, worldSide) - left
    if (!(x >= 0 && x < extent)) continue
    const y = holdInWorld(worldYFromLatitude(latitudes[i] as number) * worldSide, worldSide) - top
    if (!(y >= 0 && y < extent)) continue
    geometry.byte(MOVE_TO_ONE)
    geometry.varint(2 * pixel(x, extent))
    geometry.varint(2 * pixel(y, extent))
    drawn.add(i, POINT, 0)
  }
}

/** A position in the tile → its nearest grid unit, never the neighbour's first. */
export function pixel(position: number, extent: number): number {
  const nearest = Math.floor(position + 0.5)
  return nearest < extent ? nearest : extent - 1
}

/** Brings a grid x that lies past the antimeridian into the world; its very end stays in the last column. */
export function wrapIntoWorld(x: number, worldSide: number): number {
  if (x >= 0 && x < worldSide) return x
  const wrapped = x === worldSide ? x : x - Math.floor(x / worldSide) * worldSide
  return holdInWorld(wrapped, worldSide)
}

/** The world's southern (eastern) end belongs to its last row (column). */
export function holdInWorld(position: number, worldSide: number): number {
  return position === worldSide ? worldSide - 0.5 : position
}
