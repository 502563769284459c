import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTile } from './encode-tile.ts'
import { decodeLayer, type Position } from './testing/decode-layer.ts'
import { areaOf, findPolygonFaults, signedArea } from './testing/polygon-checks.ts'
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

function close(ring: readonly Position[]): readonly Position[] {
  return [...ring, ring[0] as Position]
}

function ringsOf(geometry: TestGeometry, address: Address, buffer?: number) {
  const { bytes } = encodeTile(wkbFeatures([geometry]), { ...address, buffer })
  const features = decodeLayer(bytes)
  expect(features.length).toBeLessThanOrEqual(1)
  return features[0]?.paths ?? []
}

function polygon(...rings: (readonly Position[])[]): TestGeometry {
  return { type: 'Polygon', coordinates: rings.map((ring) => close(ring.map(degrees))) }
}

const box = (x1: number, y1: number, x2: number, y2: number): readonly Position[] => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
]

/** A star-shaped polygon in units of the world's grid: simple, and as concave as it likes. */
const star = fc
  .record({
    x: fc.double({ min: 200, max: 3900, noNaN: true }),
    y: fc.double({ min: 700, max: 3400, noNaN: true }),
    size: fc.double({ min: 1, max: 1500, noNaN: true }),
    radii: fc.array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: 3, maxLength: 40 }),
    isClockwise: fc.boolean(),
    holeShare: fc.constantFrom(0, 0.3, 0.9, 0.99),
  })
  .map(({ x, y, size, radii, isClockwise, holeShare }) => {
    const ring = (share: number) => {
      const vertices = radii.map((radius, i): Position => {
        const angle = ((isClockwise ? -1 : 1) * 2 * Math.PI * i) / radii.length
        return [x + size * share * radius * Math.cos(angle), y + size * share * radius * Math.sin(angle)]
      })
      return vertices.map(([px, py]): Position => [px, Math.max(1, Math.min(py, 4095))])
    }
    return polygon(...(holeShare === 0 ? [ring(1)] : [ring(1), ring(holeShare)]))
  })

const address = fc.integer({ min: 0, max: 4 }).chain((z) =>
  fc.record({
    z: fc.constant(z),
    x: fc.integer({ min: 0, max: 2 ** z - 1 }),
    y: fc.integer({ min: 0, max: 2 ** z - 1 }),
  }),
)

describe('polygons in a tile', () => {
  it('are valid however concave they are and wherever the tile cuts them', () => {
    fc.assert(
      fc.property(star, address, fc.constantFrom(0, 128), (shape, where, buffer) => {
        const rings = ringsOf(shape, where, buffer)
        expect(findPolygonFaults(rings)).toEqual([])
        for (const [x, y] of rings.flat()) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(-buffer)
          expect(Math.max(x, y)).toBeLessThanOrEqual(4096 + buffer)
        }
      }),
      { numRuns: 600 },
    )
  })

  it('a comb cut across its teeth falls into separate teeth', () => {
    // The teeth point east over the edge between the two western tiles of zoom 1.
    const comb: Position[] = [[1000, 1000]]
    for (let y = 1000; y < 1800; y += 200) comb.push([2200, y], [2200, y + 100], [1900, y + 100], [1900, y + 200])
    comb.push([1000, 1800])
    const rings = ringsOf(polygon(comb), { z: 1, x: 1, y: 0 }, 0)
    expect(rings).toHaveLength(4)
    for (const ring of rings) expect(signedArea(ring)).toBe(304 * 200)
    expect(findPolygonFaults(rings)).toEqual([])
  })

  it('a hole that reaches over the edge of the tile becomes a bay', () => {
    const rings = ringsOf(polygon(box(1000, 1000, 3000, 1900), box(1800, 1200, 2400, 1500)), { z: 1, x: 0, y: 0 }, 0)
    expect(rings).toHaveLength(1)
    expect(areaOf(rings)).toBe(4 * (1048 * 900 - 248 * 300))
  })

  it('a hole goes with its exterior, wound the other way, and a collapsed one goes away', () => {
    const shape: TestGeometry = {
      type: 'MultiPolygon',
      coordinates: [
        [close(box(1100, 1000, 1200, 1100).map(degrees)), close(box(1120, 1020, 1120.2, 1020.2).map(degrees))],
        [close(box(300, 1000, 400, 1100).toReversed().map(degrees)), close(box(320, 1020, 340, 1040).map(degrees))],
        [close(box(500, 1000, 500.3, 1000.3).map(degrees)), close(box(500.1, 1000.1, 500.2, 1000.2).map(degrees))],
      ],
    }
    const rings = ringsOf(shape, { z: 0, x: 0, y: 0 })
    expect(rings.map(signedArea)).toEqual([10000, 10000, -400])
    expect(findPolygonFaults(rings)).toEqual([])
  })

  it('the four children of a tile hold together as much of a polygon as the tile', () => {
    fc.assert(
      fc.property(star, (shape) => {
        const whole = ringsOf(shape, { z: 0, x: 0, y: 0 }, 0)
        const corners = [
          [0, 0],
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const
        const parts = corners.map(([x, y]) => ringsOf(shape, { z: 1, x, y }, 0))
        const lengthOf = (rings: typeof whole) => rings.reduce((sum, ring) => sum + ringLength(ring), 0)
        const difference = areaOf(whole) - parts.reduce((sum, rings) => sum + areaOf(rings), 0) / 4
        // Rounding and simplifying move an edge by less than one unit of the parent's grid.
        expect(Math.abs(difference)).toBeLessThanOrEqual(lengthOf(whole) + lengthOf(parts.flat()) / 2 + 4)
      }),
      { numRuns: 300 },
    )
  })

  it('neighbouring tiles cover the same stretches of their shared edge', () => {
    fc.assert(
      fc.property(star, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), (shape, along, across) => {
        const covered = (place: Address, coordinate: 0 | 1, at: number) => {
          const units = new Set<number>()
          for (const ring of ringsOf(shape, place, 0)) {
            ring.slice(1).forEach((to, i) => {
              const from = ring[i] as Position
              if (from[coordinate] !== at || to[coordinate] !== at) return
              const [one, other] = [from[1 - coordinate] as number, to[1 - coordinate] as number]
              for (let unit = Math.min(one, other); unit < Math.max(one, other); unit++) units.add(unit)
            })
          }
          return units
        }
        const west = covered({ z: 2, x: across, y: along }, 0, 4096)
        const east = covered({ z: 2, x: across + 1, y: along }, 0, 0)
        const north = covered({ z: 2, x: along, y: across }, 1, 4096)
        const south = covered({ z: 2, x: along, y: across + 1 }, 1, 0)
        // A needle's tip may round to nothing in one of the tiles; nothing else may differ.
        expect(differenceOf(west, east)).toBeLessThanOrEqual(2)
        expect(differenceOf(north, south)).toBeLessThanOrEqual(2)
      }),
      { numRuns: 300 },
    )
  })

  it('vertices in the buffer are the neighbour’s own vertices', () => {
    const shape = polygon(box(2030, 1000, 2060, 1100))
    expect(ringsOf(shape, { z: 1, x: 0, y: 0 })[0]?.map(([x, y]) => [x - 4096, y])).toEqual(
      ringsOf(shape, { z: 1, x: 1, y: 0 })[0],
    )
  })

  it('a figure of eight keeps both its halves', () => {
    const eight: Position[] = [
      [1000, 1000],
      [1400, 1000],
      [1100, 1600],
      [1300, 1600],
    ]
    const rings = ringsOf(polygon(eight), { z: 0, x: 0, y: 0 })
    expect(rings.map(signedArea)).toEqual([20000, 80000])
    expect(findPolygonFaults(rings)).toEqual([])
  })

  it('overlapping members of a multipolygon become one', () => {
    const members = [box(1100, 1000, 1300, 1200), box(1200, 1100, 1400, 1300), box(1300, 1000, 1400, 1100)]
    const shape: TestGeometry = { type: 'MultiPolygon', coordinates: members.map((ring) => [close(ring.map(degrees))]) }
    const rings = ringsOf(shape, { z: 0, x: 0, y: 0 })
    expect(rings).toHaveLength(1)
    expect(areaOf(rings)).toBe(40000 + 40000 + 10000 - 10000)
  })

  it('what runs past the antimeridian shows on its other side', () => {
    const shape: TestGeometry = {
      type: 'Polygon',
      coordinates: [
        [
          [170, -10],
          [190, -10],
          [190, 10],
          [170, 10],
          [170, -10],
        ],
      ],
    }
    const rings = ringsOf(shape, { z: 2, x: 0, y: 1 }, 0)
    expect(rings).toHaveLength(1)
    expect(Math.max(...rings.flat().map(([x]) => x))).toBe(Math.round((10 / 90) * 4096))
    expect(Math.min(...rings.flat().map(([x]) => x))).toBe(0)
    // The buffer reaches over the edge of the world as over any other.
    expect(
      Math.min(
        ...ringsOf(shape, { z: 2, x: 0, y: 1 }, 64)
          .flat()
          .map(([x]) => x),
      ),
    ).toBe(-64)
    expect(areaOf(ringsOf(shape, { z: 2, x: 3, y: 1 }, 0))).toBe(areaOf(rings))
  })

  it('a ring that jumps from one side of the map to the other is one across the antimeridian, hole and all', () => {
    const ring = (west: number, east: number, south: number, north: number): readonly Position[] => [
      [west, south],
      [east, south + 1],
      [east, north],
      [west, north + 1],
      [west, south],
    ]
    const jumping: TestGeometry = {
      type: 'Polygon',
      coordinates: [ring(170, -170, -20, 20), ring(-179, -175, -10, 10)],
    }
    const running: TestGeometry = { type: 'Polygon', coordinates: [ring(170, 190, -20, 20), ring(181, 185, -10, 10)] }
    for (const z of [0, 1, 2, 3]) {
      for (let x = 0; x < 2 ** z; x++) {
        const place = { z, x, y: (2 ** z) >> 1 }
        expect(ringsOf(jumping, place, 0)).toEqual(ringsOf(running, place, 0))
      }
    }
    expect(ringsOf(jumping, { z: 2, x: 1, y: 2 }, 0)).toEqual([])
    expect(ringsOf(jumping, { z: 0, x: 0, y: 0 }, 0)).toHaveLength(3)
  })

  it('a box around the world is no jump', () => {
    const world = [box(0, 1000, 4096, 3000), box(10, 1000, 4086, 3000)].map((ring) => polygon(ring))
    expect(world.map((shape) => areaOf(ringsOf(shape, { z: 0, x: 0, y: 0 }, 0)))).toEqual([4096 * 2000, 4076 * 2000])
  })

  it('a ring that winds around the pole reaches to the edge of the map', () => {
    const coast = Array.from({ length: 36 }, (_, i): Position => [((i * 10 + 180) % 360) - 175, -70 - (i % 2)])
    const rings = ringsOf({ type: 'Polygon', coordinates: [close(coast)] }, { z: 0, x: 0, y: 0 }, 0)
    expect(findPolygonFaults(rings)).toEqual([])
    const depth =
      4096 -
      Math.max(
        ...rings
          .flat()
          .map(([, y]) => y)
          .filter((y) => y < 4096),
      )
    expect(areaOf(rings)).toBeGreaterThan(4096 * depth)
    expect(areaOf(rings)).toBeLessThan(4096 * (depth + 30))
  })

  it('a polygon around the pole ends at the edge of the map', () => {
    const shape: TestGeometry = {
      type: 'Polygon',
      coordinates: [
        [
          [-180, -90],
          [180, -90],
          [180, -70],
          [0, -65],
          [-180, -70],
          [-180, -90],
        ],
      ],
    }
    const rings = ringsOf(shape, { z: 0, x: 0, y: 0 }, 0)
    expect(findPolygonFaults(rings)).toEqual([])
    expect(Math.max(...rings.flat().map(([, y]) => y))).toBe(4096)
  })
})

function ringLength(ring: readonly Position[]): number {
  return ring.slice(1).reduce((sum, [x, y], i) => {
    const [lastX, lastY] = ring[i] as Position
    return sum + Math.hypot(x - lastX, y - lastY)
  }, 0)
}

/** How many members only one of two sets has. */
function differenceOf(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  return [...a].filter((member) => !b.has(member)).length + [...b].filter((member) => !a.has(member)).length
}
