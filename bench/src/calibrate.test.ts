import { expect, test } from 'vitest'
import { calibrate } from './calibrate.ts'

test('the size that is found has itself taken long enough', async () => {
  const trials: number[] = []
  // A fixed cost, which makes a single proportional guess come out short.
  const takeMs = async (size: number): Promise<number> => {
    trials.push(size)
    return 500 + size / 1_000
  }
  const size = await calibrate(takeMs, 100_000, 2_500)
  expect(await takeMs(size)).toBeGreaterThanOrEqual(2_500)
  expect(trials.length).toBeGreaterThan(3)
  expect(size).toBeLessThan(3_000_000)
})

test('a first guess that takes long enough is kept', async () => {
  expect(await calibrate(async () => 2_500, 7, 2_500)).toBe(7)
})

test('work whose duration does not follow its size is given up', async () => {
  await expect(calibrate(async () => 100, 1, 2_500)).rejects.toThrow('nothing took 2500 ms')
})
