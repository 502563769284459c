import { AppError, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import { anyOf, findColumn, raw, type Sql, sourceColumn, sql } from '@graticule/sql'
import type { DegreeBounds } from '@graticule/tiles'
import { baseTypeOf } from './column-types.ts'

export const WGS84 = 4326
const WEB_MERCATOR = 3857
const EARTH_RADIUS_METERS = 6378137
// Beyond this the mercator y runs to infinity; nothing real lies there.
const MAX_MERCATOR_LATITUDE = 89.99

/** Projections bend straight edges: boxes wider than this are not carried over into another reference system. */
const MAX_PROJECTED_WIDTH_DEGREES = 6
/** Edges of a geography are great circles; on wider boxes they stray too far from the parallels. */
const MAX_GEOGRAPHY_WIDTH_DEGREES = 50

/** The row's geometry in the reference system it is stored in; text and pairs of numbers become geometries. */
export function storedGeometry(spatial: SpatialColumn, description: SourceDescription): Sql {
  const [first, second] = spatial.columns.map((name) => findColumn(description, name))
  if (!first) throw new AppError('invalid_request', 'The spatial column names no column of the source.')
  const column = sourceColumn(first.name)
  switch (spatial.encoding) {
    case 'geometry':
      return column
    case 'geography':
      return sql`${column}::geometry`
    case 'lonlat':
      if (!second) throw new AppError('invalid_request', 'A longitude needs the latitude column beside it.')
      return sql`ST_SetSRID(ST_MakePoint(${column}::float8, ${sourceColumn(second.name)}::float8), 4326)`
    case 'wkt':
      return sql`ST_GeomFromEWKT(NULLIF(btrim(${column}::text), ''))`
    case 'geojson':
      return sql`ST_SetSRID(ST_GeomFromGeoJSON(NULLIF(btrim(${column}::text), '')), 4326)`
    case 'wkb':
      return baseTypeOf(first.nativeType) === 'bytea'
        ? sql`ST_GeomFromEWKB(${column})`
        : sql`NULLIF(btrim(${column}::text), '')::geometry`
  }
}

/** The row's geometry in WGS84 degrees. */
export function inDegrees(spatial: SpatialColumn, description: SourceDescription): Sql {
  const stored = storedGeometry(spatial, description)
  switch (spatial.encoding) {
    case 'lonlat':
    case 'geography':
    case 'geojson':
      return stored
    case 'geometry':
    case 'wkt':
    case 'wkb':
      if (spatial.srid === 0) return sql`ST_SetSRID(${stored}, 4326)`
      if (spatial.encoding === 'geometry') {
        return spatial.srid === WGS84 ? stored : sql`ST_Transform(${stored}, 4326)`
      }
      // Text may leave the reference system out; then it is the one that was described.
      if (spatial.srid === WGS84) return sql`ST_SetSRID(${stored}, 4326)`
      return sql`ST_Transform(ST_SetSRID(${stored}, ${raw(sridText(spatial.srid))}), 4326)`
  }
}

/**
 * A condition on the stored column, so that its index serves, which every row in one of the boxes (degrees) passes,
 * and few others do. Null when there is none that is sure to miss nothing.
 */
export function boxCondition(
  spatial: SpatialColumn,
  description: SourceDescription,
  boxes: readonly DegreeBounds[],
): Sql | null {
  const conditions = boxes.map((box) => oneBox(spatial, description, box))
  return conditions.every((condition) => condition !== null) ? anyOf(conditions) : null
}

/** True when `boxCondition` needs the warehouse to project the box, which can fail far away from the data. */
export function needsProjectedBox(spatial: SpatialColumn): boolean {
  return spatial.encoding === 'geometry' && ![0, WGS84, WEB_MERCATOR].includes(spatial.srid)
}

function oneBox(spatial: SpatialColumn, description: SourceDescription, box: DegreeBounds): Sql | null {
  const [first, second] = spatial.columns.map((name) => findColumn(description, name))
  if (!first) return null
  const column = sourceColumn(first.name)
  switch (spatial.encoding) {
    case 'lonlat': {
      if (!second) return null
      const latitude = sourceColumn(second.name)
      return sql`(${column} >= ${box.west}::float8 AND ${column} <= ${box.east}::float8 AND ${latitude} >= ${box.south}::float8 AND ${latitude} <= ${box.north}::float8)`
    }
    case 'geometry':
      return geometryBox(column, spatial.srid, box)
    case 'geography':
      return geographyBox(column, box)
    case 'wkt':
    case 'wkb':
    case 'geojson':
      return null
  }
}

function geometryBox(column: Sql, srid: number, box: DegreeBounds): Sql | null {
  if (srid === WGS84 || srid === 0) return sql`${column} && ${envelope(box, srid)}`
  if (srid === WEB_MERCATOR) {
    const [west, east] = [box.west, box.east].map((degrees) => (degrees * Math.PI * EARTH_RADIUS_METERS) / 180)
    const [south, north] = [box.south, box.north].map(mercatorY)
    return sql`${column} && ${envelope({ west, south, east, north } as DegreeBounds, srid)}`
  }
  if (box.east - box.west > MAX_PROJECTED_WIDTH_DEGREES) return null
  const edge = Math.max(box.east - box.west, 1e-6) / 16
  const wider = widen(box, edge / 4)
  return sql`${column} && ST_Transform(ST_Segmentize(${envelope(wider, WGS84)}, ${edge}::float8), ${raw(sridText(srid))})`
}

/** Boxes around the whole world are left to the exact test: a geography's polygon must be smaller than a hemisphere. */
function geographyBox(column: Sql, box: DegreeBounds): Sql | null {
  if (box.east - box.west > MAX_GEOGRAPHY_WIDTH_DEGREES || box.north - box.south > MAX_GEOGRAPHY_WIDTH_DEGREES) {
    return null
  }
  const wider = widen(box, Math.max((box.east - box.west) / 100, 1e-7))
  if (wider.west < -180 || wider.east > 180) return null
  return sql`${column} && ST_Segmentize(${envelope(wider, WGS84)}, 0.5)::geography`
}

/** The box as a geometry, its numbers bound. */
export function envelope(box: DegreeBounds, srid: number): Sql {
  return sql`ST_MakeEnvelope(${box.west}::float8, ${box.south}::float8, ${box.east}::float8, ${box.north}::float8, ${raw(sridText(srid))})`
}

function widen(box: DegreeBounds, margin: number): DegreeBounds {
  return {
    west: box.west - margin,
    south: Math.max(box.south - margin, -89.9999),
    east: box.east + margin,
    north: Math.min(box.north + margin, 89.9999),
  }
}

function mercatorY(latitude: number): number {
  const clamped = Math.max(-MAX_MERCATOR_LATITUDE, Math.min(MAX_MERCATOR_LATITUDE, latitude))
  return EARTH_RADIUS_METERS * Math.log(Math.tan(Math.PI / 4 + (clamped * Math.PI) / 360))
}

/** A reference system's number as SQL; anything but a plain integer is refused. */
export function sridText(srid: number): string {
  if (Number.isInteger(srid) && srid >= 0 && srid <= 999_999) return String(srid)
  throw new AppError('invalid_request', `${srid} is not the number of a spatial reference system.`)
}
