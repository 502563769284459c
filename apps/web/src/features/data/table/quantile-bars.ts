/** One bar: from where to where it stands (0–1 of the range) and how high it is (0–1). */
export interface QuantileBar {
  readonly start: number
  readonly width: number
  readonly height: number
  readonly from: number
  readonly to: number
}

/** A bar may not outgrow the others by more than this, or one spike would flatten the rest. */
const MAX_DENSITY_RATIO = 12

/**
 * The distribution behind n + 1 quantile edges: each bar holds the same share of the rows, so where values are dense
 * it is narrow and high. Empty when there is no range to show.
 */
export function quantileBars(edges: readonly number[]): readonly QuantileBar[] {
  const first = edges[0]
  const last = edges.at(-1)
  if (first === undefined || last === undefined || !(last > first)) return []
  const range = last - first
  const bins = edges.slice(1).map((to, index) => ({ from: edges[index] ?? first, to }))
  const densities = bins.map(({ from, to }) => (to > from ? range / (to - from) : Number.POSITIVE_INFINITY))
  const sparsest = Math.min(...densities)
  const capped = densities.map((density) => Math.min(density, sparsest * MAX_DENSITY_RATIO))
  const highest = Math.max(...capped)
  return bins.map(({ from, to }, index) => ({
    start: (from - first) / range,
    width: (to - from) / range,
    height: (capped[index] ?? 0) / highest,
    from,
    to,
  }))
}
