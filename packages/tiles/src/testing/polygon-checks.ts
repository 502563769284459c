import type { Position } from './decode-layer.ts'

type Ring = readonly Position[]

/** Area by the surveyor's formula, positive for an exterior in MVT. */
export function signedArea(ring: Ring): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] as Position
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}

/** Exteriors' area less holes'. */
export function areaOf(rings: readonly Ring[]): number {
  return rings.reduce((sum, ring) => sum + signedArea(ring), 0)
}

/**
 * Everything that is wrong with the rings of one MVT polygon feature, in words; compares every edge with every other.
 * Rings may meet in single vertices, but not cross, overlap, or touch themselves.
 */
export function findPolygonFaults(closedRings: readonly Ring[]): readonly string[] {
  const faults: string[] = []
  const rings = closedRings.map((ring, i) => {
    const [first, last] = [ring[0] as Position, ring.at(-1) as Position]
    if (ring.length < 4) faults.push(`ring ${i} has ${ring.length} vertices`)
    if (first[0] !== last[0] || first[1] !== last[1]) faults.push(`ring ${i} is not closed`)
    return ring.slice(0, -1)
  })
  if (rings[0] && signedArea(rings[0]) <= 0) faults.push('the first ring is no exterior')
  let exterior = 0
  rings.forEach((ring, i) => {
    if (signedArea(ring) === 0) faults.push(`ring ${i} has no area`)
    if (signedArea(ring) > 0) exterior = i
    else if (!ring.some((vertex) => isInside(rings[exterior] as Ring, vertex) === 'inside')) {
      // A hole may touch its exterior with every vertex; then the middle of an edge tells.
      const [[x1, y1], [x2, y2]] = [ring[0] as Position, ring[1] as Position]
      if (isInside(rings[exterior] as Ring, [(x1 + x2) / 2, (y1 + y2) / 2]) === 'outside') {
        faults.push(`hole ${i} is not in its exterior`)
      }
    }
  })
  const edges = rings.flatMap((ring, owner) =>
    ring.map((from, i) => ({ owner, i, from, to: ring[(i + 1) % ring.length] as Position, size: ring.length })),
  )
  edges.forEach((a, index) => {
    for (const b of edges.slice(index + 1)) {
      const contact = contactOf(a.from, a.to, b.from, b.to)
      if (contact === 'none') continue
      const areNeighbours = a.owner === b.owner && (b.i === a.i + 1 || (a.i === 0 && b.i === a.size - 1))
      if (contact === 'vertex' && (areNeighbours || a.owner !== b.owner)) continue
      faults.push(`edge ${a.i} of ring ${a.owner} meets edge ${b.i} of ring ${b.owner} (${contact}) at ${a.from}`)
    }
  })
  return faults
}

/** Whether a position is inside, outside, or on a ring. */
export function isInside(ring: Ring, [x, y]: Position): 'inside' | 'outside' | 'on' {
  let inside = false
  for (let i = 0; i < ring.length; i++) {
    const [x1, y1] = ring[i] as Position
    const [x2, y2] = ring[(i + 1) % ring.length] as Position
    const turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    const isWithin = x >= Math.min(x1, x2) && x <= Math.max(x1, x2) && y >= Math.min(y1, y2) && y <= Math.max(y1, y2)
    if (turn === 0 && isWithin) return 'on'
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside
  }
  return inside ? 'inside' : 'outside'
}

function contactOf(a1: Position, a2: Position, b1: Position, b2: Position): 'none' | 'vertex' | 'crossing' {
  const turn = (p: Position, q: Position, r: Position) =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))
  const same = (p: Position, q: Position) => p[0] === q[0] && p[1] === q[1]
  const spans = (p: Position, q: Position, r: Position) =>
    r[0] >= Math.min(p[0], q[0]) &&
    r[0] <= Math.max(p[0], q[0]) &&
    r[1] >= Math.min(p[1], q[1]) &&
    r[1] <= Math.max(p[1], q[1])
  const [t1, t2, t3, t4] = [turn(a1, a2, b1), turn(a1, a2, b2), turn(b1, b2, a1), turn(b1, b2, a2)]
  if (t1 * t2 < 0 && t3 * t4 < 0) return 'crossing'
  const shared = [a1, a2].filter((p) => same(p, b1) || same(p, b2)).length
  if (shared === 2) return 'crossing'
  const touches =
    (t1 === 0 && spans(a1, a2, b1) && !same(b1, a1) && !same(b1, a2)) ||
    (t2 === 0 && spans(a1, a2, b2) && !same(b2, a1) && !same(b2, a2)) ||
    (t3 === 0 && spans(b1, b2, a1) && !same(a1, b1) && !same(a1, b2)) ||
    (t4 === 0 && spans(b1, b2, a2) && !same(a2, b1) && !same(a2, b2))
  if (touches) return 'crossing'
  return shared === 1 ? 'vertex' : 'none'
}
