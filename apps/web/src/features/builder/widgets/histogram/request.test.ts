import { describe, expect, test } from 'vitest'
import { binsToInterval, type HistogramBin, histogramTicks, isBinSelected } from './request.ts'

const bins: HistogramBin[] = [0, 1, 2, 3].map((start) => ({ from: start * 10, to: start * 10 + 10, count: 1 }))

test('ticks are the inner edges of equal bins', () => {
  expect(histogramTicks([0, 40], 4)).toEqual([10, 20, 30])
  expect(histogramTicks([5, 5], 4)).toEqual([])
})

describe('a run of bins as a filter', () => {
  test('is open at the ends of the data, so that the greatest value is not lost', () => {
    expect(binsToInterval(bins, 2, 3)).toEqual([20, null])
    expect(binsToInterval(bins, 0, 1)).toEqual([null, 20])
    expect(binsToInterval(bins, 1, 2)).toEqual([10, 30])
  })

  test('may be dragged from right to left', () => {
    expect(binsToInterval(bins, 2, 1)).toEqual(binsToInterval(bins, 1, 2))
  })

  test('over all bins is no filter', () => {
    expect(binsToInterval(bins, 0, 3)).toBeNull()
  })

  test('marks exactly its own bins', () => {
    const interval = binsToInterval(bins, 1, 2)
    expect(bins.map((bin) => interval !== null && isBinSelected(bin, interval))).toEqual([false, true, true, false])
  })
})
