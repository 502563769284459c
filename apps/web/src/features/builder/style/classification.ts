import type { ColorRange } from '@graticule/contract'
import type { ColumnStatistics } from '../../../map/dataset-source.ts'
import type { ScaleName } from '../commands/style.ts'
import { type Palette, toColorRange } from './palettes.ts'

/** The ways to turn a column into colours that Builder offers. */
export const COLOR_METHODS = ['quantile', 'quantize', 'custom', 'ordinal'] as const
export type ColorMethod = (typeof COLOR_METHODS)[number]

/** True for a method that puts numbers into ranges. */
export function isNumericMethod(method: ScaleName): boolean {
  return method === 'quantile' || method === 'quantize' || method === 'custom'
}

/** Least and greatest value of a numeric column; null without numbers. */
export function numericExtent(statistics: ColumnStatistics | undefined): readonly [number, number] | null {
  const min = Number(statistics?.min)
  const max = Number(statistics?.max)
  return statistics?.min !== null && statistics?.min !== undefined && Number.isFinite(min) && Number.isFinite(max)
    ? [min, max]
    : null
}

/** Equal steps between two values: the inner edges. */
export function equalBreaks([min, max]: readonly [number, number], classes: number): number[] {
  return Array.from({ length: classes - 1 }, (_, index) => min + ((max - min) * (index + 1)) / classes)
}

/** Edges with as many rows between each, from the statistics; equal steps when they say nothing. */
export function quantileBreaks(statistics: ColumnStatistics, classes: number): number[] {
  const extent = numericExtent(statistics)
  const edges = statistics.quantiles?.[classes]
  if (edges && edges.length === classes + 1) return edges.slice(1, -1).map(Number)
  if (edges && edges.length === classes - 1) return edges.map(Number)
  return extent ? equalBreaks(extent, classes) : []
}

/** The start of hand-made classes: where the present ones stand. */
export function startingBreaks(method: ScaleName, statistics: ColumnStatistics | undefined, classes: number): number[] {
  const extent = numericExtent(statistics)
  if (!statistics || !extent) return equalBreaks([0, 1], classes)
  return method === 'quantize' ? equalBreaks(extent, classes) : quantileBreaks(statistics, classes)
}

/** Hand-made classes as the real client reads them: each colour with its upper edge, the last one open. */
export function withBreaks(range: ColorRange, breaks: readonly number[]): ColorRange {
  const colors = range.colors.slice(0, breaks.length + 1)
  return {
    ...range,
    colors,
    colorMap: colors.map((color, index): [number | null, string] => [breaks[index] ?? null, color]),
  }
}

/** The edges of hand-made classes. */
export function breaksOf(range: ColorRange): number[] {
  return (range.colorMap ?? []).flatMap(([value]) => (typeof value === 'number' ? [value] : []))
}

/** Moves one edge, without passing its neighbours or leaving the data. */
export function moveBreak(
  breaks: readonly number[],
  index: number,
  value: number,
  [min, max]: readonly [number, number],
): number[] {
  const low = breaks[index - 1] ?? min
  const high = breaks[index + 1] ?? max
  return breaks.map((each, position) => (position === index ? Math.max(low, Math.min(high, value)) : each))
}

/** A value rounded to what a person would type: three digits of the width of the data. */
export function roundToExtent(value: number, [min, max]: readonly [number, number]): number {
  const width = max - min
  if (!(width > 0)) return value
  const step = 10 ** (Math.floor(Math.log10(width)) - 2)
  const rounded = Math.round(value / step) * step
  return Number(rounded.toPrecision(12))
}

/** Categories with a colour each, most frequent first; what the palette has no colour for is drawn as other. */
export function withCategories(range: ColorRange, categories: readonly (string | number | boolean)[]): ColorRange {
  const colors = range.colors.slice(0, Math.max(1, categories.length))
  return {
    ...range,
    colors,
    colorMap: colors.flatMap((color, index): [string | number | boolean, string][] => {
      const category = categories[index]
      return category === undefined ? [] : [[category, color]]
    }),
  }
}

/** The values of a column, most frequent first. */
export function categoriesOf(statistics: ColumnStatistics | undefined): (string | number | boolean)[] {
  return (statistics?.categories ?? []).flatMap(({ category }) => (category === null ? [] : [category]))
}

/** Builds the colours of a layer anew after the method, palette or number of classes changed. */
export function classify(options: {
  readonly method: ColorMethod
  readonly palette: Palette
  readonly classes: number
  readonly isReversed: boolean
  readonly statistics: ColumnStatistics | undefined
  /** The range in place, whose hand-made edges or categories are kept while they fit. */
  readonly previous?: ColorRange
  readonly previousMethod?: ScaleName
}): ColorRange {
  const { method, palette, classes, isReversed, statistics, previous, previousMethod } = options
  const range = toColorRange(palette, classes, isReversed)
  switch (method) {
    case 'quantile':
    case 'quantize':
      return range
    case 'custom': {
      const kept = previousMethod === 'custom' && previous ? breaksOf(previous) : []
      const count = range.colors.length
      return withBreaks(
        range,
        kept.length === count - 1 ? kept : startingBreaks(previousMethod ?? 'quantile', statistics, count),
      )
    }
    case 'ordinal':
      return withCategories(range, categoriesOf(statistics))
  }
}

/** Changes the colour of one class or category. */
export function withColor(range: ColorRange, index: number, color: string): ColorRange {
  const replace = (each: string, position: number) => (position === index ? color : each)
  return {
    ...range,
    name: 'Custom',
    colors: range.colors.map(replace),
    ...(range.colorMap && {
      colorMap: range.colorMap.map(([value, each], position): [typeof value, string] => [
        value,
        replace(each, position),
      ]),
    }),
  }
}
