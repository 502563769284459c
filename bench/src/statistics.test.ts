import { expect, test } from 'vitest'
import { median, medianOfRatios, percentile } from './statistics.ts'

test('the ratio of pairs is not the ratio of medians', () => {
  // The second round was slow for both, the third for ours alone.
  const ours = [120, 300, 260]
  const theirs = [100, 250, 130]
  expect(median(ours) / median(theirs)).toBe(2)
  expect(medianOfRatios(ours, theirs)).toBeCloseTo(1.2)
})

test('what has no partner is refused, and nothing has no ratio', () => {
  expect(() => medianOfRatios([1, 2], [1])).toThrow('2 values cannot be paired with 1.')
  expect(medianOfRatios([], [])).toBeNaN()
})

test('percentiles are interpolated', () => {
  expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(percentile([1, 2, 3, 4, 5], 0.99)).toBeCloseTo(4.96)
  expect(percentile([], 0.5)).toBeNaN()
})
