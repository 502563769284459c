import type { PathList } from './path-list.ts'

/** Vertices are small integers; this much is added to make them positive. */
const OFFSET = 2 ** 17
const VERTEX_KEY_BASE = 2 ** 18
const EDGE_KEY_BASE = 2 ** 24

/** One round is enough in theory; crossings are computed in doubles, so a second look costs little and proves it. */
const MAX_ROUNDS = 8

/** Edges between shared vertices; each runs from its smaller vertex (by x, then y) to its larger one. */
export class PlanarEdges {
  private readonly vertexIds = new Map<number, number>()
  private readonly xs: number[] = []
  private readonly ys: number[] = []
  private froms: number[] = []
  private tos: number[] = []
  private weights: number[] = []
  buckets: EdgeBuckets = new EdgeBuckets(0, 0, 0)

  get count(): number {
    return this.froms.length
  }

  get vertexCount(): number {
    return this.xs.length
  }

  x(vertex: number): number {
    return this.xs[vertex] as number
  }

  y(vertex: number): number {
    return this.ys[vertex] as number
  }

  from(edge: number): number {
    return this.froms[edge] as number
  }

  to(edge: number): number {
    return this.tos[edge] as number
  }

  /** How often rings run along the edge, those that run backwards counted negative. */
  weight(edge: number): number {
    return this.weights[edge] as number
  }

  /** x1, y1, x2, y2 */
  place(edge: number): [number, number, number, number] {
    const from = this.from(edge)
    const to = this.to(edge)
    return [this.x(from), this.y(from), this.x(to), this.y(to)]
  }

  vertexAt(x: number, y: number): number {
    const key = (x + OFFSET) * VERTEX_KEY_BASE + y + OFFSET
    const known = this.vertexIds.get(key)
    if (known !== undefined) return known
    const vertex = this.xs.length
    this.vertexIds.set(key, vertex)
    this.xs.push(x)
    this.ys.push(y)
    return vertex
  }

  /** Replaces all edges; equal ones are joined, and those that cancel out are left out. */
  replaceAll(steps: Iterable<readonly [from: number, to: number, weight: number]>): void {
    const weights = new Map<number, number>()
    for (const [from, to, weight] of steps) {
      if (from === to) continue
      const ascends = this.x(from) < this.x(to) || (this.x(from) === this.x(to) && this.y(from) < this.y(to))
      const key = ascends ? from * EDGE_KEY_BASE + to : to * EDGE_KEY_BASE + from
      weights.set(key, (weights.get(key) ?? 0) + (ascends ? weight : -weight))
    }
    this.froms = []
    this.tos = []
    this.weights = []
    for (const [key, weight] of weights) {
      if (weight === 0) continue
      this.froms.push(Math.floor(key / EDGE_KEY_BASE))
      this.tos.push(key % EDGE_KEY_BASE)
      this.weights.push(weight)
    }
    this.fillBuckets()
  }

  private fillBuckets(): void {
    let minX = Number.POSITIVE_INFINITY
    let maxX = Number.NEGATIVE_INFINITY
    for (let edge = 0; edge < this.count; edge++) {
      minX = Math.min(minX, this.x(this.from(edge)))
      maxX = Math.max(maxX, this.x(this.to(edge)))
    }
    this.buckets = new EdgeBuckets(this.count, minX, maxX)
    for (let edge = 0; edge < this.count; edge++) {
      this.buckets.add(edge, this.x(this.from(edge)), this.x(this.to(edge)))
    }
  }
}

/** Finds edges by x: a row of equally wide buckets, each with all edges that stand over it. */
class EdgeBuckets {
  private readonly minX: number
  private readonly width: number
  private readonly lists: number[][]

  constructor(edgeCount: number, minX: number, maxX: number) {
    const bucketCount = Math.max(1, Math.min(edgeCount >> 2, 1024))
    this.minX = minX
    this.width = (maxX - minX + 1) / bucketCount
    this.lists = Array.from({ length: bucketCount }, () => [])
  }

  get all(): readonly (readonly number[])[] {
    return this.lists
  }

  add(edge: number, x1: number, x2: number): void {
    const last = this.indexOf(x2)
    for (let i = this.indexOf(x1); i <= last; i++) this.lists[i]?.push(edge)
  }

  /** All edges that stand over x, and some that do not. */
  at(x: number): readonly number[] {
    return this.lists[this.indexOf(x)] ?? []
  }

  indexOf(x: number): number {
    return Math.floor((x - this.minX) / this.width)
  }
}

/**
 * The edges of rings, divided wherever they cross or touch, so that any two meet in a shared vertex or not at all.
 * This is snap rounding (Hobby 1999): around each vertex and each crossing, rounded to the grid, lies a pixel one unit
 * wide, and every edge through a pixel is led through its middle. Edges bend by less than one unit.
 */
export function nodeEdges(rings: PathList): PlanarEdges {
  const edges = new PlanarEdges()
  edges.replaceAll(ringSteps(rings, edges))
  for (let round = 0; round < MAX_ROUNDS && addCrossings(edges); round++) {
    edges.replaceAll(dividedSteps(edges, findDivisions(edges)))
  }
  return edges
}

function* ringSteps(rings: PathList, edges: PlanarEdges): Generator<[number, number, number]> {
  const { coordinates, ends } = rings
  for (let ring = 0; ring < rings.count; ring++) {
    const start = rings.startOf(ring)
    const end = ends[ring] as number
    const first = edges.vertexAt(coordinates[start] as number, coordinates[start + 1] as number)
    let from = first
    for (let i = start + 2; i < end; i += 2) {
      const to = edges.vertexAt(coordinates[i] as number, coordinates[i + 1] as number)
      yield [from, to, 1]
      from = to
    }
    yield [from, first, 1]
  }
}

/** Makes a vertex of every crossing; false when no two edges cross or touch except in a shared vertex. */
function addCrossings(edges: PlanarEdges): boolean {
  const { buckets } = edges
  let hasContacts = false
  buckets.all.forEach((list, bucket) => {
    for (let i = 0; i < list.length; i++) {
      const a = list[i] as number
      const ax = edges.x(edges.from(a))
      for (let j = i + 1; j < list.length; j++) {
        const b = list[j] as number
        // A pair that shares several buckets is looked at in the first of them.
        if (buckets.indexOf(Math.max(ax, edges.x(edges.from(b)))) !== bucket) continue
        if (addCrossing(edges, a, b)) hasContacts = true
      }
    }
  })
  return hasContacts
}

function addCrossing(edges: PlanarEdges, a: number, b: number): boolean {
  const [ax1, ay1, ax2, ay2] = edges.place(a)
  const [bx1, by1, bx2, by2] = edges.place(b)
  if (ax2 < bx1 || bx2 < ax1) return false
  if (Math.max(ay1, ay2) < Math.min(by1, by2) || Math.max(by1, by2) < Math.min(ay1, ay2)) return false
  const b1 = turn(ax1, ay1, ax2, ay2, bx1, by1)
  const b2 = turn(ax1, ay1, ax2, ay2, bx2, by2)
  const a1 = turn(bx1, by1, bx2, by2, ax1, ay1)
  const a2 = turn(bx1, by1, bx2, by2, ax2, ay2)
  if (b1 * b2 < 0 && a1 * a2 < 0) {
    const along = a1 / (a1 - a2)
    edges.vertexAt(ax1 + Math.floor(along * (ax2 - ax1) + 0.5), ay1 + Math.floor(along * (ay2 - ay1) + 0.5))
    return true
  }
  return (
    (b1 === 0 && isBetweenEnds(edges, a, edges.from(b))) ||
    (b2 === 0 && isBetweenEnds(edges, a, edges.to(b))) ||
    (a1 === 0 && isBetweenEnds(edges, b, edges.from(a))) ||
    (a2 === 0 && isBetweenEnds(edges, b, edges.to(a)))
  )
}

/** Whether a vertex on an edge's line lies on the edge and is neither of its ends. */
function isBetweenEnds(edges: PlanarEdges, edge: number, vertex: number): boolean {
  if (vertex === edges.from(edge) || vertex === edges.to(edge)) return false
  const [x1, y1, x2, y2] = edges.place(edge)
  const x = edges.x(vertex)
  const y = edges.y(vertex)
  return x >= x1 && x <= x2 && y >= Math.min(y1, y2) && y <= Math.max(y1, y2)
}

/** Edge → the vertices through whose pixels it runs, its own ends apart. */
type Divisions = Map<number, number[]>

function findDivisions(edges: PlanarEdges): Divisions {
  const divisions: Divisions = new Map()
  const { buckets } = edges
  for (let vertex = 0; vertex < edges.vertexCount; vertex++) {
    const x = edges.x(vertex)
    const lastBucket = buckets.indexOf(x + 0.5)
    for (let bucket = buckets.indexOf(x - 0.5); bucket <= lastBucket; bucket++) {
      for (const edge of buckets.all[bucket] ?? []) {
        if (vertex === edges.from(edge) || vertex === edges.to(edge)) continue
        if (!crossesPixel(edges, edge, x, edges.y(vertex))) continue
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
  const [x1, y1, x2, y2] = edges.place(edge)
  if (x2 < x - 0.5 || x1 >= x + 0.5) return false
  if (Math.max(y1, y2) < y - 0.5 || Math.min(y1, y2) >= y + 0.5) return false
  if (x1 === x2 || y1 === y2) return true
  const own = turn(x1, y1, x2, y2, x - 0.5, y - 0.5)
  const others = [
    turn(x1, y1, x2, y2, x + 0.5, y - 0.5),
    turn(x1, y1, x2, y2, x + 0.5, y + 0.5),
    turn(x1, y1, x2, y2, x - 0.5, y + 0.5),
  ]
  if (own === 0) return true
  return others.some((side) => side !== 0 && side > 0 !== own > 0)
}

/** Which side of the line through 1 and 2 the place 3 is on. */
function turn(x1: number, y1: number, x2: number, y2: number, x3: number, y3: number): number {
  return (x2 - x1) * (y3 - y1) - (y2 - y1) * (x3 - x1)
}

function* dividedSteps(edges: PlanarEdges, divisions: Divisions): Generator<[number, number, number]> {
  for (let edge = 0; edge < edges.count; edge++) {
    const weight = edges.weight(edge)
    const [x1, y1, x2, y2] = edges.place(edge)
    const along = (vertex: number) => (edges.x(vertex) - x1) * (x2 - x1) + (edges.y(vertex) - y1) * (y2 - y1)
    const between = divisions.get(edge)?.toSorted((a, b) => along(a) - along(b)) ?? []
    let from = edges.from(edge)
    for (const vertex of between) {
      yield [from, vertex, weight]
      from = vertex
    }
    yield [from, edges.to(edge), weight]
  }
}
