import type { ColumnDescription, SpatialColumn } from '@graticule/contract'
import { baseTypeOf, familyOf } from './column-types.ts'
import {
  commonGeometryType,
  type GeometryHeader,
  headerOfGeoJson,
  headerOfTypeModifier,
  headerOfWkb,
  headerOfWkt,
} from './geometry-header.ts'

/** A column as spatial detection sees it. */
export interface ColumnCandidate extends ColumnDescription {
  /** `atttypmod`; −1 for none. */
  readonly typeModifier: number
  readonly hasSpatialIndex: boolean
}

/** How to look at a column's values without fetching all of a large one; null: the column cannot hold a geometry. */
export type SampleForm = 'wkb-header' | 'bytea-header' | 'text' | 'number' | null

const SAMPLED_TEXT_LENGTH = 4000

/** Longitudes may count 0…360. */
export const MAX_LONGITUDE = 360
export const MAX_LATITUDE = 90

/** Which look at a column's values would tell something. */
export function sampleFormOf(column: ColumnCandidate, isPartOfPair: boolean): SampleForm {
  switch (familyOf(column)) {
    case 'geometry':
    case 'geography': {
      const header = headerOfTypeModifier(column.typeModifier)
      return header?.geometryType && header.srid !== 0 ? null : 'wkb-header'
    }
    case 'text':
      return 'text'
    case 'integer':
    case 'bigint':
    case 'real':
    case 'double':
    case 'numeric':
      return isPartOfPair ? 'number' : null
    default: {
      const base = baseTypeOf(column.nativeType)
      if (base === 'bytea') return 'bytea-header'
      return ['json', 'jsonb', 'character', 'citext'].includes(base) ? 'text' : null
    }
  }
}

/** The SQL that looks at a quoted column in that form. */
export function sampleExpression(quotedColumn: string, form: Exclude<SampleForm, null>): string {
  switch (form) {
    case 'wkb-header':
      return `left(${quotedColumn}::text, 18)`
    case 'bytea-header':
      return `encode(substring(${quotedColumn} from 1 for 9), 'hex')`
    case 'text':
      return `left(${quotedColumn}::text, ${SAMPLED_TEXT_LENGTH})`
    case 'number':
      return `${quotedColumn}::float8::text`
  }
}

/** The ways to map a source, the best first. `samples` holds the looked-at values by column name, without NULLs. */
export function detectSpatialColumns(
  columns: readonly ColumnCandidate[],
  samples: ReadonlyMap<string, readonly string[]>,
): readonly SpatialColumn[] {
  const stored = columns.flatMap((column) => storedGeometry(column, samples.get(column.name) ?? []))
  const pairs = findCoordinatePairs(columns)
    .filter(([longitude, latitude]) => pairFits(longitude, latitude, samples))
    .map(([longitude, latitude]) => pairColumn(longitude, latitude))
  const texts = columns.flatMap((column) => encodedGeometry(column, samples.get(column.name) ?? []))
  return [...stored, ...pairs, ...texts]
}

function storedGeometry(column: ColumnCandidate, samples: readonly string[]): SpatialColumn[] {
  const family = familyOf(column)
  if (family !== 'geometry' && family !== 'geography') return []
  const declared = headerOfTypeModifier(column.typeModifier)
  const seen = samples.map(headerOfWkb).filter((header) => header !== undefined)
  const srid = family === 'geography' ? 4326 : declared?.srid || seen.find((header) => header.srid !== 0)?.srid || 0
  return [
    {
      spatialDataColumn: column.name,
      encoding: family,
      columns: [column.name],
      srid,
      geometryType: declared?.geometryType ?? commonGeometryType(seen.map((header) => header.geometryType)),
      hasSpatialIndex: column.hasSpatialIndex,
    },
  ]
}

function encodedGeometry(column: ColumnCandidate, samples: readonly string[]): SpatialColumn[] {
  const form = sampleFormOf(column, false)
  const texts = samples.filter((text) => text.trim() !== '')
  if ((form !== 'text' && form !== 'bytea-header') || texts.length === 0) return []
  const readers: readonly [SpatialColumn['encoding'], (text: string) => GeometryHeader | undefined][] =
    form === 'bytea-header'
      ? [['wkb', headerOfWkb]]
      : [
          ['wkt', headerOfWkt],
          ['geojson', headerOfGeoJson],
          ['wkb', headerOfWkb],
        ]
  for (const [encoding, read] of readers) {
    const headers = texts.map(read)
    const found = headers.filter((header) => header !== undefined)
    if (found.length < texts.length) continue
    return [
      {
        spatialDataColumn: column.name,
        encoding,
        columns: [column.name],
        srid: found.find((header) => header.srid !== 0)?.srid ?? 4326,
        geometryType: commonGeometryType(found.map((header) => header.geometryType)),
        hasSpatialIndex: false,
      },
    ]
  }
  return []
}

const LONGITUDE_WORDS: Readonly<Record<string, readonly string[]>> = {
  longitude: ['latitude', 'lat'],
  long: ['lat', 'latitude'],
  lng: ['lat', 'latitude'],
  lon: ['lat', 'latitude'],
  x: ['y'],
}

/** Pairs of numeric columns whose names differ in one word: `lon` and `lat`, `start_longitude` and `start_latitude`. */
export function findCoordinatePairs(
  columns: readonly ColumnCandidate[],
): readonly (readonly [ColumnCandidate, ColumnCandidate])[] {
  const numeric = columns.filter((column) => column.type === 'number')
  const pairs: [ColumnCandidate, ColumnCandidate][] = []
  for (const longitude of numeric) {
    const words = longitude.name.toLowerCase().split(/([_\s-]+)/)
    for (const [index, word] of words.entries()) {
      const partner = (LONGITUDE_WORDS[word] ?? [])
        .map((other) => words.with(index, other).join(''))
        .map((name) => numeric.find((column) => column.name.toLowerCase() === name))
        .find((column) => column !== undefined)
      if (partner) pairs.push([longitude, partner])
    }
  }
  return pairs
}

/** `x` and `y` may be anything, so they count only when values were seen, and all of them are degrees. */
function pairFits(
  longitude: ColumnCandidate,
  latitude: ColumnCandidate,
  samples: ReadonlyMap<string, readonly string[]>,
): boolean {
  const longitudes = (samples.get(longitude.name) ?? []).map(Number)
  const latitudes = (samples.get(latitude.name) ?? []).map(Number)
  const isUnspecific = /(^|[_\s-])x($|[_\s-])/i.test(longitude.name)
  if (isUnspecific && longitudes.length === 0) return false
  return (
    longitudes.every((value) => Number.isNaN(value) || Math.abs(value) <= MAX_LONGITUDE) &&
    latitudes.every((value) => Number.isNaN(value) || Math.abs(value) <= MAX_LATITUDE)
  )
}

/** Points in two columns of degrees. */
export function pairColumn(longitude: ColumnDescription, latitude: ColumnDescription): SpatialColumn {
  return {
    spatialDataColumn: `${longitude.name},${latitude.name}`,
    encoding: 'lonlat',
    columns: [longitude.name, latitude.name],
    srid: 4326,
    geometryType: 'Point',
    hasSpatialIndex: false,
  }
}
