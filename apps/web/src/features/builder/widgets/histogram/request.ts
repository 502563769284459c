import type { MapWidget } from '@graticule/contract'
import type { WidgetSource } from '../../../../map/widget-source.ts'
import type { Interval } from '../crossfilter.ts'
import type { WidgetRequestOptions } from '../use-widget-data.ts'

export type HistogramWidgetSettings = Extract<MapWidget, { type: 'histogram' }>

/** One bin: `from` is included, `to` is not; the outermost bins are open. */
export interface HistogramBin {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** The range of a column over the whole dataset, so that bins stay put while filters change. */
export async function requestRange(
  source: WidgetSource,
  column: string,
  options: WidgetRequestOptions,
): Promise<readonly [number, number] | null> {
  const range = await source.getRange({ ...options, column })
  if (range?.min === null || range?.min === undefined || range.max === null) return null
  return [Number(range.min), Number(range.max)]
}

/** The inner edges of `buckets` equal bins. */
export function histogramTicks([min, max]: readonly [number, number], buckets: number): number[] {
  if (max <= min) return []
  return Array.from({ length: buckets - 1 }, (_, index) => min + ((max - min) * (index + 1)) / buckets)
}

/** Asks for the counts of equal bins over a range. */
export async function requestHistogram(
  source: WidgetSource,
  column: string,
  range: readonly [number, number],
  buckets: number,
  options: WidgetRequestOptions,
): Promise<HistogramBin[]> {
  const ticks = histogramTicks(range, buckets)
  if (ticks.length === 0) return [{ from: range[0], to: range[1], count: 0 }]
  const counts = await source.getHistogram({ ...options, column, operation: 'count', ticks })
  const edges = [range[0], ...ticks, range[1]]
  return edges.slice(0, -1).map((from, index) => ({
    from,
    to: edges[index + 1] ?? range[1],
    count: Number(counts[index] ?? 0),
  }))
}

/** The filter for a run of bins: open where it touches an end of the data, so that no value is lost to rounding. */
export function binsToInterval(bins: readonly HistogramBin[], first: number, last: number): Interval | null {
  const low = Math.min(first, last)
  const high = Math.max(first, last)
  if (low <= 0 && high >= bins.length - 1) return null
  return [low <= 0 ? null : (bins[low]?.from ?? null), high >= bins.length - 1 ? null : (bins[high]?.to ?? null)]
}

/** True for a bin that lies in a selected interval. */
export function isBinSelected(bin: HistogramBin, [from, to]: Interval): boolean {
  const middle = (bin.from + bin.to) / 2
  return (from === null || middle >= from) && (to === null || middle < to)
}
