import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTile } from './encode-tile.ts'
import { decodeLayer, type Position } from './testing/decode-layer.ts'
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

function lengthOf(path: readonly Position[]): number {
  return path.slice(1).reduce((sum, [x, y], i) => {
    const [lastX, lastY] = path[i] as Position
    return sum + Math.hypot(x - lastX, y - lastY)
  }, 0)
}

const walk = fc
  .array(fc.tuple(fc.double({ min: 1, max: 4095, noNaN: true }), fc.double({ min: 1, max: 4095, noNaN: true })), {
    minLength: 2,
    maxLength: 30,
  })
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

  it('the four children of a tile hold together as much of a line as the tile, within the buffer and no more', () => {
    fc.assert(
      fc.property(walk, fc.constantFrom(0, 64), (shape, buffer) => {
        const whole = linesOf(shape, { z: 0, x: 0, y: 0 }, 0)
        let length = 0
        let pieces = 0
        for (const [x, y] of [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const) {
          const parts = linesOf(shape, { z: 1, x, y }, buffer)
          for (const [vertexX, vertexY] of parts.flat()) {
            expect(Math.min(vertexX, vertexY)).toBeGreaterThanOrEqual(-buffer)
            expect(Math.max(vertexX, vertexY)).toBeLessThanOrEqual(4096 + buffer)
          }
          if (buffer > 0) continue
          length += parts.reduce((sum, part) => sum + lengthOf(part), 0) / 2
          pieces += parts.flat().length
        }
        if (buffer > 0) return
        const expected = whole.reduce((sum, part) => sum + lengthOf(part), 0)
        // Each vertex moves by less than one unit, in the children and in the parent.
        expect(Math.abs(length - expected)).toBeLessThanOrEqual(2 * (pieces + whole.flat().length) + 2)
      }),
      { numRuns: 300 },
    )
  })

  it('neighbouring tiles cut a line at the same places of their shared edge', () => {
    fc.assert(
      fc.property(walk, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), (shape, along, across) => {
        const cuts = (place: Address, coordinate: 0 | 1, at: number) =>
          new Set(
            linesOf(shape, place, 0)
              .flat()
              .filter((vertex) => vertex[coordinate] === at)
              .map((vertex) => vertex[1 - coordinate]),
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
