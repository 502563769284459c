import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTile } from './encode-tile.ts'
import { decodeLayer, type Position } from './testing/decode-layer.ts'
import { farthestFrom } from './testing/line-distance.ts'
import { type TestGeometry, wkbFeatures } from './testing/write-wkb.ts'
import { latitudeFromWorldY, longitudeFromWorldX } from './web-mercator.ts'

interface Address {
  readonly z: number
  readonly x: number
  readonly y: number
}

/** Grid units of tile 0/0/0 → degrees. */
function degrees([x, y]: Position): Position {
  return [longitudeFromWorldX(x / 4096), latitudeFromWorldY(y / 4096)]
}

function linesOf(geometry: TestGeometry, address: Address, buffer?: number) {
  const features = decodeLayer(encodeTile(wkbFeatures([geometry]), { ...address, buffer }).bytes)
  return features[0]?.paths ?? []
}

function line(...vertices: Position[]): TestGeometry {
  return { type: 'LineString', coordinates: vertices.map(degrees) }
}

/** Places whose vertices do not round onto an edge between tiles of zoom 2: from there, a line need not go on. */
const ordinate = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).filter((value) => Math.abs(((4 * value + 2048) % 4096) - 2048) > 1)

/** A random walk in the middle of the world: no step is half a world long, which would mean the antimeridian. */
const walk = fc
  .array(fc.tuple(ordinate(1100, 2900), ordinate(1, 4095)), { minLength: 2, maxLength: 30 })
  .map((vertices) => line(...vertices))

describe('lines in a tile', () => {
  it('a line that leaves the tile and returns becomes two', () => {
    const lines = linesOf(line([100, 100], [2100, 100], [2100, 200], [100, 200]), { z: 1, x: 0, y: 0 }, 0)
    expect(lines).toEqual([
      [
        [200, 200],
        [4096, 200],
      ],
      [
        [4096, 400],
        [200, 400],
      ],
    ])
  })

  it('a line through a tile without a vertex in it is seen, one that only touches a corner is not', () => {
    const tile = { z: 2, x: 1, y: 1 }
    expect(linesOf(line([0, 0], [4096, 4096]), tile, 0)).toEqual([
      [
        [0, 0],
        [4096, 4096],
      ],
    ])
    expect(linesOf(line([512, 1536], [1536, 512]), tile, 0)).toEqual([])
  })

  it('vertices closer than the grid are left out, and a line that shrinks to a point is too', () => {
    expect(linesOf(line([100, 1000], [200, 1000.1], [300, 1000]), { z: 0, x: 0, y: 0 }, 0)).toEqual([
      [
        [100, 1000],
        [300, 1000],
      ],
    ])
    expect(linesOf(line([100, 1000], [100.2, 1000.2]), { z: 0, x: 0, y: 0 })).toEqual([])
  })

  it('the four children of a tile hold together the same lines as the tile', () => {
    fc.assert(
      fc.property(walk, (shape) => {
        const whole = linesOf(shape, { z: 0, x: 0, y: 0 }, 0)
        const parts = [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ].flatMap(([x = 0, y = 0]) =>
          linesOf(shape, { z: 1, x, y }, 0).map((path) =>
            path.map(([pathX, pathY]): Position => [pathX / 2 + x * 2048, pathY / 2 + y * 2048]),
          ),
        )
        // Rounding moves a vertex by up to 0.71 units of its grid, simplifying by 0.25, in either grid.
        if (parts.length > 0) expect(farthestFrom(whole, parts)).toBeLessThanOrEqual(1.5)
        if (whole.length > 0) expect(farthestFrom(parts, whole)).toBeLessThanOrEqual(1.5)
      }),
      { numRuns: 300 },
    )
  })

  it('lines end in the buffer, not beyond it', () => {
    fc.assert(
      fc.property(walk, fc.constantFrom(0, 64, 128), fc.integer({ min: 0, max: 15 }), (shape, buffer, tile) => {
        for (const [x, y] of linesOf(shape, { z: 2, x: tile % 4, y: tile >> 2 }, buffer).flat()) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(-buffer)
          expect(Math.max(x, y)).toBeLessThanOrEqual(4096 + buffer)
        }
      }),
    )
  })

  it('neighbouring tiles cut a line at the same places of their shared edge', () => {
    fc.assert(
      fc.property(walk, fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 2 }), (shape, along, across) => {
        const cuts = (place: Address, coordinate: 0 | 1, at: number) =>
          new Set(
            linesOf(shape, place, 0)
              .flat()
              .filter((vertex) => vertex[coordinate] === at)
              .map((vertex) => vertex[1 - coordinate] as number)
              // In a corner a line may have too little in one of the tiles to show.
              .filter((cut) => cut > 2 && cut < 4094),
          )
        expect(cuts({ z: 2, x: across, y: along }, 0, 4096)).toEqual(cuts({ z: 2, x: across + 1, y: along }, 0, 0))
        expect(cuts({ z: 2, x: along, y: across }, 1, 4096)).toEqual(cuts({ z: 2, x: along, y: across + 1 }, 1, 0))
      }),
      { numRuns: 300 },
    )
  })

  it('a line past the antimeridian goes on at the other side of the world', () => {
    const shape: TestGeometry = {
      type: 'LineString',
      coordinates: [
        [170, 10],
        [200, 10],
      ],
    }
    const west = linesOf(shape, { z: 1, x: 0, y: 0 }, 0)
    const east = linesOf(shape, { z: 1, x: 1, y: 0 }, 0)
    expect(west.flat().map(([x]) => x)).toEqual([0, Math.round((20 / 180) * 4096)])
    expect(east.flat().map(([x]) => x)).toEqual([Math.round((170 / 180) * 4096), 4096])
    const jumping: TestGeometry = {
      type: 'LineString',
      coordinates: [
        [170, 10],
        [-160, 10],
      ],
    }
    expect(linesOf(jumping, { z: 1, x: 0, y: 0 }, 0)).toEqual(west)
    expect(linesOf(jumping, { z: 1, x: 1, y: 0 }, 0)).toEqual(east)
    // Counted 0…360, as some data of the Pacific is.
    const turned: TestGeometry = {
      type: 'LineString',
      coordinates: [
        [-190, 10],
        [-160, 10],
      ],
    }
    expect(linesOf(turned, { z: 1, x: 0, y: 0 }, 0)).toEqual(west)
    expect(linesOf(turned, { z: 1, x: 1, y: 0 }, 0)).toEqual(east)
  })

  it('a collection becomes one feature per kind of geometry, all with the id of their row', () => {
    const collection: TestGeometry = {
      type: 'GeometryCollection',
      geometries: [
        { type: 'Point', coordinates: [10, 10] },
        line([2100, 2000], [2200, 2000]),
        { type: 'GeometryCollection', geometries: [{ type: 'MultiPoint', coordinates: [[20, 20]] }] },
      ],
    }
    const features = decodeLayer(encodeTile(wkbFeatures([null, collection]), { z: 0, x: 0, y: 0 }).bytes)
    expect(features.map(({ type }) => type)).toEqual([1, 2])
    expect(features[0]?.paths.flat()).toHaveLength(2)
    expect(new Set(features.map(({ id }) => id)).size).toBe(1)
  })

  it('over its budget a tile keeps the longest lines, wherever they are cut', () => {
    const lines = [50, 400, 100, 300, 200].map((length, i) => line([1000, 1000 + i], [1000 + length, 1000 + i]))
    const tile = encodeTile(wkbFeatures(lines), { z: 2, x: 0, y: 0, maxFeatures: 2 })
    expect([tile.featureCount, tile.droppedCount]).toEqual([2, 3])
    // In the western tile only 24 units of each are visible; the whole length counts.
    expect(decodeLayer(tile.bytes).map(({ paths }) => paths[0]?.[0]?.[1])).toEqual([4004, 4012])
  })
})
