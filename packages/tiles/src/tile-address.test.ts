import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isValidTile,
  tileAtPosition,
  tileBoundsDegrees,
  tileBoundsMercator,
  tileWindowsDegrees,
} from './tile-address.ts'
import {
  latitudeFromWorldY,
  longitudeFromWorldX,
  MAX_LATITUDE,
  MERCATOR_HALF_SIDE_METERS,
  worldXFromLongitude,
  worldYFromLatitude,
} from './web-mercator.ts'

const address = fc
  .integer({ min: 0, max: 24 })
  .chain((z) =>
    fc.tuple(fc.constant(z), fc.integer({ min: 0, max: 2 ** z - 1 }), fc.integer({ min: 0, max: 2 ** z - 1 })),
  )

describe('web mercator', () => {
  it('latitude and longitude survive the way there and back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -MAX_LATITUDE, max: MAX_LATITUDE, noNaN: true }),
        fc.double({ min: -540, max: 540, noNaN: true }),
        (latitude, longitude) => {
          expect(latitudeFromWorldY(worldYFromLatitude(latitude))).toBeCloseTo(latitude, 11)
          expect(longitudeFromWorldX(worldXFromLongitude(longitude))).toBeCloseTo(longitude, 11)
        },
      ),
    )
  })

  it('the table agrees with the textbook formula to a thousandth of a grid unit at zoom 24', () => {
    const limit = 0.001 / (2 ** 24 * 4096)
    fc.assert(
      fc.property(fc.double({ min: -MAX_LATITUDE, max: MAX_LATITUDE, noNaN: true }), (latitude) => {
        const exact = 0.5 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / (2 * Math.PI)
        expect(Math.abs(worldYFromLatitude(latitude) - exact)).toBeLessThan(limit)
      }),
      { numRuns: 2000 },
    )
  })

  it('the poles are drawn at the edge of the map, and what is no number stays none', () => {
    expect([90, 85.06, -85.06, -90].map(worldYFromLatitude)).toEqual([0, 0, 1, 1])
    expect(worldYFromLatitude(Number.NaN)).toBeNaN()
  })
})

describe('tile addresses', () => {
  it('what lies within the bounds of a tile is at that tile, right up to its corners', () => {
    fc.assert(
      fc.property(address, ([z, x, y]) => {
        for (const share of [0.001, 0.5, 0.999]) {
          const longitude = longitudeFromWorldX((x + share) / 2 ** z)
          const latitude = latitudeFromWorldY((y + share) / 2 ** z)
          expect(tileAtPosition(longitude, latitude, z)).toEqual({ z, x, y })
          const { west, south, east, north } = tileBoundsDegrees(z, x, y)
          expect(longitude > west && longitude < east && latitude > south && latitude < north).toBe(true)
        }
      }),
    )
  })

  it('neighbours share their edges exactly, and the first and last rows reach the poles', () => {
    fc.assert(
      fc.property(address, ([z, x, y]) => {
        const bounds = tileBoundsDegrees(z, x, y)
        if (x + 1 < 2 ** z) expect(tileBoundsDegrees(z, x + 1, y).west).toBe(bounds.east)
        if (y + 1 < 2 ** z) expect(tileBoundsDegrees(z, x, y + 1).north).toBe(bounds.south)
        else expect(bounds.south).toBe(-90)
        if (y === 0) expect(bounds.north).toBe(90)
      }),
    )
  })

  it('a buffer widens every side by its share of the tile, over the antimeridian too', () => {
    const bounds = tileBoundsDegrees(2, 0, 1, 1024)
    expect(bounds.west).toBe(-180 - 22.5)
    expect(bounds.east).toBe(-90 + 22.5)
    expect(bounds.north).toBeCloseTo(latitudeFromWorldY(0.1875), 12)
    expect(bounds.south).toBeCloseTo(latitudeFromWorldY(0.5625), 12)
    expect(tileBoundsDegrees(1, 0, 0, 1, 4096).north).toBe(90)
  })

  it('windows cover a tile in every turn of the world', () => {
    expect(tileWindowsDegrees(1, 0, 0).map(({ west, east }) => [west, east])).toEqual([
      [-180, 0],
      [180, 360],
      [-540, -360],
    ])
    expect(tileWindowsDegrees(0, 0, 0, 64).map(({ west, east }) => [west, east])).toEqual([[-540, 540]])
  })

  it('mercator bounds are squares that add up to the world', () => {
    expect(tileBoundsMercator(0, 0, 0)).toEqual({
      minX: -MERCATOR_HALF_SIDE_METERS,
      minY: -MERCATOR_HALF_SIDE_METERS,
      maxX: MERCATOR_HALF_SIDE_METERS,
      maxY: MERCATOR_HALF_SIDE_METERS,
    })
    const { minX, maxX, minY, maxY } = tileBoundsMercator(3, 5, 2, 4096)
    expect(maxX - minX).toBeCloseTo((3 * MERCATOR_HALF_SIDE_METERS) / 4, 6)
    expect(maxY - minY).toBeCloseTo(maxX - minX, 6)
  })

  it('only integers below two to the power of the zoom are tiles', () => {
    expect(isValidTile(0, 0, 0)).toBe(true)
    expect(isValidTile(3, 7, 7)).toBe(true)
    for (const [z, x, y] of [
      [3, 8, 0],
      [3, 0, 8],
      [3, -1, 0],
      [-1, 0, 0],
      [31, 0, 0],
      [2, 0.5, 0],
      [Number.NaN, 0, 0],
    ] as const) {
      expect(isValidTile(z, x, y)).toBe(false)
    }
  })
})
