import type { PathList } from './path-list.ts'

/** Where a path may be: the tile and its buffer, in grid units from the tile's corner. */
export interface ClipBox {
  readonly min: number
  readonly max: number
}

/**
 * Where the segment from (x1, y1) to (x2, y2) crosses x = `at`, rounded to the grid. Only differences are multiplied
 * and the smaller x always comes first, so that two tiles sharing the line x = `at` get the same answer.
 */
function crossingY(x1: number, y1: number, x2: number, y2: number, at: number): number {
  if (x1 <= x2) return y1 + Math.floor(((at - x1) * (y2 - y1)) / (x2 - x1) + 0.5)
  return y2 + Math.floor(((at - x2) * (y1 - y2)) / (x1 - x2) + 0.5)
}

/**
 * Clips a ring (coordinates[start] … [end] of `source`, without closing vertex, moved by `shift` along x) to the strip
 * min ≤ x ≤ max: Sutherland and Hodgman's algorithm for two parallel lines at once. What is left becomes the path being
 * built in `target` **with its axes swapped**, so that a second pass clips the other axis and swaps them back. Parts
 * that leave the strip are joined along its edge: a concave ring may touch itself there, which is for the caller to mend.
 */
export function clipRingToStrip(
  source: PathList,
  start: number,
  end: number,
  shift: number,
  box: ClipBox,
  target: PathList,
): void {
  if (end - start < 6) return
  const { min, max } = box
  // Every edge adds at most two vertices.
  target.reserve(end - start)
  const from = source.coordinates
  const firstVertex = target.size
  let x = (from[end - 2] as number) + shift
  let y = from[end - 1] as number
  let side = x < min ? -1 : x > max ? 1 : 0
  for (let i = start; i < end; i += 2) {
    const nextX = (from[i] as number) + shift
    const nextY = from[i + 1] as number
    const nextSide = nextX < min ? -1 : nextX > max ? 1 : 0
    if (side !== nextSide) {
      if (side !== 0) {
        const entry = side < 0 ? min : max
        pushDistinct(target, firstVertex, crossingY(x, y, nextX, nextY, entry), entry)
      }
      if (nextSide !== 0) {
        const exit = nextSide < 0 ? min : max
        pushDistinct(target, firstVertex, crossingY(x, y, nextX, nextY, exit), exit)
      }
    }
    if (nextSide === 0) pushDistinct(target, firstVertex, nextY, nextX)
    x = nextX
    y = nextY
    side = nextSide
  }
  const { coordinates } = target
  if (
    target.size > firstVertex + 2 &&
    coordinates[target.size - 2] === coordinates[firstVertex] &&
    coordinates[target.size - 1] === coordinates[firstVertex + 1]
  ) {
    target.size -= 2
  }
}

/**
 * Clips a line (coordinates[start] … [end] of `source`, moved by `shift` along x) to the square min … max on both axes.
 * Every stretch inside becomes a path of `target`; stretches that shrink to a point are left out.
 */
export function clipLineToBox(
  source: PathList,
  start: number,
  end: number,
  shift: number,
  box: ClipBox,
  target: PathList,
): void {
  // Every segment may become a path of its own.
  target.reserve(end - start)
  const { min, max } = box
  const from = source.coordinates
  let pathStart = target.size
  for (let i = start; i + 3 < end; i += 2) {
    const x1 = (from[i] as number) + shift
    const y1 = from[i + 1] as number
    const x2 = (from[i + 2] as number) + shift
    const y2 = from[i + 3] as number
    let fromX = x1
    let fromY = y1
    let toX = x2
    let toY = y2
    if (x1 < min || x1 > max || y1 < min || y1 > max || x2 < min || x2 > max || y2 < min || y2 > max) {
      if ((x1 < min && x2 < min) || (x1 > max && x2 > max) || (y1 < min && y2 < min) || (y1 > max && y2 > max)) continue
      if (x1 < min || x1 > max) {
        fromX = x1 < min ? min : max
        fromY = crossingY(x1, y1, x2, y2, fromX)
      }
      if (x2 < min || x2 > max) {
        toX = x2 < min ? min : max
        toY = crossingY(x1, y1, x2, y2, toX)
      }
      if ((fromY < min && toY < min) || (fromY > max && toY > max)) continue
      // Crossings are always taken of the segment as it was, never of one already cut and rounded.
      if (fromY < min || fromY > max) {
        fromY = fromY < min ? min : max
        fromX = hold(crossingY(y1, x1, y2, x2, fromY), min, max)
      }
      if (toY < min || toY > max) {
        toY = toY < min ? min : max
        toX = hold(crossingY(y1, x1, y2, x2, toY), min, max)
      }
    }
    const { coordinates, size } = target
    const continues = size > pathStart && coordinates[size - 2] === fromX && coordinates[size - 1] === fromY
    if (!continues) {
      pathStart = endLine(target, pathStart)
      target.push(fromX, fromY)
    }
    pushDistinct(target, pathStart, toX, toY)
  }
  endLine(target, pathStart)
}

function endLine(target: PathList, pathStart: number): number {
  if (target.size - pathStart < 4) target.size = pathStart
  else target.endPath(false)
  return target.size
}

function hold(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(value, max))
}

function pushDistinct(target: PathList, firstVertex: number, x: number, y: number): void {
  const { coordinates, size } = target
  if (size > firstVertex && coordinates[size - 2] === x && coordinates[size - 1] === y) return
  coordinates[size] = x
  coordinates[size + 1] = y
  target.size = size + 2
}
