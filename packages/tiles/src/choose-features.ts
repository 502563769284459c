import { type DrawnFeatures, POINT } from './drawn-features.ts'
import { hashOfId } from './feature-id.ts'

const HASH_RANGE = 2 ** 32

/**
 * All drawn features, the most worth keeping first: by area or length of the whole feature, so that a country at the
 * tile's edge stays as it does in the next tile; points, which have neither, come last in an order scattered by their
 * ids. Ties go to the smaller id. The order depends on nothing but the features.
 */
export function orderByImportance(drawn: DrawnFeatures): Uint32Array {
  const { count, kinds, sizes, ids } = drawn
  const ranks = new Float64Array(count)
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    order[i] = i
    ranks[i] = kinds[i] === POINT ? hashOfId(ids[i] as number) / HASH_RANGE - 1 : (sizes[i] as number)
  }
  return order.sort(
    (a, b) => (ranks[b] as number) - (ranks[a] as number) || (ids[a] as number) - (ids[b] as number) || a - b,
  )
}

/** The first `keep` features of an order, back in the order they were drawn in. */
export function firstInDrawnOrder(order: Uint32Array, keep: number): Uint32Array {
  return order.slice(0, keep).sort()
}
