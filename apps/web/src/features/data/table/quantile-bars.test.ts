import { expect, test } from 'vitest'
import { quantileBars } from './quantile-bars.ts'

test('where values are dense the bar is narrow and high', () => {
  const [dense, sparse] = quantileBars([0, 1, 5])
  expect(dense?.width).toBeCloseTo(0.2)
  expect(sparse?.width).toBeCloseTo(0.8)
  expect(dense?.height).toBe(1)
  expect(sparse?.height).toBeCloseTo(0.25)
})

test('edges that coincide make a thin bar of full height, not an infinite one', () => {
  const bars = quantileBars([0, 0, 10])
  expect(bars[0]).toMatchObject({ width: 0, height: 1 })
  expect(bars.every(({ height }) => Number.isFinite(height))).toBe(true)
})

test('a constant column has nothing to show', () => {
  expect(quantileBars([5, 5, 5])).toEqual([])
  expect(quantileBars([])).toEqual([])
})
