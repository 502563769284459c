import type { MultiPolygon, Polygon, Position } from 'geojson'
import { feature } from 'topojson-client'
import type { GeometryCollection } from 'topojson-specification'
import { readTopology } from './package-data.ts'

/** A named area of a boundary file. */
export interface Boundary {
  /** The file's own code for it: FIPS in us-atlas, ISO 3166 numeric in world-atlas, which lacks some. */
  readonly code: string | null
  readonly name: string
  readonly polygons: readonly Position[][][]
}

/** Where the files have the pole, which projections put at infinity. */
const POLE_LATITUDE = 89.999

/** Every area of one layer of a boundary file, without those too small to have an area at the file's resolution. */
export function readBoundaries(path: string, layer: string): Boundary[] {
  const topology = readTopology(path)
  const collection = feature(topology, topology.objects[layer] as GeometryCollection<{ name: string }>)
  return collection.features
    .map(({ id, properties, geometry }) => ({
      code: id === undefined ? null : String(id),
      name: properties.name,
      polygons: polygonsOf(geometry as Polygon | MultiPolygon),
    }))
    .filter((boundary) => boundary.polygons.length > 0)
}

/** The point in the middle of the bounding box of the largest part, good enough to measure distances from. */
export function middleOf(boundary: Boundary): Position {
  const boxes = boundary.polygons.map((rings) => {
    const longitudes = rings[0]?.map((position) => position[0] ?? 0) ?? []
    const latitudes = rings[0]?.map((position) => position[1] ?? 0) ?? []
    const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)]
    const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
    return { middle: [(west + east) / 2, (south + north) / 2], area: (east - west) * (north - south) }
  })
  return boxes.reduce((largest, box) => (box.area > largest.area ? box : largest)).middle
}

function polygonsOf(geometry: Polygon | MultiPolygon): Position[][][] {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.map((rings) => rings.filter(hasArea).map(unrollRing)).filter((rings) => rings.length > 0)
}

/**
 * The files leave out where the map is cut: a ring over the antimeridian jumps from one side of the map to the other,
 * which a plane takes for a band around the world. It runs on past 180 degrees instead, and is closed along the pole
 * if it goes around it.
 */
function unrollRing(ring: Position[]): Position[] {
  let turn = 0
  const unrolled = ring.map(([longitude = 0, latitude = 0], i) => {
    const step = longitude - (ring[i - 1]?.[0] ?? longitude)
    if (Math.abs(step) > 180) turn -= 360 * Math.sign(step)
    return [longitude + turn, latitude]
  })
  const [first, last] = [unrolled[0], unrolled.at(-1)]
  if (turn === 0 || !first || !last) return unrolled
  const pole = (first[1] ?? 0) > 0 ? POLE_LATITUDE : -POLE_LATITUDE
  return [...unrolled, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first]
}

/** Rounding to the grid of the file collapses islets into lines, and a ring around the pole itself is its outer edge. */
function hasArea(ring: Position[]): boolean {
  if (ring.every(([, latitude = 0]) => Math.abs(latitude) >= POLE_LATITUDE)) return false
  return new Set(ring.map((position) => position.join())).size >= 3
}
