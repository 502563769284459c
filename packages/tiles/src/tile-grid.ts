import { isValidTile } from './tile-address.ts'

/**
 * A tile on the absolute integer grid of its zoom. Coordinates are rounded on that grid before anything is cut, so
 * that neighbouring tiles agree on them.
 */
export interface TileGrid {
  readonly extent: number
  /** Grid units along the world's side. */
  readonly worldSide: number
  /** Absolute grid position of the tile's western edge. */
  readonly left: number
  /** Absolute grid position of the tile's northern edge. */
  readonly top: number
  readonly buffer: number
}

/** Throws RangeError for an address outside the pyramid, or an extent or buffer that is no grid. */
export function createTileGrid(z: number, x: number, y: number, extent: number, buffer: number): TileGrid {
  if (!isValidTile(z, x, y)) {
    throw new RangeError(`Tile ${z}/${x}/${y} does not exist; x and y must be integers from 0 to 2^z - 1.`)
  }
  if (!Number.isInteger(extent) || extent < 1 || extent > 16384) {
    throw new RangeError(`A tile's extent must be an integer from 1 to 16384, not ${extent}.`)
  }
  if (!Number.isInteger(buffer) || buffer < 0 || buffer > extent) {
    throw new RangeError(`A tile's buffer must be an integer from 0 to its extent, not ${buffer}.`)
  }
  return { extent, worldSide: 2 ** z * extent, left: x * extent, top: y * extent, buffer }
}
