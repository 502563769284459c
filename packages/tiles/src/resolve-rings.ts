import { nodeEdges, type PlanarEdges } from './node-edges.ts'
import type { PathList } from './path-list.ts'
import { isInsideRing, signedAreaTwice } from './ring-geometry.ts'

interface Ring {
  /** x, y, x, y, … */
  readonly vertices: readonly number[]
  /** For each vertex, whether another ring touches this one there. */
  readonly isShared: readonly boolean[]
  readonly areaTwice: number
}

/**
 * Makes valid polygons of rings (small integer coordinates, exteriors of positive area, holes of negative) that cross
 * or touch: what is inside by the non-zero winding rule stays inside, up to the rounding of crossings to the grid.
 * The result, simple rings that meet in single vertices at most, exteriors each followed by their holes, goes to
 * `target`.
 */
export function resolveRings(rings: PathList, target: PathList): void {
  const edges = nodeEdges(rings)
  const directed = directBoundary(edges)
  const simple = traceRings(edges, directed)
  const exteriors = simple.filter(({ areaTwice }) => areaTwice > 0).toSorted((a, b) => a.areaTwice - b.areaTwice)
  const holesOf = new Map<Ring, Ring[]>(exteriors.map((exterior) => [exterior, []]))
  for (const hole of simple) {
    if (hole.areaTwice >= 0) continue
    // The middle of an edge lies on no other ring, and the smallest exterior around it is its own.
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = hole.vertices
    const owner = exteriors.find(({ vertices }) => isInsideRing(vertices, (x1 + x2) / 2, (y1 + y2) / 2))
    if (owner) holesOf.get(owner)?.push(hole)
  }
  for (const [exterior, holes] of holesOf) {
    appendRing(exterior, target, true)
    for (const hole of holes) appendRing(hole, target, false)
  }
}

function appendRing({ vertices, isShared }: Ring, target: PathList, isExterior: boolean): void {
  const size = vertices.length
  target.reserve(size / 2)
  for (let i = 0; i < size; i += 2) {
    const x = vertices[i] as number
    const y = vertices[i + 1] as number
    const beforeX = x - (vertices[(i + size - 2) % size] as number)
    const beforeY = y - (vertices[(i + size - 1) % size] as number)
    const afterX = (vertices[(i + 2) % size] as number) - x
    const afterY = (vertices[(i + 3) % size] as number) - y
    // Vertices where an edge was merely divided are not needed any more.
    if (isShared[i / 2] || beforeX * afterY !== beforeY * afterX) target.push(x, y)
  }
  target.endPath(isExterior)
}

/**
 * Finds the edges with inside on exactly one side. Answers 1 for those that must run as they are (from the smaller
 * vertex) to have the inside on their left, -1 for those that must run the other way, 0 for all others.
 */
function directBoundary(edges: PlanarEdges): Int8Array {
  const { count, buckets } = edges
  const directions = new Int8Array(count)
  for (let edge = 0; edge < count; edge++) {
    const [x1, y1, x2, y2] = edges.place(edge)
    let firstSide = 0
    let secondSide = 0
    if (x1 < x2) {
      const x = (x1 + x2) / 2
      const y = (y1 + y2) / 2
      // A ray towards smaller y crosses the edges that stand over x; half-open, so that a vertex counts once.
      for (const other of buckets.at(x)) {
        const [ox1, oy1, ox2, oy2] = edges.place(other)
        if (other === edge || ox1 > x || ox2 <= x) continue
        if (oy1 + ((x - ox1) * (oy2 - oy1)) / (ox2 - ox1) < y) firstSide += edges.weight(other)
      }
      secondSide = firstSide + edges.weight(edge)
    } else {
      // Beside an upright edge: one ray just before it and one just behind it.
      const y = (y1 + y2) / 2
      for (const other of buckets.at(x1)) {
        const [ox1, oy1, ox2, oy2] = edges.place(other)
        if (ox1 === ox2) continue
        if (oy1 + ((x1 - ox1) * (oy2 - oy1)) / (ox2 - ox1) >= y) continue
        if (ox1 < x1 && ox2 >= x1) secondSide += edges.weight(other)
        if (ox1 <= x1 && ox2 > x1) firstSide += edges.weight(other)
      }
    }
    if ((firstSide === 0) !== (secondSide === 0)) directions[edge] = secondSide === 0 ? -1 : 1
  }
  return directions
}

/**
 * Follows the boundary with the inside on the left, turning as far right as it goes where several ways leave a vertex,
 * and cuts a ring off whenever a vertex comes up again: exteriors and holes that touch come out as rings of their own.
 */
function traceRings(edges: PlanarEdges, directions: Int8Array): Ring[] {
  const outgoing = new Map<number, number[]>()
  const addOutgoing = (from: number, to: number) => {
    const known = outgoing.get(from)
    if (known) known.push(to)
    else outgoing.set(from, [to])
  }
  for (let edge = 0; edge < edges.count; edge++) {
    if (directions[edge] === 1) addOutgoing(edges.from(edge), edges.to(edge))
    if (directions[edge] === -1) addOutgoing(edges.to(edge), edges.from(edge))
  }
  const shared = new Set([...outgoing].filter(([, targets]) => targets.length > 1).map(([vertex]) => vertex))
  const rings: Ring[] = []
  for (const [first, targets] of outgoing) {
    while (targets.length > 0) {
      const path = [first]
      const placeOf = new Map([[first, 0]])
      let at = targets.pop() as number
      for (;;) {
        const place = placeOf.get(at)
        const before = path.at(-1) as number
        if (place === undefined) {
          placeOf.set(at, path.length)
          path.push(at)
        } else {
          const loop = path.splice(place + 1)
          for (const vertex of loop) placeOf.delete(vertex)
          rings.push(ringOf(edges, [at, ...loop], shared))
          if (place === 0) break
        }
        const next = takeRightmost(edges, outgoing.get(at) ?? [], before, at)
        // Rounding left no way out of a vertex only if noding gave up; what was walked so far encloses nothing.
        if (next === undefined) break
        at = next
      }
    }
  }
  return rings
}

function ringOf(edges: PlanarEdges, path: readonly number[], shared: ReadonlySet<number>): Ring {
  const vertices = path.flatMap((vertex) => [edges.x(vertex), edges.y(vertex)])
  const isShared = path.map((vertex) => shared.has(vertex))
  return { vertices, isShared, areaTwice: signedAreaTwice(vertices, 0, vertices.length) }
}

/** Takes out of `targets` the one that comes first clockwise from the way back to `before`. */
function takeRightmost(edges: PlanarEdges, targets: number[], before: number, at: number): number | undefined {
  if (targets.length < 2) return targets.pop()
  const x = edges.x(at)
  const y = edges.y(at)
  const backX = edges.x(before) - x
  const backY = edges.y(before) - y
  let best = 0
  for (let i = 1; i < targets.length; i++) {
    const isFirst = comesFirstClockwise(
      backX,
      backY,
      edges.x(targets[i] as number) - x,
      edges.y(targets[i] as number) - y,
      edges.x(targets[best] as number) - x,
      edges.y(targets[best] as number) - y,
    )
    if (isFirst) best = i
  }
  return targets.splice(best, 1)[0]
}

/** Turning clockwise (y up) from `back`, is (ax, ay) met before (bx, by)? */
function comesFirstClockwise(backX: number, backY: number, ax: number, ay: number, bx: number, by: number): boolean {
  const halfOf = (x: number, y: number) => {
    const cross = backX * y - backY * x
    if (cross !== 0) return cross < 0 ? 0 : 2
    return backX * x + backY * y < 0 ? 1 : 3
  }
  const halfA = halfOf(ax, ay)
  const halfB = halfOf(bx, by)
  return halfA === halfB ? ax * by - ay * bx < 0 : halfA < halfB
}
