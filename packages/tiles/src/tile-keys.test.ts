import fc from 'fast-check'
import { cellToChildren, tileToCell } from 'quadbin'
import { describe, expect, test } from 'vitest'
import { tileAtPosition } from './tile-address.ts'
import { keyRangeOfTile, keyRangesOfBox } from './tile-keys.ts'

const tile = fc
  .integer({ min: 0, max: 24 })
  .chain((z) => fc.record({ z: fc.constant(z), x: fc.nat(2 ** z - 1), y: fc.nat(2 ** z - 1) }))
const position = fc.record({
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
})

/** The quadbin cell of a position, as the reference library numbers it. */
function cellAt({ longitude, latitude }: { longitude: number; latitude: number }, resolution: number): bigint {
  return tileToCell(tileAtPosition(longitude, latitude, resolution))
}

describe('the keys of a tile', () => {
  test('are the quadbin cells below it, without a gap', () => {
    fc.assert(
      fc.property(tile, fc.integer({ min: 0, max: 2 }), (address, levels) => {
        const resolution = address.z + levels
        const cells = cellToChildren(tileToCell(address), BigInt(resolution)).sort((a, b) => (a < b ? -1 : 1))
        expect(keyRangeOfTile(address, resolution)).toEqual({ first: cells[0], last: cells.at(-1) })
        expect(BigInt(new Set(cells).size)).toBe(4n ** BigInt(levels))
      }),
      { numRuns: 200 },
    )
  })

  test('hold the cell of a position exactly when the tile holds the position', () => {
    fc.assert(
      fc.property(position, tile, (place, { z, x, y }) => {
        const own = tileAtPosition(place.longitude, place.latitude, z)
        for (const address of [own, { z, x, y }]) {
          const { first, last } = keyRangeOfTile(address, 26)
          const key = cellAt(place, 26)
          expect(key >= first && key <= last).toBe(address.x === own.x && address.y === own.y)
        }
      }),
    )
  })

  test('of a tile deeper than the resolution are the one cell around it', () => {
    expect(keyRangeOfTile({ z: 12, x: 2045, y: 1361 }, 10)).toEqual({
      first: tileToCell({ z: 10, x: 511, y: 340 }),
      last: tileToCell({ z: 10, x: 511, y: 340 }),
    })
  })

  test('of no tile there are none', () => {
    expect(() => keyRangeOfTile({ z: 2, x: 4, y: 0 }, 10)).toThrow('There is no tile 2/4/0.')
  })
})

describe('the keys of a box', () => {
  test('hold the cell of every position in it, in at most sixteen ranges', () => {
    const box = fc.record({
      west: fc.double({ min: -200, max: 200, noNaN: true }),
      south: fc.double({ min: -90, max: 89, noNaN: true }),
      width: fc.oneof(fc.double({ min: 0, max: 0.1, noNaN: true }), fc.double({ min: 0, max: 360, noNaN: true })),
      height: fc.double({ min: 0, max: 90, noNaN: true }),
    })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(box, share, share, fc.integer({ min: 4, max: 26 }), (given, across, up, resolution) => {
        const east = given.west + given.width
        const north = Math.min(90, given.south + given.height)
        const ranges = keyRangesOfBox({ west: given.west, south: given.south, east, north }, resolution)
        expect(ranges.length).toBeLessThanOrEqual(16)
        const longitude = Math.min(east, given.west + across * given.width)
        const latitude = Math.min(north, given.south + up * (north - given.south))
        const key = cellAt({ longitude, latitude }, resolution)
        expect(ranges.some(({ first, last }) => key >= first && key <= last)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test('are few beside those of the world when the box is small', () => {
    const ranges = keyRangesOfBox({ west: -3.71, south: 40.41, east: -3.7, north: 40.42 }, 26)
    const cells = ranges.reduce((sum, { first, last }) => sum + (last - first + 1n), 0n)
    expect(Number(cells) / 4 ** 26).toBeLessThan(1e-7)
  })
})
