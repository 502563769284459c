import type { Position } from 'geojson'
import { expect, test } from 'vitest'
import { cutPolygon, unwrapRing } from './antimeridian.ts'

const longitudes = (ring: readonly Position[]) => ring.map((position) => position[0] ?? 0)

test('a polygon across the antimeridian becomes two parts, each on its own side', () => {
  const ring: Position[] = [
    [170, 0],
    [-170, 0],
    [-170, 10],
    [170, 10],
    [170, 0],
  ]
  const parts = cutPolygon([ring])
  expect(parts).toHaveLength(2)
  const sides = parts.map((part) => longitudes(part[0] ?? [])).map((each) => [Math.min(...each), Math.max(...each)])
  expect(sides.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))).toEqual([
    [-180, -170],
    [170, 180],
  ])
})

test('a polygon elsewhere stays as it is', () => {
  const ring: Position[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 0],
  ]
  expect(cutPolygon([ring])).toEqual([[ring]])
})

test('a ring around the south pole is closed along the pole', () => {
  const ring: Position[] = [-180, -90, 0, 90, 180].map((longitude) => [longitude, -70])
  const closed = unwrapRing(ring)
  expect(Math.min(...closed.map((position) => position[1] ?? 0))).toBe(-90)
  expect(closed.at(-1)).toEqual(closed[0])
})
