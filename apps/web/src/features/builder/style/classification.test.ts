import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { colorClasses, thresholdsOf } from '../../../map/color-classes.ts'
import type { ColumnStatistics } from '../../../map/dataset-source.ts'
import {
  breaksOf,
  classify,
  equalBreaks,
  moveBreak,
  quantileBreaks,
  roundToExtent,
  withBreaks,
  withCategories,
  withColor,
} from './classification.ts'
import { isReversedRange, paletteByName, paletteColors, toColorRange } from './palettes.ts'

const statistics: ColumnStatistics = {
  attribute: 'magnitude',
  type: 'Number',
  min: 0,
  max: 8,
  quantiles: { 4: [0, 1, 2, 4, 8], 5: [0, 0.5, 1, 2, 4, 8] },
}
const teal = toColorRange(paletteByName('Teal'), 5)

describe('class edges', () => {
  test('equal steps divide the range evenly', () => {
    expect(equalBreaks([0, 10], 5)).toEqual([2, 4, 6, 8])
  })

  test('quantiles come from the statistics', () => {
    expect(quantileBreaks(statistics, 4)).toEqual([1, 2, 4])
  })

  test('the drawing scale puts quantile edges where the statistics have them', () => {
    const scale = { type: 'quantile', scaleDomain: statistics.quantiles?.[4] ?? [], range: ['#1', '#2', '#3', '#4'] }
    expect(thresholdsOf(scale)).toEqual([1, 2, 4])
  })

  test('hand-made breaks survive the way through the document', () => {
    const range = withBreaks(teal, [1, 2, 3, 4])
    expect(breaksOf(range)).toEqual([1, 2, 3, 4])
    expect(range.colorMap?.at(-1)).toEqual([null, teal.colors[4]])
  })

  test('an edge that is dragged keeps its place between its neighbours', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.double({ noNaN: true, min: -100, max: 100 }), (index, value) => {
        const moved = moveBreak([1, 2, 3, 4], index, value, [0, 8])
        expect(moved).toEqual([...moved].sort((a, b) => a - b))
        expect(moved.every((edge) => edge >= 0 && edge <= 8)).toBe(true)
      }),
    )
  })

  test('a dragged value is rounded to what a person would type', () => {
    expect(roundToExtent(0.123456, [0, 1])).toBe(0.12)
    expect(roundToExtent(1234.567, [0, 100_000])).toBe(1000)
  })
})

describe('changing the classification', () => {
  test('own breaks start where the quantiles stood', () => {
    const range = classify({
      method: 'custom',
      palette: paletteByName('Teal'),
      classes: 5,
      isReversed: false,
      statistics,
      previous: teal,
      previousMethod: 'quantile',
    })
    expect(breaksOf(range)).toEqual([0.5, 1, 2, 4])
  })

  test('another palette keeps own breaks', () => {
    const range = classify({
      method: 'custom',
      palette: paletteByName('Burg'),
      classes: 5,
      isReversed: true,
      statistics,
      previous: withBreaks(teal, [1, 3, 5, 7]),
      previousMethod: 'custom',
    })
    expect(breaksOf(range)).toEqual([1, 3, 5, 7])
    expect(range.colors).toEqual(paletteColors(paletteByName('Burg'), 5, true))
    expect(isReversedRange(range)).toBe(true)
  })

  test('categories get the colours in order of frequency and no more than there are', () => {
    const range = withCategories(toColorRange(paletteByName('Bold'), 8), ['a', 'b'])
    expect(range.colorMap).toHaveLength(2)
    expect(range.colorMap?.[0]?.[0]).toBe('a')
  })

  test('one class can have a colour of its own', () => {
    const range = withColor(withBreaks(teal, [1, 2, 3, 4]), 2, '#FF0000')
    expect(range.colors[2]).toBe('#FF0000')
    expect(range.colorMap?.[2]).toEqual([3, '#FF0000'])
    expect(breaksOf(range)).toEqual([1, 2, 3, 4])
  })
})

describe('the classes of a legend', () => {
  test('a threshold scale has open ends', () => {
    const classes = colorClasses({ type: 'custom', scaleDomain: [1, 2, null], range: ['#a', '#b', '#c'] })
    expect(classes.map(({ from, to }) => [from, to])).toEqual([
      [null, 1],
      [1, 2],
      [2, null],
    ])
    expect(classes.map((each) => each.label)).toEqual(['< 1', '1 – 2', '≥ 2'])
  })

  test('categories are listed with their colours', () => {
    const classes = colorClasses({ type: 'ordinal', scaleDomain: ['x', 'y'], range: ['#a', '#b', '#c'] })
    expect(classes.map((each) => [each.category, each.color])).toEqual([
      ['x', '#a'],
      ['y', '#b'],
    ])
  })
})
