import { nodeEdges, PlanarEdges } from './node-edges.ts'
import type { PathList } from './path-list.ts'
import { isInsideRing, signedAreaTwice } from './ring-geometry.ts'

interface Ring {
  /** x, y, x, y, … */
  readonly vertices: readonly number[]
  /** For each vertex, whether another ring touches this one there. */
  readonly isShared: readonly boolean[]
  readonly areaTwice: number
  readonly minX: number
  readonly maxX: number
}

const edges = new PlanarEdges()

/**
 * Makes valid polygons of rings (the listed paths: small integer coordinates, exteriors of positive area, holes of
 * negative) that cross or touch. What is inside by the non-zero winding rule stays inside, up to the rounding of
 * crossings to the grid. The result, simple rings that meet in single vertices at most, exteriors each followed by
 * their holes, goes to `target`.
 */
export function resolveRings(rings: PathList, paths: readonly number[], target: PathList): void {
  nodeEdges(rings, paths, edges)
  const simple = traceRings(directBoundary())
  const exteriors = simple.filter(({ areaTwice }) => areaTwice > 0).sort((a, b) => a.areaTwice - b.areaTwice)
  const holesOf = new Map<Ring, Ring[]>(exteriors.map((exterior) => [exterior, []]))
  for (const hole of simple) {
    if (hole.areaTwice < 0) holesOf.get(ownerOf(hole, exteriors) as Ring)?.push(hole)
  }
  for (const [exterior, holes] of holesOf) {
    appendRing(exterior, target, true)
    for (const hole of holes) appendRing(hole, target, false)
  }
}

/** The smallest exterior around a hole. The middle of an edge tells: it lies on no other ring. */
function ownerOf(hole: Ring, exteriors: readonly Ring[]): Ring | undefined {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = hole.vertices
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2]
  return exteriors.find(
    ({ vertices, areaTwice, minX, maxX }) =>
      areaTwice > -hole.areaTwice && minX <= hole.minX && maxX >= hole.maxX && isInsideRing(vertices, x, y),
  )
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
function directBoundary(): Int8Array {
  const { count, weights, x1, x2, y1, y2 } = edges
  const directions = new Int8Array(count)
  for (let edge = 0; edge < count; edge++) {
    const x = x1[edge] as number
    const isUpright = x === x2[edge]
    const middleX = (x + (x2[edge] as number)) / 2
    const middleY = ((y1[edge] as number) + (y2[edge] as number)) / 2
    // Rays towards smaller y: over a slanted edge one from its middle, beside an upright one two, before and behind it.
    const right = windingUnder(edge, middleX, middleY, false)
    const left = isUpright ? windingUnder(edge, x, middleY, true) : right + (weights[edge] as number)
    if ((right === 0) !== (left === 0)) directions[edge] = left === 0 ? -1 : 1
  }
  return directions
}

/**
 * How often rings wind around the place just before (or just behind) x at y, the edge itself not counted: the weights
 * of all edges under it. Edges are taken half-open, so that a shared vertex counts once.
 */
function windingUnder(edge: number, x: number, y: number, isJustBefore: boolean): number {
  const { buckets, weights, x1, x2, y1, y2 } = edges
  const bucket = buckets.indexOf(x)
  const end = buckets.starts[bucket + 1] as number
  let winding = 0
  for (let i = buckets.starts[bucket] as number; i < end; i++) {
    const other = buckets.members[i] as number
    const otherX = x1[other] as number
    const lastX = x2[other] as number
    if (isJustBefore ? otherX >= x || lastX < x : otherX > x || lastX <= x) continue
    const otherY = y1[other] as number
    const rise = (y2[other] as number) - otherY
    if (other !== edge && otherY + ((x - otherX) * rise) / (lastX - otherX) < y) winding += weights[other] as number
  }
  return winding
}

/**
 * Follows the boundary with the inside on the left, turning as far right as it goes where several ways leave a vertex,
 * and cuts a ring off whenever a vertex comes up again: exteriors and holes that touch come out as rings of their own.
 */
function traceRings(directions: Int8Array): Ring[] {
  const { count, from, to, vertices } = edges
  const outgoing: (number[] | undefined)[] = new Array(vertices.count)
  const addOutgoing = (start: number, end: number) => {
    const known = outgoing[start]
    if (known === undefined) outgoing[start] = [end]
    else known.push(end)
  }
  for (let edge = 0; edge < count; edge++) {
    if (directions[edge] === 1) addOutgoing(from[edge] as number, to[edge] as number)
    if (directions[edge] === -1) addOutgoing(to[edge] as number, from[edge] as number)
  }
  const isShared = outgoing.map((ends) => ends !== undefined && ends.length > 1)
  // Where each vertex stands in the path being walked; -1 for the others.
  const placeOf = new Int32Array(vertices.count).fill(-1)
  const rings: Ring[] = []
  outgoing.forEach((ends, first) => {
    while (ends !== undefined && ends.length > 0)
      walkFrom(first, ends.pop() as number, outgoing, placeOf, isShared, rings)
  })
  return rings
}

function walkFrom(
  first: number,
  second: number,
  outgoing: readonly (number[] | undefined)[],
  placeOf: Int32Array,
  isShared: readonly boolean[],
  rings: Ring[],
): void {
  const path = [first]
  placeOf[first] = 0
  let at = second
  for (;;) {
    const before = path.at(-1) as number
    const place = placeOf[at] as number
    if (place < 0) {
      placeOf[at] = path.length
      path.push(at)
    } else {
      const loop = path.splice(place + 1)
      for (const vertex of loop) placeOf[vertex] = -1
      rings.push(ringOf([at, ...loop], isShared))
      if (place === 0) break
    }
    const next = takeRightmost(outgoing[at] ?? [], before, at)
    // Every vertex has as many ways out as in; only noding that gave up could leave the walk without one.
    if (next === undefined) break
    at = next
  }
  for (const vertex of path) placeOf[vertex] = -1
}

function ringOf(path: readonly number[], isShared: readonly boolean[]): Ring {
  const { firsts: xs, seconds: ys } = edges.vertices
  const vertices: number[] = []
  let minX = Number.POSITIVE_INFINITY
  let maxX = Number.NEGATIVE_INFINITY
  for (const vertex of path) {
    const x = xs[vertex] as number
    vertices.push(x, ys[vertex] as number)
    minX = Math.min(minX, x)
    maxX = Math.max(maxX, x)
  }
  return {
    vertices,
    isShared: path.map((vertex) => isShared[vertex] === true),
    areaTwice: signedAreaTwice(vertices, 0, vertices.length),
    minX,
    maxX,
  }
}

/** Takes out of `ends` the one that comes first clockwise from the way back to `before`. */
function takeRightmost(ends: number[], before: number, at: number): number | undefined {
  if (ends.length < 2) return ends.pop()
  const { firsts: xs, seconds: ys } = edges.vertices
  const x = xs[at] as number
  const y = ys[at] as number
  const backX = (xs[before] as number) - x
  const backY = (ys[before] as number) - y
  let best = 0
  for (let i = 1; i < ends.length; i++) {
    const [candidate, leader] = [ends[i] as number, ends[best] as number]
    const [candidateX, candidateY] = [(xs[candidate] as number) - x, (ys[candidate] as number) - y]
    const [leaderX, leaderY] = [(xs[leader] as number) - x, (ys[leader] as number) - y]
    if (comesFirstClockwise(backX, backY, candidateX, candidateY, leaderX, leaderY)) best = i
  }
  return ends.splice(best, 1)[0]
}

/** Turning clockwise (y up) from `back`, is (ax, ay) met before (bx, by)? */
function comesFirstClockwise(backX: number, backY: number, ax: number, ay: number, bx: number, by: number): boolean {
  const sectorOf = (x: number, y: number) => {
    const cross = backX * y - backY * x
    if (cross !== 0) return cross < 0 ? 0 : 2
    return backX * x + backY * y < 0 ? 1 : 3
  }
  const sectorA = sectorOf(ax, ay)
  const sectorB = sectorOf(bx, by)
  return sectorA === sectorB ? ax * by - ay * bx < 0 : sectorA < sectorB
}
