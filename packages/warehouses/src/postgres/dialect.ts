import type {
  AggregationOperation,
  ColumnDescription,
  SourceDescription,
  SpatialColumn,
  SpatialFilterGeometry,
  TimeStep,
} from '@graticule/contract'
import { allOf, type Dialect, type IntervalBound, raw, type Sql, sourceColumn, sql, toInstant } from '@graticule/sql'
import { familyOf } from './column-types.ts'
import { boxCondition, inDegrees, needsProjectedBox, storedGeometry } from './geometry-sql.ts'
import { polygonBounds, polygonWkb } from './polygon-wkb.ts'
import { boxKeyCondition } from './tile-key.ts'

/** Quotes a name; throws for the one character that PostgreSQL cannot hold. */
export function quoteIdentifier(name: string): string {
  if (name.includes('\0')) throw new Error('A name cannot hold the zero character.')
  return `"${name.replaceAll('"', '""')}"`
}

/** PostgreSQL with PostGIS. */
export const postgresDialect: Dialect = createDialect({ usesProjectedBoxes: true })

/** The same without conditions that need a box projected into the data's reference system; slower, never fails there. */
export const unprojectedDialect: Dialect = createDialect({ usesProjectedBoxes: false })

function createDialect({ usesProjectedBoxes }: { readonly usesProjectedBoxes: boolean }): Dialect {
  return {
    quoteIdentifier,
    placeholder: (position) => `$${position}`,
    isOneOf,
    isWithin,
    matches: (column, { expression, isCaseSensitive }) =>
      sql`${sourceColumn(column.name)}::text ${raw(isCaseSensitive ? '~' : '~*')} ${expression}::text`,
    intersects: (spatial, description, geometry) => intersects(spatial, description, geometry, usesProjectedBoxes),
    featureId: (spatial, description) => sql`md5(ST_AsEWKB(${storedGeometry(spatial, description)}))`,
    isOneOfTexts: (text, values) => sql`${text} = ANY(${[...values]}::text[])`,
    positionInTexts: (text, values) => sql`array_position(${[...values]}::text[], ${text})`,
    aggregate,
    binIndex,
    timeBucket,
    hasInstant: (column) => sql`isfinite(${sourceColumn(column.name)})`,
    asText: (value) => sql`(${value})::text`,
    isSame: (left, right) => sql`${left} IS NOT DISTINCT FROM ${right}`,
    outputColumn,
    extent,
    longitudesAcrossAntimeridian,
    quantiles: (column, fractions) =>
      sql`percentile_cont(${[...fractions]}::float8[]) WITHIN GROUP (ORDER BY ${numberOf(column)}::float8)`,
  }
}

/** The column as a number, NaN as NULL: charts and sums cannot use NaN, and PostgreSQL sorts it above everything. */
function numberOf(column: ColumnDescription): Sql {
  const value = sourceColumn(column.name)
  const family = familyOf(column)
  return family === 'real' || family === 'double' || family === 'numeric' ? sql`NULLIF(${value}, 'NaN')` : value
}

function isOneOf(column: ColumnDescription, values: readonly (string | number | boolean)[]): Sql {
  const value = sourceColumn(column.name)
  const family = familyOf(column)
  switch (family) {
    case 'integer':
    case 'bigint': {
      const integers = numberTexts(values).filter(isBigint)
      return sql`${value} = ANY(${integers}::bigint[])`
    }
    case 'real':
      return sql`${value} = ANY(${finiteNumbers(values, Math.fround)}::float8[])`
    case 'double':
      return sql`${value} = ANY(${finiteNumbers(values, Number)}::float8[])`
    case 'numeric':
      return sql`${value} = ANY(${numberTexts(values)}::numeric[])`
    case 'boolean': {
      const booleans = values.map(String).filter((text) => text === 'true' || text === 'false')
      return sql`${value} = ANY(${booleans}::boolean[])`
    }
    case 'date':
    case 'timestamp':
    case 'timestamptz': {
      const instants = values.filter((item) => typeof item !== 'boolean').map((item) => toInstant(item))
      return sql`${utcTimestamp(column)} = ANY(SELECT given AT TIME ZONE 'UTC' FROM unnest(${instants}::timestamptz[]) AS given)`
    }
    case 'text':
      return sql`${value} = ANY(${values.map(String)}::text[])`
    default:
      return sql`${value}::text = ANY(${values.map(String)}::text[])`
  }
}

function numberTexts(values: readonly (string | number | boolean)[]): string[] {
  return values
    .filter((value) => typeof value !== 'boolean')
    .map((value) => String(value).trim())
    .map((text) => (/^[+-]?\d+$/.test(text) ? text : plainNumber(text)))
    .filter((text) => text !== '')
}

function isBigint(text: string): boolean {
  return /^[+-]?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

function finiteNumbers(values: readonly (string | number | boolean)[], round: (value: number) => number): number[] {
  return numberTexts(values)
    .map((text) => round(Number(text)))
    .filter(Number.isFinite)
}

/** `1e3` and `2.0` are the integers 1000 and 2 to people; a text that is no finite number equals nothing. */
function plainNumber(text: string): string {
  const number = text === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) ? String(number) : ''
}

function isWithin(column: ColumnDescription, low: IntervalBound | null, high: IntervalBound | null): Sql {
  const family = familyOf(column)
  const value = sourceColumn(column.name)
  const canBeNaN = family === 'real' || family === 'double' || family === 'numeric'
  const conditions: Sql[] = []
  if (low) conditions.push(compare(column, low, 'low'))
  if (high) conditions.push(compare(column, high, 'high'))
  if (!low && !high) conditions.push(sql`${value} IS NOT NULL`)
  // NaN is larger than every bound, so only an upper one keeps it out.
  if (canBeNaN && !high) conditions.push(sql`${value} <> 'NaN'`)
  return allOf(conditions)
}

function compare(column: ColumnDescription, bound: IntervalBound, side: 'low' | 'high'): Sql {
  const value = sourceColumn(column.name)
  const strict = side === 'low' ? '>' : '<'
  const operator = raw(bound.isInclusive ? `${strict}=` : strict)
  switch (familyOf(column)) {
    case 'integer':
    case 'bigint':
      return compareInteger(value, bound, side)
    case 'real':
      return sql`${value} ${operator} ${Math.fround(Number(bound.value))}::float8`
    case 'double':
      return sql`${value} ${operator} ${bound.value}::float8`
    case 'numeric':
      return sql`${value} ${operator} ${bound.value}::numeric`
    case 'date':
    case 'timestamp':
      return sql`${value} ${operator} (${bound.value}::timestamptz AT TIME ZONE 'UTC')`
    case 'timestamptz':
      return sql`${value} ${operator} ${bound.value}::timestamptz`
    default:
      return sql`${value}::text COLLATE "C" ${operator} ${bound.value}::text`
  }
}

/** Bounds between integers move to the next one, so that the column is compared as it is and its index serves. */
function compareInteger(value: Sql, bound: IntervalBound, side: 'low' | 'high'): Sql {
  if (typeof bound.value === 'string') {
    return sql`${value} ${raw((side === 'low' ? '>' : '<') + (bound.isInclusive ? '=' : ''))} ${bound.value}::numeric`
  }
  if (!Number.isFinite(bound.value))
    return bound.value > 0 === (side === 'high') ? sql`${value} IS NOT NULL` : sql`FALSE`
  if (side === 'low') return sql`${value} >= ${Math.ceil(bound.value)}::${integerType(bound.value)}`
  const [operator, integer] = bound.isInclusive ? ['<=', Math.floor(bound.value)] : ['<', Math.ceil(bound.value)]
  return sql`${value} ${raw(operator as string)} ${integer}::${integerType(bound.value)}`
}

function integerType(value: number): Sql {
  return raw(Math.abs(value) < 2 ** 53 ? 'bigint' : 'numeric')
}

function intersects(
  spatial: SpatialColumn,
  description: SourceDescription,
  geometry: SpatialFilterGeometry,
  usesProjectedBoxes: boolean,
): Sql {
  const [west, south, east, north] = polygonBounds(geometry)
  const isProjected = needsProjectedBox(spatial)
  const bounds = { west, south, east, north }
  const box = isProjected && !usesProjectedBoxes ? null : boxCondition(spatial, description, [bounds])
  const key = boxKeyCondition(spatial, bounds)
  const exact = sql`ST_Intersects(${inDegrees(spatial, description)}, ST_MakeValid(${polygonWkb(geometry)}::geometry))`
  const narrowing = [key, box].filter((condition) => condition !== null)
  return narrowing.length > 0 ? allOf([...narrowing, exact]) : exact
}

function aggregate(operation: Exclude<AggregationOperation, 'custom'>, column: ColumnDescription | null): Sql {
  if (column === null) return sql`count(*)`
  const family = familyOf(column)
  const value = numberOf(column)
  switch (operation) {
    case 'count':
      return sql`count(${value})`
    case 'sum':
    case 'avg':
      // Integers and numerics add up exactly before they become a float.
      return family === 'real' ? sql`${raw(operation)}(${value}::float8)` : sql`${raw(operation)}(${value})::float8`
    case 'min':
    case 'max':
      return family === 'other' ? sql`${raw(operation)}(${value}::text)` : sql`${raw(operation)}(${value})`
  }
}

function binIndex(column: ColumnDescription, ticks: readonly number[]): Sql {
  const value = numberOf(column)
  if (ticks.length === 0) return sql`CASE WHEN ${value} IS NOT NULL THEN 0 END`
  // A real is compared as the value that people read: 0.7 and not 0.69999999.
  const edges = familyOf(column) === 'real' ? ticks.map(Math.fround) : [...ticks]
  return sql`width_bucket(${value}::float8, ${edges}::float8[])`
}

function utcTimestamp(column: ColumnDescription): Sql {
  const value = sourceColumn(column.name)
  return familyOf(column) === 'timestamptz' ? sql`(${value} AT TIME ZONE 'UTC')` : sql`${value}::timestamp`
}

const STEP_SECONDS = { week: 7 * 86_400, day: 86_400, hour: 3600, minute: 60, second: 1 } as const

/** Buckets of n years begin at year 0, of n weeks on Monday 5 January 1970, shorter ones at the start of 1970. */
function timeBucket(column: ColumnDescription, step: TimeStep, multiplier: number): Sql {
  const time = utcTimestamp(column)
  if (multiplier === 1) return sql`date_trunc('${raw(step)}', ${time})`
  if (step === 'year' || step === 'month') {
    const months = step === 'year' ? 12 * multiplier : multiplier
    const index = sql`(date_part('year', ${time}) * 12 + date_part('month', ${time}) - 1)::int`
    const start = sql`(floor(${index} / ${months}::float8) * ${months}::int)::int - 23640`
    return sql`timestamp '1970-01-01' + make_interval(months => ${start})`
  }
  const anchor = step === 'week' ? sql`timestamp '1970-01-05'` : sql`timestamp '1970-01-01'`
  const seconds = STEP_SECONDS[step] * multiplier
  return sql`${anchor} + make_interval(secs => floor(date_part('epoch', ${time} - ${anchor}) / ${seconds}::float8) * ${seconds}::float8)`
}

function outputColumn(column: ColumnDescription, description: SourceDescription): Sql {
  const value = sourceColumn(column.name)
  const family = familyOf(column)
  if (family !== 'geometry') return value
  const spatial = description.spatialColumns.find(({ spatialDataColumn }) => spatialDataColumn === column.name)
  if (spatial && (spatial.srid === 4326 || spatial.srid === 0)) return value
  return sql`CASE WHEN ST_SRID(${value}) IN (0, 4326) THEN ${value} ELSE ST_Transform(${value}, 4326) END`
}

function extent(spatial: SpatialColumn, description: SourceDescription): Sql {
  const box = sql`ST_Extent(${inDegrees(spatial, description)})`
  return sql`ST_XMin(${box}) AS xmin, ST_YMin(${box}) AS ymin, ST_XMax(${box}) AS xmax, ST_YMax(${box}) AS ymax`
}

/** What PostGIS can move point by point; of curves it would refuse the whole statement. */
const MOVABLE_TYPES = ['LINESTRING', 'MULTIPOINT', 'MULTILINESTRING', 'POLYGON', 'MULTIPOLYGON']

/**
 * Most rows are seen further east, or not, as a whole, and their stored boxes, rounded outwards by metres, tell which.
 * Only a row wider than half the world is moved point by point, and only when that makes it narrow: such a row has
 * parts on both sides of the antimeridian, or edges across it. One that fills its box is a box around the world and stays.
 */
function longitudesAcrossAntimeridian(spatial: SpatialColumn, description: SourceDescription, rows: Sql): Sql {
  const moved = raw('ST_ShiftLongitude(shape)')
  const isWide = sql`ST_XMax(box) - ST_XMin(box) > 180 AND GeometryType(shape) = ANY(${MOVABLE_TYPES}::text[])`
  const isNarrowWhenMoved = sql`ST_XMax(${moved}) - ST_XMin(${moved}) < 180 AND ST_Area(shape) < 0.99 * ST_Area(ST_Envelope(shape))`
  const placed = sql`CASE WHEN ${isWide} THEN CASE WHEN ${isNarrowWhenMoved} THEN ${moved}::box2d ELSE box END ELSE box END`
  const turn = raw('CASE WHEN ST_XMax(box) < 0 THEN 360 ELSE 0 END')
  // OFFSET 0 keeps PostgreSQL from working out anew, wherever they are mentioned, what is projected or read from disk.
  const shapes = sql`SELECT ${inDegrees(spatial, description)} AS shape ${rows} OFFSET 0`
  const boxes = sql`SELECT shape, shape::box2d AS box FROM (${shapes}) AS shapes OFFSET 0`
  const placedBoxes = sql`SELECT ${placed} AS box FROM (${boxes}) AS boxes OFFSET 0`
  return sql`SELECT ARRAY[min(ST_XMin(box) + ${turn}), max(ST_XMax(box) + ${turn})] FROM (${placedBoxes}) AS placed`
}
