import type { PathList } from './path-list.ts'

let keep = new Uint8Array(1024)
let stack = new Uint32Array(256)

/**
 * Thins the path being built in `paths`, from coordinates[start] on, by Douglas and Peucker's algorithm: every vertex
 * left out lies within `tolerance` grid units of what stays. Both ends stay. It looks at differences of coordinates
 * only, so that neighbouring tiles thin a shared line alike.
 */
export function simplifyLine(paths: PathList, start: number, tolerance: number): void {
  const count = (paths.size - start) / 2
  if (count < 3 || isSparse(paths, start, tolerance)) return
  clearMarks(count)
  keep[0] = 1
  keep[count - 1] = 1
  markKept(paths.coordinates, start, 0, count - 1, tolerance * tolerance)
  compact(paths, start, count)
}

/** Like `simplifyLine` for a ring without its closing vertex; its first vertex stays, and the farthest from that. */
export function simplifyRing(paths: PathList, start: number, tolerance: number): void {
  const count = (paths.size - start) / 2
  if (count < 4 || isSparse(paths, start, tolerance)) return
  const { coordinates } = paths
  const x = coordinates[start] as number
  const y = coordinates[start + 1] as number
  let farthest = 0
  let largest = -1
  for (let i = 1; i < count; i++) {
    const dx = (coordinates[start + 2 * i] as number) - x
    const dy = (coordinates[start + 2 * i + 1] as number) - y
    const distance = dx * dx + dy * dy
    if (distance > largest) {
      largest = distance
      farthest = i
    }
  }
  clearMarks(count)
  keep[0] = 1
  keep[farthest] = 1
  // The way back ends at the first vertex once more; it is written behind the last one for that.
  paths.reserve(1)
  paths.coordinates[paths.size] = x
  paths.coordinates[paths.size + 1] = y
  markKept(paths.coordinates, start, 0, farthest, tolerance * tolerance)
  markKept(paths.coordinates, start, farthest, count, tolerance * tolerance)
  compact(paths, start, count)
}

/**
 * True when every vertex sticks out from between its neighbours by more than twice the tolerance: then there is nothing
 * to leave out, and one pass has found that instead of one for every halving.
 */
function isSparse({ coordinates, size }: PathList, start: number, tolerance: number): boolean {
  const squaredReach = 4 * tolerance * tolerance
  let x = coordinates[start] as number
  let y = coordinates[start + 1] as number
  let nextX = coordinates[start + 2] as number
  let nextY = coordinates[start + 3] as number
  for (let i = start + 4; i < size; i += 2) {
    const afterX = coordinates[i] as number
    const afterY = coordinates[i + 1] as number
    const chordX = afterX - x
    const chordY = afterY - y
    const across = (nextX - x) * chordY - (nextY - y) * chordX
    if (across * across <= squaredReach * (chordX * chordX + chordY * chordY)) return false
    x = nextX
    y = nextY
    nextX = afterX
    nextY = afterY
  }
  return true
}

function clearMarks(count: number): void {
  if (keep.length < count) keep = new Uint8Array(count * 2)
  else keep.fill(0, 0, count)
}

function markKept(
  coordinates: Float64Array,
  start: number,
  firstVertex: number,
  lastVertex: number,
  squaredTolerance: number,
): void {
  let depth = 0
  let first = firstVertex
  let last = lastVertex
  for (;;) {
    const split = farthestFromChord(coordinates, start, first, last, squaredTolerance)
    if (split >= 0) {
      keep[split] = 1
      if (depth + 2 > stack.length) {
        const larger = new Uint32Array(stack.length * 2)
        larger.set(stack)
        stack = larger
      }
      stack[depth++] = split
      stack[depth++] = last
      last = split
      continue
    }
    if (depth === 0) return
    last = stack[--depth] as number
    first = stack[--depth] as number
  }
}

/** The vertex farthest from the chord first … last, or -1 when all lie within the tolerance. */
function farthestFromChord(
  coordinates: Float64Array,
  start: number,
  first: number,
  last: number,
  squaredTolerance: number,
): number {
  const fromX = coordinates[start + 2 * first] as number
  const fromY = coordinates[start + 2 * first + 1] as number
  const chordX = (coordinates[start + 2 * last] as number) - fromX
  const chordY = (coordinates[start + 2 * last + 1] as number) - fromY
  const squaredLength = chordX * chordX + chordY * chordY
  // Distances are compared times the chord's squared length, to divide once a chord and not once a vertex.
  let largest = squaredTolerance * (squaredLength === 0 ? 1 : squaredLength)
  let farthest = -1
  for (let i = first + 1, at = start + 2 * first + 2; i < last; i++, at += 2) {
    const dx = (coordinates[at] as number) - fromX
    const dy = (coordinates[at + 1] as number) - fromY
    const along = dx * chordX + dy * chordY
    let distance: number
    if (squaredLength === 0) distance = dx * dx + dy * dy
    else if (along < 0) distance = (dx * dx + dy * dy) * squaredLength
    else if (along > squaredLength) {
      const endX = dx - chordX
      const endY = dy - chordY
      distance = (endX * endX + endY * endY) * squaredLength
    } else {
      const across = dx * chordY - dy * chordX
      distance = across * across
    }
    if (distance > largest) {
      largest = distance
      farthest = i
    }
  }
  return farthest
}

function compact(paths: PathList, start: number, count: number): void {
  const { coordinates } = paths
  let to = start
  for (let i = 0, from = start; i < count; i++, from += 2) {
    if (keep[i] === 0) continue
    coordinates[to++] = coordinates[from] as number
    coordinates[to++] = coordinates[from + 1] as number
  }
  paths.size = to
}
