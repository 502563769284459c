import type { AggregationOperation, TimeStep } from '@graticule/contract'
import type { Observation } from './observations.ts'

type NumberColumn = 'amount' | 'quantity' | 'price' | 'ratio' | 'id'

/** Aggregates as the contract means them: NULLs are left out, nothing at all is null (or 0 for count). */
export function aggregate(
  rows: readonly Observation[],
  operation: Exclude<AggregationOperation, 'custom'>,
  column: NumberColumn | null,
): number | null {
  if (column === null) return rows.length
  const values = rows.map((row) => row[column]).filter((value) => value !== null)
  if (operation === 'count') return values.length
  if (values.length === 0) return null
  const sum = values.reduce((total, value) => total + value, 0)
  switch (operation) {
    case 'sum':
      return sum
    case 'avg':
      return sum / values.length
    case 'min':
      return Math.min(...values)
    case 'max':
      return Math.max(...values)
  }
}

/** Rows by a key, in order of first appearance. */
export function groupBy<Key>(rows: readonly Observation[], keyOf: (row: Observation) => Key): Map<Key, Observation[]> {
  return Map.groupBy(rows, keyOf)
}

/** Bin of the value: 0 below the first tick, N from the last on. */
export function binOf(value: number, ticks: readonly number[]): number {
  return ticks.filter((tick) => value >= tick).length
}

/** Start of the UTC bucket, as the ISO text that the models answer. */
export function bucketOf(iso: string, step: TimeStep, multiplier = 1): string {
  const date = new Date(iso)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (step === 'year') return isoText(Date.UTC(Math.floor(year / multiplier) * multiplier, 0))
  if (step === 'month') {
    const index = Math.floor((year * 12 + month) / multiplier) * multiplier
    return isoText(Date.UTC(Math.floor(index / 12), index % 12))
  }
  const milliseconds = { week: 604_800_000, day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 }[step]
  const anchor = step === 'week' ? Date.UTC(1970, 0, 5) : 0
  const size = milliseconds * multiplier
  return isoText(anchor + Math.floor((date.getTime() - anchor) / size) * size)
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}

/** Interpolated quantile at a fraction of the sorted values. */
export function quantile(sorted: readonly number[], fraction: number): number {
  const place = fraction * (sorted.length - 1)
  const low = Math.floor(place)
  const [a = 0, b = 0] = [sorted[low], sorted[Math.min(low + 1, sorted.length - 1)]]
  return a + (b - a) * (place - low)
}
