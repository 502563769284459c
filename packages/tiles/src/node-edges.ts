import { EdgeBuckets } from './edge-buckets.ts'
import { enlarge, PairIndex } from './pair-index.ts'
import type { PathList } from './path-list.ts'

/** From this round on every vertex counts, not only those near a contact; that ends in one round (Hobby 1999). */
const FIRST_FULL_ROUND = 3
const MAX_ROUNDS = 8

/** Edges between shared vertices; each runs from its smaller vertex (by x, then y) to its larger one. */
export class PlanarEdges {
  /** x and y of the vertices. */
  readonly vertices = new PairIndex()
  count = 0
  from = new Int32Array(256)
  to = new Int32Array(256)
  /** How often rings run along the edge, those that run backwards counted negative; never 0. */
  weights = new Int32Array(256)
  // The places of both ends once more, for the loops that compare edges.
  x1 = new Int32Array(256)
  y1 = new Int32Array(256)
  x2 = new Int32Array(256)
  y2 = new Int32Array(256)
  readonly buckets = new EdgeBuckets()
  private readonly pairs = new PairIndex()
  private pending = new Int32Array(256)

  clear(): void {
    this.vertices.clear()
    this.pairs.clear()
    this.count = 0
  }

  /** Takes in one step of a ring from vertex to vertex; it counts after `settle`. */
  addStep(from: number, to: number, weight: number): void {
    if (from === to) return
    const { firsts: xs, seconds: ys } = this.vertices
    const dx = (xs[to] as number) - (xs[from] as number)
    const ascends = dx > 0 || (dx === 0 && (ys[to] as number) > (ys[from] as number))
    const known = this.pairs.count
    const pair = ascends ? this.pairs.indexOf(from, to) : this.pairs.indexOf(to, from)
    if (pair === this.pending.length) this.pending = enlarge(this.pending, pair * 2)
    const before = pair === known ? 0 : (this.pending[pair] as number)
    this.pending[pair] = before + (ascends ? weight : -weight)
  }

  /** Replaces the edges by the steps added since: equal ones joined, those that cancel out left out. */
  settle(): void {
    const { pairs, pending, vertices } = this
    if (this.from.length < pairs.count) this.makeRoom(pairs.count * 2)
    let count = 0
    for (let pair = 0; pair < pairs.count; pair++) {
      const weight = pending[pair] as number
      if (weight === 0) continue
      const from = pairs.firsts[pair] as number
      const to = pairs.seconds[pair] as number
      this.from[count] = from
      this.to[count] = to
      this.weights[count] = weight
      this.x1[count] = vertices.firsts[from] as number
      this.y1[count] = vertices.seconds[from] as number
      this.x2[count] = vertices.firsts[to] as number
      this.y2[count] = vertices.seconds[to] as number
      count++
    }
    this.count = count
    pairs.clear()
    this.buckets.fill(count, this.x1, this.x2)
  }

  private makeRoom(length: number): void {
    this.from = new Int32Array(length)
    this.to = new Int32Array(length)
    this.weights = new Int32Array(length)
    this.x1 = new Int32Array(length)
    this.y1 = new Int32Array(length)
    this.x2 = new Int32Array(length)
    this.y2 = new Int32Array(length)
  }
}

/**
 * Fills `edges` with those of rings (the listed paths), divided wherever they cross or touch, so that any two meet in a
 * shared vertex or not at all. This is snap rounding: around each vertex and each crossing, rounded to the grid, lies a
 * pixel one unit wide, and an edge through a pixel is led through its middle. Edges bend by less than one unit.
 * At first only edges that meet others are bent; should that make them meet more, the next rounds go on.
 */
export function nodeEdges(rings: PathList, paths: readonly number[], edges: PlanarEdges): void {
  edges.clear()
  addRings(rings, paths, edges)
  edges.settle()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const contacts = findContacts(edges)
    if (contacts === null) return
    divideEdges(edges, round < FIRST_FULL_ROUND ? contacts : everything(edges))
  }
}

function addRings(rings: PathList, paths: readonly number[], edges: PlanarEdges): void {
  const { coordinates, ends } = rings
  for (const path of paths) {
    const end = ends[path] as number
    let from = edges.vertices.indexOf(coordinates[end - 2] as number, coordinates[end - 1] as number)
    for (let i = rings.startOf(path); i < end; i += 2) {
      const to = edges.vertices.indexOf(coordinates[i] as number, coordinates[i + 1] as number)
      edges.addStep(from, to, 1)
      from = to
    }
  }
}

/** What takes part in snapping. */
interface Contacts {
  /** 1 for the edges that may be bent. */
  readonly isActive: Uint8Array
  /** Vertices whose pixels attract. */
  readonly hotVertices: Set<number>
}

function everything(edges: PlanarEdges): Contacts {
  return {
    isActive: new Uint8Array(edges.count).fill(1),
    hotVertices: new Set(Array.from({ length: edges.vertices.count }, (_, vertex) => vertex)),
  }
}

/** Makes a vertex of every crossing. Null when no two edges cross or touch except in a shared vertex. */
function findContacts(edges: PlanarEdges): Contacts | null {
  const { buckets, from, to, x1, x2, y1, y2 } = edges
  const { starts, members } = buckets
  const isActive = new Uint8Array(edges.count)
  const hotVertices = new Set<number>()
  let hasContacts = false
  for (let bucket = 0; bucket < buckets.count; bucket++) {
    const end = starts[bucket + 1] as number
    for (let i = starts[bucket] as number; i < end; i++) {
      const a = members[i] as number
      const ax1 = x1[a] as number
      const ax2 = x2[a] as number
      const minY = Math.min(y1[a] as number, y2[a] as number)
      const maxY = Math.max(y1[a] as number, y2[a] as number)
      for (let j = i + 1; j < end; j++) {
        const b = members[j] as number
        const bx1 = x1[b] as number
        if (bx1 > ax2 || (x2[b] as number) < ax1) continue
        const by1 = y1[b] as number
        const by2 = y2[b] as number
        if (by1 < by2 ? by1 > maxY || by2 < minY : by2 > maxY || by1 < minY) continue
        // A pair that shares several buckets is looked at in the first of them.
        if (buckets.indexOf(Math.max(ax1, bx1)) !== bucket || !meets(edges, a, b, hotVertices)) continue
        hasContacts = true
        isActive[a] = 1
        isActive[b] = 1
        hotVertices.add(from[a] as number)
        hotVertices.add(to[a] as number)
        hotVertices.add(from[b] as number)
        hotVertices.add(to[b] as number)
      }
    }
  }
  return hasContacts ? { isActive, hotVertices } : null
}

/** Whether two edges meet other than in a shared vertex; a crossing becomes a vertex and is added to `crossings`. */
function meets(edges: PlanarEdges, a: number, b: number, crossings: Set<number>): boolean {
  const ax1 = edges.x1[a] as number
  const ay1 = edges.y1[a] as number
  const dxA = (edges.x2[a] as number) - ax1
  const dyA = (edges.y2[a] as number) - ay1
  const bx1 = edges.x1[b] as number
  const by1 = edges.y1[b] as number
  const dxB = (edges.x2[b] as number) - bx1
  const dyB = (edges.y2[b] as number) - by1
  // On which side of one edge's line each end of the other lies.
  const b1 = dxA * (by1 - ay1) - dyA * (bx1 - ax1)
  const b2 = b1 + dxA * dyB - dyA * dxB
  if ((b1 > 0 && b2 > 0) || (b1 < 0 && b2 < 0)) return false
  const a1 = dxB * (ay1 - by1) - dyB * (ax1 - bx1)
  const a2 = a1 + dxB * dyA - dyB * dxA
  if ((a1 > 0 && a2 > 0) || (a1 < 0 && a2 < 0)) return false
  if (b1 !== 0 && b2 !== 0 && a1 !== 0 && a2 !== 0) {
    const along = a1 / (a1 - a2)
    crossings.add(edges.vertices.indexOf(ax1 + Math.floor(along * dxA + 0.5), ay1 + Math.floor(along * dyA + 0.5)))
    return true
  }
  return (
    (b1 === 0 && isWithin(edges, a, edges.from[b] as number)) ||
    (b2 === 0 && isWithin(edges, a, edges.to[b] as number)) ||
    (a1 === 0 && isWithin(edges, b, edges.from[a] as number)) ||
    (a2 === 0 && isWithin(edges, b, edges.to[a] as number))
  )
}

/** Whether a vertex on an edge's line lies on the edge and is neither of its ends. */
function isWithin({ from, to, x1, y1, x2, y2, vertices }: PlanarEdges, edge: number, vertex: number): boolean {
  if (vertex === from[edge] || vertex === to[edge]) return false
  const x = vertices.firsts[vertex] as number
  const y = vertices.seconds[vertex] as number
  const first = y1[edge] as number
  const last = y2[edge] as number
  return (
    x >= (x1[edge] as number) && x <= (x2[edge] as number) && y >= Math.min(first, last) && y <= Math.max(first, last)
  )
}

function divideEdges(edges: PlanarEdges, { isActive, hotVertices }: Contacts): void {
  const { vertices } = edges
  const divisions = findDivisions(edges, isActive, hotVertices)
  for (let edge = 0; edge < edges.count; edge++) {
    const weight = edges.weights[edge] as number
    const end = edges.to[edge] as number
    let from = edges.from[edge] as number
    const between = divisions.get(edge)
    if (between !== undefined) {
      const x = vertices.firsts[from] as number
      const y = vertices.seconds[from] as number
      const dx = (vertices.firsts[end] as number) - x
      const dy = (vertices.seconds[end] as number) - y
      const along = (vertex: number) =>
        ((vertices.firsts[vertex] as number) - x) * dx + ((vertices.seconds[vertex] as number) - y) * dy
      for (const vertex of between.sort((a, b) => along(a) - along(b))) {
        edges.addStep(from, vertex, weight)
        from = vertex
      }
    }
    edges.addStep(from, end, weight)
  }
  edges.settle()
}

/** Edge → the hot vertices through whose pixels it runs, its own ends apart. */
function findDivisions(edges: PlanarEdges, isActive: Uint8Array, hotVertices: Set<number>): Map<number, number[]> {
  const divisions = new Map<number, number[]>()
  const { buckets, vertices, from, to } = edges
  for (const vertex of hotVertices) {
    const x = vertices.firsts[vertex] as number
    const y = vertices.seconds[vertex] as number
    const lastBucket = buckets.indexOf(x + 0.5)
    for (let bucket = buckets.indexOf(x - 0.5); bucket <= lastBucket; bucket++) {
      const end = buckets.starts[bucket + 1] as number
      for (let i = buckets.starts[bucket] as number; i < end; i++) {
        const edge = buckets.members[i] as number
        if (isActive[edge] === 0 || from[edge] === vertex || to[edge] === vertex) continue
        if (!crossesPixel(edges, edge, x, y)) continue
        const known = divisions.get(edge)
        if (known === undefined) divisions.set(edge, [vertex])
        else if (!known.includes(vertex)) known.push(vertex)
      }
    }
  }
  return divisions
}

/** Whether an edge has a place in common with the pixel around (x, y), whose smaller sides belong to it. */
function crossesPixel(edges: PlanarEdges, edge: number, x: number, y: number): boolean {
  const x1 = edges.x1[edge] as number
  const x2 = edges.x2[edge] as number
  if (x2 < x - 0.5 || x1 >= x + 0.5) return false
  const y1 = edges.y1[edge] as number
  const y2 = edges.y2[edge] as number
  if (y1 < y2 ? y2 < y - 0.5 || y1 >= y + 0.5 : y1 < y - 0.5 || y2 >= y + 0.5) return false
  const dx = x2 - x1
  const dy = y2 - y1
  if (dx === 0 || dy === 0) return true
  // Which side of the edge each corner of the pixel is on; of the corners, only the smallest is part of the pixel.
  const smallest = dx * (y - 0.5 - y1) - dy * (x - 0.5 - x1)
  if (smallest === 0) return true
  const right = smallest - dy
  const below = smallest + dx
  const largest = smallest + dx - dy
  return smallest > 0 ? right < 0 || below < 0 || largest < 0 : right > 0 || below > 0 || largest > 0
}
