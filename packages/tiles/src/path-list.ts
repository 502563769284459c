/**
 * Paths (lines, rings or loose points) one after another in flat arrays that are kept and grow; every stage from
 * reading to drawing works on these, so a feature costs no objects.
 */
export class PathList {
  /** x, y, x, y, … of all paths. */
  coordinates = new Float64Array(2048)
  /** Numbers used in `coordinates`, twice the vertices. */
  size = 0
  /** Path i ends before coordinates[ends[i]]; it starts where the one before it ends. */
  ends = new Uint32Array(64)
  /** 1 where a path is the first ring of a polygon, its exterior; the holes follow. */
  exteriors = new Uint8Array(64)
  count = 0

  clear(): void {
    this.size = 0
    this.count = 0
  }

  startOf(path: number): number {
    return path === 0 ? 0 : (this.ends[path - 1] as number)
  }

  /** Makes room for `vertices` more vertices. */
  reserve(vertices: number): void {
    const needed = this.size + 2 * vertices
    if (needed <= this.coordinates.length) return
    const larger = new Float64Array(Math.max(needed, this.coordinates.length * 2))
    larger.set(this.coordinates.subarray(0, this.size))
    this.coordinates = larger
  }

  /** Appends a vertex to the path being built; room must have been reserved. */
  push(x: number, y: number): void {
    this.coordinates[this.size] = x
    this.coordinates[this.size + 1] = y
    this.size += 2
  }

  /** Ends the path being built. */
  endPath(isExterior: boolean): void {
    if (this.count === this.ends.length) {
      const ends = new Uint32Array(this.count * 2)
      const exteriors = new Uint8Array(this.count * 2)
      ends.set(this.ends)
      exteriors.set(this.exteriors)
      this.ends = ends
      this.exteriors = exteriors
    }
    this.ends[this.count] = this.size
    this.exteriors[this.count] = isExterior ? 1 : 0
    this.count++
  }
}

/** One feature's geometry in degrees, sorted by kind. Rings are kept as they were written, closed or not. */
export class FlatGeometry {
  /** One path per point or multipoint. */
  readonly points = new PathList()
  readonly lines = new PathList()
  readonly polygons = new PathList()

  clear(): void {
    this.points.clear()
    this.lines.clear()
    this.polygons.clear()
  }
}
