import { type ClipBox, clipLineToBox, clipRingToStrip } from './clip-paths.ts'
import { holdInWorld, pixel, wrapIntoWorld } from './draw-points.ts'
import { type DrawnFeatures, LINE, POINT, POLYGON } from './drawn-features.ts'
import { findContacts } from './find-contacts.ts'
import { PathList } from './path-list.ts'
import { projectPath } from './project-paths.ts'
import { resolveRings } from './resolve-rings.ts'
import { signedAreaTwice } from './ring-geometry.ts'
import { simplifyLine, simplifyRing } from './simplify-path.ts'
import type { TileGrid } from './tile-grid.ts'
import { worldXFromLongitude, worldYFromLatitude } from './web-mercator.ts'
import { writePathCommands, writePointCommands } from './write-commands.ts'

/** How far, in grid units, simplification may move a line: with rounding to the grid, less than a unit in all. */
const SIMPLIFY_TOLERANCE = 0.25

/** Data is looked for this many turns of the world east and west of where it is written. */
const MAX_TURNS = 2

// Drawing never waits, so one set of arrays serves all tiles of a thread.
const projected = new PathList()
const halfClipped = new PathList()
const clipped = new PathList()
const resolved = new PathList()

/**
 * Draws the points of a multipoint that lie in the tile itself, as one feature: as for lone points, the tile's western
 * and northern edge count, and no buffer.
 */
export function drawLoosePoints(source: PathList, feature: number, grid: TileGrid, drawn: DrawnFeatures): void {
  const { worldSide, left, top, extent } = grid
  const { coordinates, size } = source
  clipped.clear()
  clipped.reserve(size / 2)
  for (let i = 0; i < size; i += 2) {
    const x = wrapIntoWorld(worldXFromLongitude(coordinates[i] as number) * worldSide, worldSide) - left
    const y = holdInWorld(worldYFromLatitude(coordinates[i + 1] as number) * worldSide, worldSide) - top
    if (x >= 0 && x < extent && y >= 0 && y < extent) clipped.push(pixel(x, extent), pixel(y, extent))
  }
  if (clipped.size === 0) return
  writePointCommands(clipped, drawn.geometry)
  drawn.add(feature, POINT, 0)
}

/**
 * Draws lines, simplified and clipped to the tile and its buffer, as one feature; a line that leaves and returns is cut
 * in two.
 */
export function drawLines(source: PathList, feature: number, grid: TileGrid, drawn: DrawnFeatures): void {
  let length = 0
  projected.clear()
  for (let path = 0; path < source.count; path++) {
    const start = projected.size
    projectPath(source, path, false, grid, projected)
    simplifyLine(projected, start, SIMPLIFY_TOLERANCE)
    if (projected.size - start < 4) {
      projected.size = start
      continue
    }
    projected.endPath(false)
    length += pathLength(projected, start)
  }
  clipped.clear()
  const box = boxOf(grid)
  for (let path = 0, start = 0; path < projected.count; path++) {
    const end = projected.ends[path] as number
    measureBox(projected, start, end)
    const lastTurn = lastTurnIntoView(grid)
    for (let turn = firstTurnIntoView(grid); turn <= lastTurn; turn++) {
      clipLineToBox(projected, start, end, turn * grid.worldSide, box, clipped)
    }
    start = end
  }
  if (clipped.count === 0) return
  writePathCommands(clipped, false, drawn.geometry)
  drawn.add(feature, LINE, length)
}

/**
 * Draws polygons, simplified, clipped to the tile and its buffer, and mended where rounding or clipping made rings
 * meet, as one feature. Polygons and holes that shrink to nothing are left out.
 */
export function drawPolygons(source: PathList, feature: number, grid: TileGrid, drawn: DrawnFeatures): void {
  const area = projectPolygons(source, grid)
  clipped.clear()
  const box = boxOf(grid)
  measureBox(projected, 0, projected.size)
  const lastTurn = lastTurnIntoView(grid)
  let isTurned = false
  for (let turn = firstTurnIntoView(grid); turn <= lastTurn; turn++) {
    isTurned = clipPolygons(turn * grid.worldSide, box) || isTurned
  }
  const rings = mendRings(isTurned)
  if (rings.count === 0) return
  writePathCommands(rings, true, drawn.geometry)
  drawn.add(feature, POLYGON, area)
}

/** The rings of `clipped` as valid polygons: themselves if they are. */
function mendRings(isTurned: boolean): PathList {
  const contacts = isTurned ? { apart: [], groups: [everyPath(clipped)] } : findContacts(clipped)
  if (contacts === null) return clipped
  resolved.clear()
  for (const path of contacts.apart) {
    copyRing(clipped, clipped.startOf(path), clipped.ends[path] as number, 0, resolved)
    resolved.endPath(clipped.exteriors[path] === 1)
  }
  for (const paths of contacts.groups) resolveRings(clipped, paths, resolved)
  return resolved
}

function everyPath({ count }: PathList): readonly number[] {
  return Array.from({ length: count }, (_, path) => path)
}

/**
 * Fills `projected` with the polygons that may show, turned as MVT wants them. Answers the area of all exteriors, taken
 * before simplifying and wherever they lie, so that every tile comes to the same.
 */
function projectPolygons(source: PathList, grid: TileGrid): number {
  let area = 0
  let exteriorPath = -1
  let isExteriorUnbroken = false
  projected.clear()
  for (let path = 0; path < source.count; path++) {
    const isExterior = source.exteriors[path] === 1
    if (isExterior) exteriorPath = -1
    // A hole has nothing to be cut from once its exterior is gone.
    else if (exteriorPath < 0) continue
    const start = projected.size
    const isUnbroken = projectPath(source, path, true, grid, projected)
    if (isExterior) isExteriorUnbroken = isUnbroken
    else if (isUnbroken || isExteriorUnbroken) moveOverExterior(exteriorPath, start, grid.worldSide)
    dropClosingVertex(projected, start)
    const areaTwice = projected.size - start < 6 ? 0 : signedAreaTwice(projected.coordinates, start, projected.size)
    if (isExterior) area += Math.abs(areaTwice) / 2
    if (areaTwice !== 0 && (!isExterior || isInView(start, grid))) {
      simplifyRing(projected, start, SIMPLIFY_TOLERANCE)
      if (projected.size - start >= 6) {
        if (areaTwice > 0 !== isExterior) reverseVertices(projected.coordinates, start, projected.size)
        if (isExterior) exteriorPath = projected.count
        projected.endPath(isExterior)
        continue
      }
    }
    projected.size = start
  }
  return area
}

/** Brings a hole to the turn of the world that its exterior is in. */
function moveOverExterior(exteriorPath: number, holeStart: number, worldSide: number): void {
  const { coordinates } = projected
  measureBox(projected, projected.startOf(exteriorPath), projected.ends[exteriorPath] as number)
  const middle = (boxMinX + boxMaxX) / 2
  measureBox(projected, holeStart, projected.size)
  const shift = Math.round((middle - (boxMinX + boxMaxX) / 2) / worldSide) * worldSide
  for (let i = holeStart; i < projected.size; i += 2) coordinates[i] = (coordinates[i] as number) + shift
}

/**
 * Appends what is in the box to `clipped`. True when a ring came out wound the wrong way: the data cross themselves
 * outside the tile, and a part of them that runs backwards is all there is in it.
 */
function clipPolygons(shift: number, box: ClipBox): boolean {
  let isTurned = false
  let hasExterior = false
  for (let path = 0, start = 0; path < projected.count; path++) {
    const end = projected.ends[path] as number
    const isExterior = projected.exteriors[path] === 1
    const clippedStart = clipped.size
    if (isExterior || hasExterior) {
      measureBox(projected, start, end)
      if (boxMinX + shift >= box.min && boxMaxX + shift <= box.max && boxMinY >= box.min && boxMaxY <= box.max) {
        copyRing(projected, start, end, shift, clipped)
      } else if (boxMaxX + shift > box.min && boxMinX + shift < box.max && boxMaxY > box.min && boxMinY < box.max) {
        halfClipped.size = 0
        clipRingToStrip(projected, start, end, shift, box, halfClipped)
        clipRingToStrip(halfClipped, 0, halfClipped.size, 0, box, clipped)
      }
      const hasRing = clipped.size - clippedStart >= 6
      const areaTwice = hasRing ? signedAreaTwice(clipped.coordinates, clippedStart, clipped.size) : 0
      if (areaTwice === 0) clipped.size = clippedStart
      else clipped.endPath(isExterior)
      if (areaTwice > 0 !== isExterior && areaTwice !== 0) isTurned = true
      if (isExterior) hasExterior = areaTwice !== 0
    }
    start = end
  }
  return isTurned
}

let boxMinX = 0
let boxMinY = 0
let boxMaxX = 0
let boxMaxY = 0

/** Leaves the bounding box of coordinates[start] … [end] in `boxMinX` and its fellows, sparing an object per ring. */
function measureBox({ coordinates }: PathList, start: number, end: number): void {
  let minX = Number.POSITIVE_INFINITY
  let minY = Number.POSITIVE_INFINITY
  let maxX = Number.NEGATIVE_INFINITY
  let maxY = Number.NEGATIVE_INFINITY
  for (let i = start; i < end; i += 2) {
    const x = coordinates[i] as number
    const y = coordinates[i + 1] as number
    if (x < minX) minX = x
    if (x > maxX) maxX = x
    if (y < minY) minY = y
    if (y > maxY) maxY = y
  }
  boxMinX = minX
  boxMinY = minY
  boxMaxX = maxX
  boxMaxY = maxY
}

/** The first of the turns of the world that bring the measured box into the tile and its buffer; mostly 0. */
function firstTurnIntoView({ worldSide, buffer }: TileGrid): number {
  return Math.max(-MAX_TURNS, Math.ceil((-buffer - boxMaxX) / worldSide))
}

/** The last of those turns; less than the first when there is none. */
function lastTurnIntoView({ worldSide, extent, buffer }: TileGrid): number {
  return Math.min(MAX_TURNS, Math.floor((extent + buffer - boxMinX) / worldSide))
}

/** Whether any of the path being built since `start` can show, in whatever turn of the world. */
function isInView(start: number, grid: TileGrid): boolean {
  measureBox(projected, start, projected.size)
  if (boxMaxY < -grid.buffer || boxMinY > grid.extent + grid.buffer) return false
  return firstTurnIntoView(grid) <= lastTurnIntoView(grid)
}

function boxOf({ extent, buffer }: TileGrid): ClipBox {
  return { min: -buffer, max: extent + buffer }
}

function copyRing(source: PathList, start: number, end: number, shift: number, target: PathList): void {
  target.reserve((end - start) / 2)
  const from = source.coordinates
  const to = target.coordinates
  let size = target.size
  for (let i = start; i < end; i += 2) {
    to[size++] = (from[i] as number) + shift
    to[size++] = from[i + 1] as number
  }
  target.size = size
}

function dropClosingVertex(paths: PathList, start: number): void {
  const { coordinates, size } = paths
  if (size - start < 4) return
  if (coordinates[start] === coordinates[size - 2] && coordinates[start + 1] === coordinates[size - 1]) paths.size -= 2
}

function reverseVertices(coordinates: Float64Array, start: number, end: number): void {
  for (let low = start, high = end - 2; low < high; low += 2, high -= 2) {
    const x = coordinates[low] as number
    const y = coordinates[low + 1] as number
    coordinates[low] = coordinates[high] as number
    coordinates[low + 1] = coordinates[high + 1] as number
    coordinates[high] = x
    coordinates[high + 1] = y
  }
}

function pathLength({ coordinates, size }: PathList, start: number): number {
  let length = 0
  for (let i = start; i + 3 < size; i += 2) {
    const dx = (coordinates[i + 2] as number) - (coordinates[i] as number)
    const dy = (coordinates[i + 3] as number) - (coordinates[i + 1] as number)
    length += Math.sqrt(dx * dx + dy * dy)
  }
  return length
}
