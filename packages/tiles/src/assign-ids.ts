import type { DrawnFeatures } from './drawn-features.ts'
import { hashOfId, idFromBytes, idFromPoint, nextId } from './feature-id.ts'
import type { TileFeatures } from './tile-features.ts'

/**
 * Fills `drawn.ids`: the source's own id where it is an integer in [1, 2^53), else one derived from the geometry.
 * Features that share a geometry get different ids, in source order. The parts of one collection share theirs.
 */
export function assignIds(features: TileFeatures, drawn: DrawnFeatures): void {
  const { count, sources, ids } = drawn
  const given = features.ids
  let taken: IdSet | null = null
  for (let i = 0; i < count; i++) {
    const source = sources[i] as number
    if (i > 0 && sources[i - 1] === source) {
      ids[i] = ids[i - 1] as number
      continue
    }
    const own = given === undefined ? 0 : (given[source] as number)
    if (own >= 1 && Number.isSafeInteger(own)) {
      ids[i] = own
      continue
    }
    taken ??= new IdSet(count)
    let id = deriveId(features, source)
    while (!taken.add(id)) id = nextId(id)
    ids[i] = id
  }
}

function deriveId({ geometry }: TileFeatures, source: number): number {
  if (geometry.kind === 'points') {
    return idFromPoint(geometry.longitudes[source] as number, geometry.latitudes[source] as number)
  }
  return idFromBytes(geometry.bytes, geometry.offsets[source] as number, geometry.offsets[source + 1] as number)
}

/** A set of ids of known size, without boxing them. */
class IdSet {
  private readonly slots: Float64Array

  constructor(size: number) {
    this.slots = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(size, 1) * 2)))
  }

  /** False when the id was there already. */
  add(id: number): boolean {
    const mask = this.slots.length - 1
    for (let slot = hashOfId(id) & mask; ; slot = (slot + 1) & mask) {
      const there = this.slots[slot]
      if (there === id) return false
      if (there === 0) {
        this.slots[slot] = id
        return true
      }
    }
  }
}
