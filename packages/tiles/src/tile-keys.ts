import { type DegreeBounds, isValidTile, type TileAddress } from './tile-address.ts'
import { worldXFromLongitude, worldYFromLatitude } from './web-mercator.ts'

/** The finest cells that a quadbin number can name; about 60 cm at the equator. */
export const MAX_QUADBIN_RESOLUTION = 26

/** What every quadbin number begins with: the mark of an index, and the mode of a cell. */
const HEADER = (0x4n << 60n) | (1n << 59n)
const CELL_BITS = 52n

/** Ranges beyond this cost the planner more than they spare the executor. */
const MAX_CELLS = 16
/** A tenth of a millimetre: more than two ways of projecting a position may differ by. */
const MARGIN_DEGREES = 1e-9

/** Quadbin numbers from the first to the last, both included. */
export interface KeyRange {
  readonly first: bigint
  readonly last: bigint
}

/**
 * The quadbin numbers of all cells of a resolution that lie in a tile. They follow each other, because a cell's number
 * begins with that of the tile above it. A tile deeper than the resolution is served by the one cell around it.
 */
export function keyRangeOfTile({ z, x, y }: TileAddress, resolution: number): KeyRange {
  if (!isValidTile(z, x, y)) throw new RangeError(`There is no tile ${z}/${x}/${y}.`)
  if (z <= resolution) return rangeBelow(interleave(x, y), z, resolution)
  const steps = 2 ** (z - resolution)
  return rangeBelow(interleave(Math.floor(x / steps), Math.floor(y / steps)), resolution, resolution)
}

/** A few ranges that together hold the cells of a resolution that meet the box, and not many others. */
export function keyRangesOfBox(box: DegreeBounds, resolution: number): readonly KeyRange[] {
  for (let z = resolution; z > 0; z--) {
    const side = 2 ** z
    const columns = span(
      worldXFromLongitude(box.west - MARGIN_DEGREES) * side,
      worldXFromLongitude(box.east + MARGIN_DEGREES) * side,
    )
    const rows = span(
      Math.min(worldYFromLatitude(box.north + MARGIN_DEGREES) * side, side - 1),
      Math.min(worldYFromLatitude(box.south - MARGIN_DEGREES) * side, side - 1),
    )
    if (columns.length * rows.length > MAX_CELLS || columns.length > side) continue
    const codes = columns.flatMap((x) => rows.map((y) => interleave(x - Math.floor(x / side) * side, y)))
    return mergeNeighbours(codes, z, resolution)
  }
  return [rangeBelow(0n, 0, resolution)]
}

/** The whole numbers around an interval; empty for one that is too wide to be worth listing. */
function span(from: number, to: number): readonly number[] {
  const [first, last] = [Math.floor(from), Math.floor(to)]
  // One more than fits: the caller sees that it is too many.
  return Array.from({ length: Math.min(last - first + 1, MAX_CELLS + 1) }, (_, index) => first + index)
}

function mergeNeighbours(codes: readonly bigint[], z: number, resolution: number): readonly KeyRange[] {
  const sorted = [...new Set(codes)].sort((a, b) => (a < b ? -1 : 1))
  const ranges: KeyRange[] = []
  let begin = sorted[0] ?? 0n
  for (const [index, code] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next === code + 1n) continue
    ranges.push({
      first: rangeBelow(begin, z, resolution).first,
      last: rangeBelow(code, z, resolution).last,
    })
    begin = next ?? 0n
  }
  return ranges
}

/** All cells of the resolution under the tile of zoom `z` with that z-order number. */
function rangeBelow(code: bigint, z: number, resolution: number): KeyRange {
  const levels = 2n * BigInt(resolution - z)
  return {
    first: quadbin(code << levels, resolution),
    last: quadbin(((code + 1n) << levels) - 1n, resolution),
  }
}

function quadbin(code: bigint, resolution: number): bigint {
  const unused = CELL_BITS - 2n * BigInt(resolution)
  return HEADER | (BigInt(resolution) << CELL_BITS) | (code << unused) | ((1n << unused) - 1n)
}

/** The z-order number: bits of x and y in turn, those of y the higher ones. */
function interleave(x: number, y: number): bigint {
  let code = 0n
  for (let bit = 0n, restX = BigInt(x), restY = BigInt(y); restX > 0n || restY > 0n; bit += 2n) {
    code |= ((restX & 1n) | ((restY & 1n) << 1n)) << bit
    restX >>= 1n
    restY >>= 1n
  }
  return code
}
