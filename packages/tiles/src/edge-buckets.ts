import { enlarge } from './pair-index.ts'

const MAX_BUCKETS = 4096

/** Finds intervals of x (the edges of a drawing) by where they stand: a row of equally wide buckets. */
export class EdgeBuckets {
  count = 0
  /** The edges over bucket i are members[starts[i]] … [starts[i + 1]). */
  starts = new Int32Array(MAX_BUCKETS + 1)
  members = new Int32Array(1024)
  private minX = 0
  private width = 1

  /** Sorts `edgeCount` edges in, from x1[i] ≤ x2[i] each. */
  fill(edgeCount: number, x1: Int32Array, x2: Int32Array): void {
    let minX = Number.POSITIVE_INFINITY
    let maxX = Number.NEGATIVE_INFINITY
    let total = 0
    for (let edge = 0; edge < edgeCount; edge++) {
      minX = Math.min(minX, x1[edge] as number)
      maxX = Math.max(maxX, x2[edge] as number)
      total += (x2[edge] as number) - (x1[edge] as number)
    }
    // No narrower than the average edge, or long edges would stand in very many buckets.
    const fitting = edgeCount === 0 ? 1 : Math.ceil((maxX - minX + 1) / (total / edgeCount + 1))
    this.count = Math.max(1, Math.min(fitting, edgeCount, MAX_BUCKETS))
    this.minX = edgeCount === 0 ? 0 : minX
    this.width = edgeCount === 0 ? 1 : (maxX - minX + 1) / this.count
    this.place(edgeCount, x1, x2)
  }

  /** The bucket over x; places beside all edges count to the outermost. */
  indexOf(x: number): number {
    const index = Math.floor((x - this.minX) / this.width)
    return Math.max(0, Math.min(index, this.count - 1))
  }

  private place(edgeCount: number, x1: Int32Array, x2: Int32Array): void {
    const { starts, count } = this
    starts.fill(0, 0, count + 1)
    for (let edge = 0; edge < edgeCount; edge++) {
      const last = this.indexOf(x2[edge] as number)
      for (let i = this.indexOf(x1[edge] as number); i <= last; i++) starts[i + 1] = (starts[i + 1] as number) + 1
    }
    for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
    const total = starts[count] as number
    if (this.members.length < total) this.members = enlarge(this.members, total * 2)
    // Filling moves each start to its end; afterwards all are moved back by one.
    for (let edge = 0; edge < edgeCount; edge++) {
      const last = this.indexOf(x2[edge] as number)
      for (let i = this.indexOf(x1[edge] as number); i <= last; i++) {
        const at = starts[i] as number
        this.members[at] = edge
        starts[i] = at + 1
      }
    }
    for (let i = count; i > 0; i--) starts[i] = starts[i - 1] as number
    starts[0] = 0
  }
}
