/** The middle value; of an even number, the mean of the two in the middle. NaN when there is none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/**
 * The median of the ratios of pairs that were measured together. A machine that is slow for a while is so for both of a
 * pair; medians of each side alone may come from different moments.
 */
export function medianOfRatios(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} values cannot be paired with ${theirs.length}.`)
  return median(ours.map((value, index) => value / (theirs[index] ?? Number.NaN)))
}

/** The value below which the given share of the values lies, interpolated. NaN when there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const low = sorted[Math.floor(position)]
  const high = sorted[Math.ceil(position)]
  if (low === undefined || high === undefined) return Number.NaN
  return low + (high - low) * (position - Math.floor(position))
}
