import { AppError, type ColumnDescription, type SourceDescription, type SpatialColumn } from '@graticule/contract'
import { findColumn, print, raw, relationOf, type Source, type Statement, sourceColumn, sql } from '@graticule/sql'
import { postgresDialect, quoteIdentifier } from './dialect.ts'
import {
  type ColumnCandidate,
  detectSpatialColumns,
  MAX_LATITUDE,
  MAX_LONGITUDE,
  pairColumn,
  sampleExpression,
  sampleFormOf,
} from './spatial-columns.ts'
import type { WireRow } from './wire-query.ts'

const SAMPLE_ROWS = 100

/** Runs a statement and hands back its cells as text. */
export type ChoiceRunner = (statement: Statement) => Promise<readonly WireRow[]>

/**
 * Looks at what a person chose to draw: a column, or a pair `longitude,latitude`, that detection passed over because of
 * its name, its empty first rows, or a geometry beside it. Throws `column_not_found` for a name that the source lacks,
 * and `invalid_request` with a sentence when the values are no geometry.
 */
export async function describeSpatialChoice(
  source: Source,
  description: SourceDescription,
  spatialDataColumn: string,
  run: ChoiceRunner,
): Promise<SpatialColumn> {
  const single = description.columns.find((column) => column.name === spatialDataColumn)
  if (single) return describeEncoded(source, single, run)
  const [longitude, latitude, ...more] = spatialDataColumn.split(',')
  if (longitude !== undefined && latitude !== undefined && more.length === 0) {
    return describePair(source, findColumn(description, longitude), findColumn(description, latitude), run)
  }
  return describeEncoded(source, findColumn(description, spatialDataColumn), run)
}

/** Text in one of the known forms, or bytes of WKB; the values tell which. */
async function describeEncoded(source: Source, column: ColumnDescription, run: ChoiceRunner): Promise<SpatialColumn> {
  const candidate: ColumnCandidate = { ...column, typeModifier: -1, hasSpatialIndex: false }
  const form = sampleFormOf(candidate, false)
  if (form !== 'text' && form !== 'bytea-header') {
    throw refusal(
      `The column "${column.name}" holds ${column.nativeType} values, which are no geometry: WKT and GeoJSON are text, WKB is bytes or hexadecimal text.`,
    )
  }
  const quoted = quoteIdentifier(column.name)
  const filled = form === 'text' ? `btrim(${quoted}::text) <> ''` : `${quoted} IS NOT NULL`
  const list = sampleExpression(quoted, form)
  const relation = relationOf(source)
  const rows = await run(
    print(sql`SELECT ${raw(list)} FROM ${relation} WHERE ${raw(`${filled} LIMIT ${SAMPLE_ROWS}`)}`, postgresDialect),
  )
  if (rows.length === 0) {
    throw refusal(
      `The column "${column.name}" has no value yet that tells whether it holds WKT, WKB or GeoJSON; choose it when it has one.`,
    )
  }
  const values = rows.map(([value]) => value ?? '')
  const [found] = detectSpatialColumns([candidate], new Map([[column.name, values]]))
  if (found) return found
  throw refusal(
    `The column "${column.name}" does not hold geometry: not all of the ${rows.length} values that were looked at are ${form === 'text' ? 'WKT, GeoJSON or hexadecimal WKB' : 'WKB'}.`,
  )
}

/** Two columns of numbers in degrees. A table without rows may have them later, so nothing speaks against it. */
async function describePair(
  source: Source,
  longitude: ColumnDescription,
  latitude: ColumnDescription,
  run: ChoiceRunner,
): Promise<SpatialColumn> {
  for (const { name, nativeType, type } of [longitude, latitude]) {
    if (type !== 'number') {
      throw refusal(`The column "${name}" holds ${nativeType} values; longitude and latitude are columns of numbers.`)
    }
  }
  if (longitude.name === latitude.name) throw refusal('Longitude and latitude are two columns; one was chosen twice.')
  const [x, y] = [sourceColumn(longitude.name), sourceColumn(latitude.name)]
  // Not a number is no place, so it says nothing about the others.
  const degrees = sql`SELECT abs(NULLIF(${x}::float8, 'NaN')) AS x, abs(NULLIF(${y}::float8, 'NaN')) AS y FROM ${relationOf(source)} WHERE ${x} IS NOT NULL AND ${y} IS NOT NULL LIMIT ${raw(String(SAMPLE_ROWS))}`
  const [row] = await run(print(sql`SELECT max(x), max(y) FROM (${degrees}) AS sampled`, postgresDialect))
  const [widest, highest] = [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)]
  if (widest > MAX_LONGITUDE) throw beyond(longitude.name, 'longitude', widest, MAX_LONGITUDE)
  if (highest > MAX_LATITUDE) {
    const isSwapped = widest <= MAX_LATITUDE && highest <= MAX_LONGITUDE
    const hint = isSwapped ? { hint: 'Longitude and latitude may have been chosen the wrong way round.' } : {}
    throw beyond(latitude.name, 'latitude', highest, MAX_LATITUDE, hint)
  }
  return pairColumn(longitude, latitude)
}

function beyond(name: string, meaning: string, value: number, limit: number, hint: { hint?: string } = {}): AppError {
  return refusal(
    `The column "${name}" is no ${meaning} in degrees: it holds values of ${value}, and degrees end at ${limit}.`,
    hint,
  )
}

function refusal(sentence: string, options: { hint?: string } = {}): AppError {
  return new AppError('invalid_request', sentence, options)
}
