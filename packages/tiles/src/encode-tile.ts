import { assignIds } from './assign-ids.ts'
import { firstInDrawnOrder, orderByImportance } from './choose-features.ts'
import { drawLines, drawLoosePoints, drawPolygons } from './draw-geometry.ts'
import { drawPoints } from './draw-points.ts'
import { DrawnFeatures } from './drawn-features.ts'
import { FlatGeometry } from './path-list.ts'
import { DEFAULT_EXTENT } from './tile-address.ts'
import type { TileFeatures } from './tile-features.ts'
import { createTileGrid, type TileGrid } from './tile-grid.ts'
import { TwkbReader } from './twkb-reader.ts'
import { WkbReader } from './wkb-reader.ts'
import { writeLayer } from './write-layer.ts'

/**
 * How far lines and polygons reach past the tile's edge, in units of an extent of 4096: 16 pixels of a 512-pixel tile,
 * 11 at the smallest scale that a tile is drawn at, so strokes up to 22 pixels wide hide the cut. Twice as much would
 * make tiles 12 % larger.
 */
export const DEFAULT_BUFFER = 128

/**
 * A value costs the first feature that uses it; once that is dropped another pays, and the tile may again be too large.
 * Each further try aims this much lower, so that there are few.
 */
const RETRY_SHARE = 0.98

/** Which tile to encode, and how. */
export interface EncodeTileOptions {
  readonly z: number
  readonly x: number
  readonly y: number
  /** Grid units along a tile's side; 4096 unless stated. */
  readonly extent?: number
  /** How far lines and polygons reach past the tile's edge, in grid units; DEFAULT_BUFFER unless stated. */
  readonly buffer?: number
  /** `default` unless stated. */
  readonly layerName?: string
  /** Features are left out until the tile is no larger than this; no limit unless stated. */
  readonly maxBytes?: number
  /** Features above this number are left out; no limit unless stated. */
  readonly maxFeatures?: number
}

/** A tile as it travels; `bytes` is empty when no feature is in it. */
export interface EncodedTile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly featureCount: number
  /** Features in the tile that were left out to stay within the budget. */
  readonly droppedCount: number
}

// Encoding never waits, so one set of arrays serves all tiles of a thread.
const drawn = new DrawnFeatures()
const flat = new FlatGeometry()

/**
 * Encodes one tile as Mapbox Vector Tile 2.1 bytes with a single layer. The same features give the same bytes.
 * Throws RangeError for a tile, extent or buffer that cannot be, and for bytes that are no geometry.
 */
export function encodeTile(features: TileFeatures, options: EncodeTileOptions): EncodedTile {
  const { z, x, y, extent = DEFAULT_EXTENT, buffer = DEFAULT_BUFFER, layerName = 'default' } = options
  const { maxBytes = Number.POSITIVE_INFINITY, maxFeatures = Number.POSITIVE_INFINITY } = options
  const grid = createTileGrid(z, x, y, extent, buffer)
  drawn.clear()
  drawFeatures(features, grid)
  assignIds(features, drawn)

  let order: Uint32Array | null = drawn.count > maxFeatures ? orderByImportance(drawn) : null
  let chosen = order ? firstInDrawnOrder(order, maxFeatures) : everyFeature(drawn.count)
  for (let target = maxBytes; chosen.length > 0; target *= RETRY_SHARE) {
    const layer = writeLayer(drawn, chosen, features.attributes, layerName, extent)
    if (layer.bytes.length <= maxBytes) {
      return { bytes: layer.bytes, featureCount: chosen.length, droppedCount: drawn.count - chosen.length }
    }
    order ??= orderByImportance(drawn)
    chosen = firstInDrawnOrder(order, countWithinBudget(order, chosen, layer.costs, layer.bytes.length, target))
  }
  return { bytes: new Uint8Array(0), featureCount: 0, droppedCount: drawn.count }
}

function everyFeature(count: number): Uint32Array {
  const all = new Uint32Array(count)
  for (let i = 0; i < count; i++) all[i] = i
  return all
}

/**
 * How many features, the most important first, fit into `targetBytes` by what each of them cost in a tile that was too
 * large; always fewer than were chosen for that one.
 */
function countWithinBudget(
  order: Uint32Array,
  chosen: Uint32Array,
  costs: Float64Array,
  tileSize: number,
  targetBytes: number,
): number {
  const costOf = new Float64Array(drawn.count)
  let featureBytes = 0
  for (let row = 0; row < chosen.length; row++) {
    costOf[chosen[row] as number] = costs[row] as number
    featureBytes += costs[row] as number
  }
  let left = targetBytes - (tileSize - featureBytes)
  let keep = 0
  while (keep < chosen.length - 1) {
    left -= costOf[order[keep] as number] as number
    if (left < 0) break
    keep++
  }
  return keep
}

function drawFeatures({ geometry, count }: TileFeatures, grid: TileGrid): void {
  if (geometry.kind === 'points') {
    drawPoints(geometry.longitudes, geometry.latitudes, count, grid, drawn)
    return
  }
  const { bytes, offsets } = geometry
  const reader = geometry.kind === 'wkb' ? new WkbReader(bytes) : new TwkbReader(bytes)
  for (let i = 0; i < count; i++) {
    const start = offsets[i] as number
    const end = offsets[i + 1] as number
    // NULL geometry takes no bytes.
    if (start === end) continue
    flat.clear()
    reader.read(start, end, flat)
    // MVT features have one kind of geometry each: a mixed collection becomes up to three of the same id.
    drawn.reserve(3)
    if (flat.points.count > 0) drawLoosePoints(flat.points, i, grid, drawn)
    if (flat.lines.count > 0) drawLines(flat.lines, i, grid, drawn)
    if (flat.polygons.count > 0) drawPolygons(flat.polygons, i, grid, drawn)
  }
}
