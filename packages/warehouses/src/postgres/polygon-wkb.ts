import { AppError, type SpatialFilterGeometry } from '@graticule/contract'

type Ring = readonly (readonly number[])[]

const POLYGON = 3
const MULTI_POLYGON = 6
const SRID_FLAG = 0x20000000
const WGS84 = 4326

/** A polygon as hexadecimal EWKB in WGS84: the same bytes for every PostGIS, and short enough for thousands of vertices. */
export function polygonWkb(geometry: SpatialFilterGeometry): string {
  const polygons: readonly (readonly Ring[])[] =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const bytes = Buffer.alloc(sizeOf(polygons))
  let at = header(bytes, 0, (geometry.type === 'Polygon' ? POLYGON : MULTI_POLYGON) | SRID_FLAG)
  at = bytes.writeUInt32LE(WGS84, at)
  if (geometry.type === 'MultiPolygon') at = bytes.writeUInt32LE(polygons.length, at)
  for (const rings of polygons) {
    if (geometry.type === 'MultiPolygon') at = header(bytes, at, POLYGON)
    at = bytes.writeUInt32LE(rings.length, at)
    for (const ring of rings) {
      const closed = closeRing(ring)
      at = bytes.writeUInt32LE(closed.length, at)
      for (const [longitude, latitude] of closed) {
        at = bytes.writeDoubleLE(finite(longitude), at)
        at = bytes.writeDoubleLE(finite(latitude), at)
      }
    }
  }
  return bytes.toString('hex', 0, at)
}

/** West, south, east, north of the polygon. */
export function polygonBounds(geometry: SpatialFilterGeometry): readonly [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const position of geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2) as number[][]) {
    const [x, y] = [finite(position[0]), finite(position[1])]
    bounds[0] = Math.min(bounds[0], x)
    bounds[1] = Math.min(bounds[1], y)
    bounds[2] = Math.max(bounds[2], x)
    bounds[3] = Math.max(bounds[3], y)
  }
  return bounds
}

function header(bytes: Buffer, at: number, type: number): number {
  return bytes.writeUInt32LE(type, bytes.writeUInt8(1, at))
}

function closeRing(ring: Ring): Ring {
  const [first, last] = [ring[0], ring.at(-1)]
  if (ring.length < 3 || !first || !last) throw invalid('Each ring of the polygon needs at least three positions.')
  return first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first]
}

function finite(value: number | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw invalid('The positions of the polygon are pairs of numbers: [longitude, latitude].')
}

function sizeOf(polygons: readonly (readonly Ring[])[]): number {
  let size = 13
  for (const rings of polygons) {
    size += 9
    for (const ring of rings) size += 4 + 16 * (ring.length + 1)
  }
  return size
}

function invalid(sentence: string): AppError {
  return new AppError('invalid_request', sentence)
}
