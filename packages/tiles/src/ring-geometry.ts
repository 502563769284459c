/**
 * Twice the area of a ring (x, y, … without closing vertex) by the surveyor's formula; positive for an exterior in MVT,
 * where y points down. Counted from the first vertex, so that it does not depend on where the tile is.
 */
export function signedAreaTwice(vertices: ArrayLike<number>, start: number, end: number): number {
  const originX = vertices[start] as number
  const originY = vertices[start + 1] as number
  let sum = 0
  let x = 0
  let y = 0
  for (let i = start + 2; i < end; i += 2) {
    const nextX = (vertices[i] as number) - originX
    const nextY = (vertices[i + 1] as number) - originY
    sum += x * nextY - y * nextX
    x = nextX
    y = nextY
  }
  return sum
}

/** Whether a position lies inside a ring (x, y, … without closing vertex); for one on the ring itself either answer. */
export function isInsideRing(vertices: readonly number[], x: number, y: number): boolean {
  let isInside = false
  const size = vertices.length
  for (let i = 0, before = size - 2; i < size; before = i, i += 2) {
    const y1 = vertices[before + 1] as number
    const y2 = vertices[i + 1] as number
    if (y1 > y === y2 > y) continue
    const x1 = vertices[before] as number
    if (x < x1 + ((y - y1) * ((vertices[i] as number) - x1)) / (y2 - y1)) isInside = !isInside
  }
  return isInside
}
