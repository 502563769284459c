import { ByteWriter } from './byte-writer.ts'

/** The geometry types of MVT. */
export const POINT = 1
export const LINE = 2
export const POLYGON = 3

/**
 * The features that appear in a tile, as columns: their geometry is already written as MVT commands, their
 * attributes still stand in the source. Kept between tiles, so that encoding allocates next to nothing.
 */
export class DrawnFeatures {
  count = 0
  /** Which feature of the source this is; ascending. */
  sources = new Uint32Array(1024)
  /** POINT, LINE or POLYGON. */
  kinds = new Uint8Array(1024)
  /** The geometry of i is bytes starts[i] … starts[i + 1] of `geometry`. */
  starts = new Uint32Array(1025)
  /** How much there is to see of the whole feature: area or length in grid units; 0 for points. */
  sizes = new Float64Array(1024)
  ids = new Float64Array(1024)
  readonly geometry = new ByteWriter(1 << 16)

  clear(): void {
    this.count = 0
    this.geometry.length = 0
  }

  /** Makes room for `count` more features. */
  reserve(count: number): void {
    const needed = this.count + count
    const capacity = this.sources.length
    if (needed <= capacity) return
    const larger = Math.max(needed, capacity * 2)
    this.sources = copyInto(new Uint32Array(larger), this.sources)
    this.kinds = copyInto(new Uint8Array(larger), this.kinds)
    this.starts = copyInto(new Uint32Array(larger + 1), this.starts)
    this.sizes = copyInto(new Float64Array(larger), this.sizes)
    this.ids = copyInto(new Float64Array(larger), this.ids)
  }

  /** Records the feature whose geometry was written since the last one; room must have been reserved. */
  add(source: number, kind: number, size: number): void {
    const at = this.count++
    this.sources[at] = source
    this.kinds[at] = kind
    this.sizes[at] = size
    this.starts[at + 1] = this.geometry.length
  }
}

function copyInto<Numbers extends Uint8Array | Uint32Array | Float64Array>(target: Numbers, source: Numbers): Numbers {
  target.set(source)
  return target
}
