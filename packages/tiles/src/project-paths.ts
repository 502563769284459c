import type { PathList } from './path-list.ts'
import type { TileGrid } from './tile-grid.ts'
import { worldXFromLongitude, worldYFromLatitude } from './web-mercator.ts'

/**
 * Appends path `path` of `source` (degrees) to the path being built in `target`, rounded to the absolute grid and
 * counted from the tile's corner. Vertices that fall onto the one before, or are not finite, are left out.
 * Answers whether the path crosses the antimeridian with a jump from one side of the map to the other, which was
 * undone: it then runs on past the map's edge.
 */
export function projectPath(
  source: PathList,
  path: number,
  isRing: boolean,
  grid: TileGrid,
  target: PathList,
): boolean {
  const end = source.ends[path] as number
  const start = source.startOf(path)
  target.reserve((end - start) / 2 + 2)
  const turns = jumpsOver(source.coordinates, start, end, isRing)
  if (turns) projectUnbroken(source.coordinates, start, end, isRing, grid, target)
  else projectAsWritten(source.coordinates, start, end, grid, target)
  return turns
}

function projectAsWritten(from: Float64Array, start: number, end: number, grid: TileGrid, target: PathList): void {
  const { worldSide, left, top } = grid
  const to = target.coordinates
  let size = target.size
  let lastX = Number.NaN
  let lastY = Number.NaN
  for (let i = start; i < end; i += 2) {
    const x = Math.floor(worldXFromLongitude(from[i] as number) * worldSide + 0.5) - left
    const y = Math.floor(worldYFromLatitude(from[i + 1] as number) * worldSide + 0.5) - top
    if ((x === lastX && y === lastY) || !Number.isFinite(x + y)) continue
    to[size++] = x
    to[size++] = y
    lastX = x
    lastY = y
  }
  target.size = size
}

/**
 * Whether a path holds an edge that can only mean a crossing of the antimeridian: longer than half the world, which
 * nothing real is. Boxes around the world are, so for rings the edge must change its latitude; for lines it must not
 * be one whole turn, as parallels are drawn.
 */
function jumpsOver(coordinates: Float64Array, start: number, end: number, isRing: boolean): boolean {
  let before = coordinates[start] as number
  for (let i = start + 2; i < end; i += 2) {
    const longitude = coordinates[i] as number
    const step = longitude - before
    before = longitude
    if (step <= 180 && step >= -180) continue
    if (isRing ? coordinates[i + 1] !== coordinates[i - 1] : Math.abs(step) !== 360) return true
  }
  return false
}

/** A ring that goes around a pole ends a turn away from where it began; it is closed along the pole. */
function projectUnbroken(
  from: Float64Array,
  start: number,
  end: number,
  isRing: boolean,
  grid: TileGrid,
  target: PathList,
): void {
  const { worldSide, left, top } = grid
  const firstVertex = target.size
  let turn = 0
  let sumOfLatitudes = 0
  for (let i = start; i < end; i += 2) {
    const longitude = from[i] as number
    const latitude = from[i + 1] as number
    const step = i === start ? 0 : longitude - (from[i - 2] as number)
    if (step > 180) turn--
    else if (step < -180) turn++
    sumOfLatitudes += latitude
    const x = Math.floor(worldXFromLongitude(longitude) * worldSide + 0.5) + turn * worldSide - left
    const y = Math.floor(worldYFromLatitude(latitude) * worldSide + 0.5) - top
    const { coordinates, size } = target
    if (size > firstVertex && coordinates[size - 2] === x && coordinates[size - 1] === y) continue
    if (Number.isFinite(x + y)) target.push(x, y)
  }
  if (!isRing || turn === 0 || target.size === firstVertex) return
  const pole = (sumOfLatitudes > 0 ? 0 : worldSide) - top
  target.push(target.coordinates[target.size - 2] as number, pole)
  target.push(target.coordinates[firstVertex] as number, pole)
}
