import { VectorTile } from '@mapbox/vector-tile'
import fc from 'fast-check'
import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'
import { encodeTile } from './encode-tile.ts'
import { tileAtPosition } from './tile-address.ts'
import type { AttributeColumn, TileFeatures } from './tile-features.ts'

function pointsOf(positions: readonly (readonly [number, number])[], attributes: AttributeColumn[] = []): TileFeatures {
  return {
    count: positions.length,
    geometry: {
      kind: 'points',
      longitudes: Float64Array.from(positions, ([longitude]) => longitude),
      latitudes: Float64Array.from(positions, ([, latitude]) => latitude),
    },
    attributes,
    dropped: false,
  }
}

function decode(bytes: Uint8Array) {
  const layer = new VectorTile(new PbfReader(bytes)).layers.default
  if (!layer) throw new Error('The tile has no layer named default.')
  return { layer, features: Array.from({ length: layer.length }, (_, i) => layer.feature(i)) }
}

const position = fc.tuple(
  fc.oneof(fc.double({ min: -540, max: 540, noNaN: true }), fc.constantFrom(-180, 180, 0, 90, -90, 180.5, -540)),
  fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 0, 85.0511287798066)),
)

describe('points in a tile', () => {
  it('every point lies in exactly one of all tiles of a zoom, the one that tileAtPosition names', () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 3 }), (where, z) => {
        const home = tileAtPosition(where[0], where[1], z)
        for (let x = 0; x < 2 ** z; x++) {
          for (let y = 0; y < 2 ** z; y++) {
            const { featureCount } = encodeTile(pointsOf([where]), { z, x, y })
            expect(featureCount).toBe(x === home.x && y === home.y ? 1 : 0)
          }
        }
      }),
    )
  })

  it('a point keeps its place to within half a grid unit and its attributes with their types', () => {
    const { bytes, featureCount, droppedCount } = encodeTile(
      pointsOf(
        [
          [0, 0],
          [90, 0],
          [-90, 0],
        ],
        [
          { name: 'count', type: 'number', values: Float64Array.of(3, -2, Number.NaN) },
          { name: 'share', type: 'number', values: Float64Array.of(0.25, 2 ** 53, -(2 ** 53) + 1) },
          { name: 'name', type: 'string', values: ['Zürich', null, 'x'.repeat(300)] },
          { name: 'open', type: 'boolean', values: [true, false, null] },
          { name: 'count', type: 'string', values: ['shadowed', 'shadowed', 'shadowed'] },
        ],
      ),
      { z: 0, x: 0, y: 0 },
    )
    expect([featureCount, droppedCount]).toEqual([3, 0])
    const { layer, features } = decode(bytes)
    expect([layer.version, layer.extent, layer.name]).toEqual([2, 4096, 'default'])
    expect(features.map((feature) => feature.properties)).toEqual([
      { count: 3, share: 0.25, name: 'Zürich', open: true },
      { count: -2, share: 2 ** 53, open: false },
      { share: -(2 ** 53) + 1, name: 'x'.repeat(300) },
    ])
    expect(features.map((feature) => feature.loadGeometry()[0]?.map(({ x, y }) => [x, y]))).toEqual([
      [[2048, 2048]],
      [[3072, 2048]],
      [[1024, 2048]],
    ])
  })

  it('ids are the given ones; where none is given, the same for a point in every tile and never shared', () => {
    const twice = pointsOf([
      [10, 10],
      [20, 20],
      [10, 10],
    ])
    const world = decode(encodeTile(twice, { z: 0, x: 0, y: 0 }).bytes).features.map(({ id }) => id)
    expect(new Set(world).size).toBe(3)
    const quarter = decode(encodeTile(twice, { z: 1, x: 1, y: 0 }).bytes).features.map(({ id }) => id)
    expect(quarter).toEqual(world)
    for (const id of world) expect(Number.isSafeInteger(id) && (id ?? 0) >= 1).toBe(true)
    const given = { ...twice, ids: Float64Array.of(7, Number.NaN, 2 ** 53 - 1) }
    const ids = decode(encodeTile(given, { z: 0, x: 0, y: 0 }).bytes).features.map(({ id }) => id)
    expect(ids).toEqual([7, world[1], 2 ** 53 - 1])
  })

  it('a tile with nothing in it has no bytes', () => {
    expect(encodeTile(pointsOf([[10, 10]]), { z: 1, x: 0, y: 1 })).toEqual({
      bytes: new Uint8Array(0),
      featureCount: 0,
      droppedCount: 0,
    })
    expect(encodeTile(pointsOf([[Number.NaN, 10]]), { z: 0, x: 0, y: 0 }).featureCount).toBe(0)
  })

  it('a tile outside the pyramid is refused', () => {
    expect(() => encodeTile(pointsOf([]), { z: 1, x: 2, y: 0 })).toThrow(RangeError)
  })

  it('a tile over its budget keeps as many points as fit, whatever order they come in', () => {
    const positions = Array.from({ length: 5000 }, (_, i) => [(i % 100) / 2, Math.floor(i / 100)] as const)
    const names = positions.map(([longitude, latitude]) => `${longitude} ${latitude}`)
    const forward = pointsOf(positions, [{ name: 'name', type: 'string', values: names }])
    const backward = pointsOf(positions.toReversed(), [{ name: 'name', type: 'string', values: names.toReversed() }])
    const address = { z: 0, x: 0, y: 0 }
    const kept = (features: TileFeatures, budget: object) => {
      const tile = encodeTile(features, { ...address, ...budget })
      expect(tile.featureCount + tile.droppedCount).toBe(5000)
      const found = decode(tile.bytes).features.map(({ properties }) => properties.name)
      expect(found).toHaveLength(tile.featureCount)
      return { tile, names: found.toSorted() }
    }
    const byBytes = kept(forward, { maxBytes: 20_000 })
    expect(byBytes.tile.bytes.length).toBeLessThanOrEqual(20_000)
    expect(byBytes.tile.bytes.length).toBeGreaterThan(19_000)
    expect(kept(backward, { maxBytes: 20_000 }).names).toEqual(byBytes.names)
    const byCount = kept(forward, { maxFeatures: 100 })
    expect(byCount.tile.featureCount).toBe(100)
    expect(kept(backward, { maxFeatures: 100 }).names).toEqual(byCount.names)
    for (const name of byCount.names) expect(byBytes.names).toContain(name)
  })
})
