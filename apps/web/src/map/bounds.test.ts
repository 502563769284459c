import { expect, test } from 'vitest'
import { type Bounds, isWiderThanHalfTheWorld, unionOfBounds } from './bounds.ts'

const FIJI: Bounds = [177, -21, 182, -12]
const ALASKA: Bounds = [-168, 54, -130, 71]
const JAPAN: Bounds = [129, 31, 146, 45]

test('boxes on one side of the antimeridian have a box around them', () => {
  expect(unionOfBounds([JAPAN, ALASKA])).toEqual([-168, 31, 146, 71])
  expect(unionOfBounds([])).toBeNull()
})

test('a box across the antimeridian draws those west of Greenwich to its eastern side', () => {
  expect(unionOfBounds([FIJI, JAPAN, ALASKA])).toEqual([129, -21, 230, 71])
})

test('boxes all around the world are the world', () => {
  expect(unionOfBounds([FIJI, [-179, -60, 179, 70]])).toEqual([-180, -60, 180, 70])
})

test('exactly half the world is not too wide', () => {
  expect(isWiderThanHalfTheWorld([-90, 0, 90, 10])).toBe(false)
  expect(isWiderThanHalfTheWorld([-90, 0, 90.1, 10])).toBe(true)
})
