import type { TileFeatures } from '../tile-features.ts'
import type { Position } from './decode-layer.ts'

/** The geometries that the tests build. */
export type TestGeometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'LineString' | 'MultiPoint'; readonly coordinates: readonly Position[] }
  | { readonly type: 'Polygon' | 'MultiLineString'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly TestGeometry[] }

const CODES = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
  GeometryCollection: 7,
}

/** Little-endian WKB of a geometry. */
export function writeWkb(geometry: TestGeometry): Uint8Array {
  const bytes: number[] = []
  const unsigned = (value: number) => bytes.push(...new Uint8Array(Uint32Array.of(value).buffer))
  const position = ([x, y]: Position) => bytes.push(...new Uint8Array(Float64Array.of(x, y).buffer))
  const positions = (list: readonly Position[]) => {
    unsigned(list.length)
    list.forEach(position)
  }
  const members = (list: readonly TestGeometry[]) => {
    unsigned(list.length)
    for (const member of list) for (const byte of writeWkb(member)) bytes.push(byte)
  }
  bytes.push(1)
  unsigned(CODES[geometry.type])
  switch (geometry.type) {
    case 'Point':
      position(geometry.coordinates)
      break
    case 'LineString':
      positions(geometry.coordinates)
      break
    case 'Polygon':
      unsigned(geometry.coordinates.length)
      geometry.coordinates.forEach(positions)
      break
    case 'MultiPoint':
      members(geometry.coordinates.map((coordinates) => ({ type: 'Point', coordinates })))
      break
    case 'MultiLineString':
      members(geometry.coordinates.map((coordinates) => ({ type: 'LineString', coordinates })))
      break
    case 'MultiPolygon':
      members(geometry.coordinates.map((coordinates) => ({ type: 'Polygon', coordinates })))
      break
    case 'GeometryCollection':
      members(geometry.geometries)
      break
  }
  return Uint8Array.from(bytes)
}

/** Geometries as a column of WKB; null stays NULL. */
export function wkbFeatures(geometries: readonly (TestGeometry | null)[]): TileFeatures {
  return binaryFeatures(
    'wkb',
    geometries.map((geometry) => (geometry === null ? new Uint8Array(0) : writeWkb(geometry))),
  )
}

/** Encoded geometries, one after another, as a column. */
export function binaryFeatures(kind: 'wkb' | 'twkb', encoded: readonly Uint8Array[]): TileFeatures {
  const offsets = new Uint32Array(encoded.length + 1)
  encoded.forEach((bytes, i) => {
    offsets[i + 1] = (offsets[i] as number) + bytes.length
  })
  const bytes = new Uint8Array(offsets[encoded.length] as number)
  for (const [i, one] of encoded.entries()) bytes.set(one, offsets[i])
  return { count: encoded.length, geometry: { kind, bytes, offsets }, attributes: [], dropped: false }
}
