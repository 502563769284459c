/** A vertex in the units of a tile's grid. */
export type GridPosition = readonly [x: number, y: number]

/** Points, lines or closed rings of a feature, as a tile's bytes have them. */
export type GridPaths = readonly (readonly GridPosition[])[]

/** Edges are looked for this near a vertex; what is farther away counts as infinitely far. */
const REACH = 8
/** Height of the strips that edges are sorted into. */
const STRIP = 16

type Edge = readonly [from: GridPosition, to: GridPosition]

/** Distances from vertices to paths of thousands of edges, in grid units. */
export class PathDistance {
  readonly #vertices = new Set<string>()
  readonly #strips = new Map<number, Edge[]>()

  constructor(paths: GridPaths) {
    for (const path of paths) {
      for (const [i, to] of path.entries()) {
        this.#vertices.add(to.join())
        const from = path[i - 1]
        if (from) this.#addEdge([from, to])
      }
    }
  }

  /** How far a vertex is from the nearest edge. */
  from(vertex: GridPosition): number {
    if (this.#vertices.has(vertex.join())) return 0
    let nearest = Number.POSITIVE_INFINITY
    for (const [from, to] of this.#strips.get(Math.floor(vertex[1] / STRIP)) ?? []) {
      if (Math.min(from[0], to[0]) - REACH > vertex[0] || Math.max(from[0], to[0]) + REACH < vertex[0]) continue
      nearest = Math.min(nearest, distanceToEdge(vertex, from, to))
    }
    return nearest
  }

  #addEdge(edge: Edge): void {
    const [[, y1], [, y2]] = edge
    const last = Math.floor((Math.max(y1, y2) + REACH) / STRIP)
    for (let strip = Math.floor((Math.min(y1, y2) - REACH) / STRIP); strip <= last; strip++) {
      const edges = this.#strips.get(strip)
      if (edges) edges.push(edge)
      else this.#strips.set(strip, [edge])
    }
  }
}

function distanceToEdge([x, y]: GridPosition, [x1, y1]: GridPosition, [x2, y2]: GridPosition): number {
  const squaredLength = (x2 - x1) ** 2 + (y2 - y1) ** 2
  const along = squaredLength === 0 ? 0 : ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / squaredLength
  const share = Math.max(0, Math.min(1, along))
  return Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1))
}

/** Area of a closed ring by the surveyor's formula, positive for an exterior in MVT. */
export function signedArea(ring: readonly GridPosition[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] ?? [x, y]
    return sum + (x * nextY - nextX * y) / 2
  }, 0)
}

/** Exteriors' area less holes'. */
export function areaOf(rings: GridPaths): number {
  return rings.reduce((sum, ring) => sum + signedArea(ring), 0)
}

/** Length of all edges. */
export function lengthOf(paths: GridPaths): number {
  return paths.reduce(
    (sum, path) => path.reduce((length, to, i) => length + Math.hypot(...difference(to, path[i - 1] ?? to)), sum),
    0,
  )
}

/** About how thick a ring is where it is long, half of that where it is round. */
export function thicknessOf(ring: readonly GridPosition[]): number {
  return (2 * Math.abs(signedArea(ring))) / lengthOf([ring])
}

function difference(a: GridPosition, b: GridPosition): GridPosition {
  return [a[0] - b[0], a[1] - b[1]]
}
