import { AppError, type ColumnDescription } from '@graticule/contract'
import {
  allOf,
  anyOf,
  filtersCondition,
  findColumn,
  join,
  print,
  raw,
  relationOf,
  type Sql,
  type Statement,
  sourceColumn,
  sql,
  type TileRequest,
} from '@graticule/sql'
import {
  DEFAULT_BUFFER,
  type DegreeBounds,
  isValidTile,
  simplificationToleranceDegrees,
  tileWindowsDegrees,
  twkbPrecision,
} from '@graticule/tiles'
import type { CompiledTile } from '../provider.ts'
import { familyOf } from './column-types.ts'
import { postgresDialect } from './dialect.ts'
import { boxCondition, envelope, inDegrees, needsProjectedBox, WGS84 } from './geometry-sql.ts'
import { tileKeyCondition } from './tile-key.ts'
import { type AttributeCell, asTileLayout, type CellEncoding, type PostgresTileLayout } from './tile-layout.ts'

const FEATURE_ID = '_carto_feature_id'
const POINT_DENSITY = '_carto_point_density'
const FEATURE_BBOX = '_carto_bbox'

/** Shorter lines are sent whole: finding out what to leave out would cost more than sending it. */
const SIMPLIFY_FROM_VERTICES = 50

/** One tile as one row of columns; see the folder's README for why. */
export function compileTile(request: TileRequest): CompiledTile {
  const { z, x, y } = request
  if (!isValidTile(z, x, y)) {
    throw new AppError('tile_out_of_range', `There is no tile ${z}/${x}/${y}. x and y lie below 2 to the power of z.`)
  }
  const plan = planTile(request)
  const statement = tileStatement(plan, true)
  const needsFallback = needsProjectedBox(request.spatial)
  return {
    statement: needsFallback ? { ...statement, fallback: tileStatement(plan, false) } : statement,
    layout: asTileLayout(plan.layout),
  }
}

interface TilePlan {
  readonly request: TileRequest
  readonly layout: PostgresTileLayout
  readonly isPoints: boolean
  readonly idColumn: ColumnDescription | undefined
  /** Attributes read from a column of the source. */
  readonly columns: readonly { readonly cell: AttributeCell; readonly value: Sql; readonly alias: string }[]
  readonly windows: readonly DegreeBounds[]
}

function planTile(request: TileRequest): TilePlan {
  const { description, spatial, budget, mode, z, x, y } = request
  const isPoints = isPointSource(request)
  const idColumn = featureIdColumn(request)
  const columns = planColumns(request, isPoints)
  const attributes = columns.map(({ cell }) => cell)
  if (request.columns.includes(POINT_DENSITY) && !(isPoints && mode === 'binned')) {
    attributes.push({ name: POINT_DENSITY, encoding: null })
  }
  if (description.columns.length === 0) throw new AppError('invalid_request', 'The source has no columns.')
  return {
    request,
    isPoints,
    idColumn,
    columns,
    windows: tileWindowsDegrees(z, x, y, isPoints ? 0 : DEFAULT_BUFFER).filter(isWithinReach),
    layout: {
      geometry: geometryCell(isPoints, spatial.encoding === 'lonlat', z),
      hasIds: idColumn !== undefined,
      attributes,
      maxFeatures: budget.maxFeatures,
      isReduced: mode === 'binned',
    },
  }
}

/**
 * Shapes across the antimeridian may run a quarter of the world past it. Looking further would cost every tile two more
 * searches of the index, a tenth of its time, for data that counts 0…360 in a system that does not.
 */
function isWithinReach({ west, east }: DegreeBounds): boolean {
  return west < 270 && east > -270
}

function geometryCell(isPoints: boolean, isPair: boolean, z: number): PostgresTileLayout['geometry'] {
  if (isPair) return 'xy'
  return isPoints || twkbPrecision(z) === null ? 'wkb' : 'twkb'
}

/** An unknown kind travels like lines: that form holds points too. */
function isPointSource({ spatial }: TileRequest): boolean {
  return spatial.encoding === 'lonlat' || spatial.geometryType === 'Point' || spatial.geometryType === 'MultiPoint'
}

/** A primary key of one integer column is the feature id. */
function featureIdColumn({ description }: TileRequest): ColumnDescription | undefined {
  const [name, ...more] = description.primaryKey
  if (name === undefined || more.length > 0) return undefined
  const column = findColumn(description, name)
  const family = familyOf(column)
  return family === 'integer' || family === 'bigint' ? column : undefined
}

function planColumns(request: TileRequest, isPoints: boolean): TilePlan['columns'] {
  const { description, spatial, withFeatureBbox, mode } = request
  const planned: { cell: AttributeCell; value: Sql; alias: string }[] = []
  const add = (name: string, encoding: CellEncoding, value: Sql): void => {
    planned.push({ cell: { name, encoding }, value, alias: `a${planned.length}` })
  }
  for (const name of new Set(request.columns)) {
    if (name === FEATURE_ID) add(name, 'texts', postgresDialect.featureId(spatial, description))
    else if (name === POINT_DENSITY) {
      // The grid counts it; no column of the source does.
      if (isPoints && mode === 'binned') add(name, 'float64', sql``)
    } else {
      const column = findColumn(description, name)
      if (column.type !== 'geometry') add(name, encodingOf(column), sourceColumn(name))
    }
  }
  if (withFeatureBbox && !isPoints) add(FEATURE_BBOX, 'texts', boxText(inDegrees(spatial, description)))
  return planned
}

function boxText(geometry: Sql): Sql {
  return sql`concat_ws(',', ST_XMin(${geometry}), ST_YMin(${geometry}), ST_XMax(${geometry}), ST_YMax(${geometry}))`
}

function encodingOf(column: ColumnDescription): CellEncoding {
  switch (familyOf(column)) {
    case 'integer':
    case 'real':
    case 'double':
    case 'numeric':
      return 'float64'
    case 'bigint':
      return 'int64'
    case 'boolean':
      return 'flags'
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return 'microseconds'
    default:
      return 'texts'
  }
}

function tileStatement(plan: TilePlan, usesBox: boolean): Statement {
  const { layout, request } = plan
  const chosen = plan.isPoints && request.mode === 'binned' ? binnedPoints(plan, usesBox) : chosenRows(plan, usesBox)
  const cells = [sql`count(*)`, ...geometryCells(plan)]
  if (layout.hasIds) cells.push(hexadecimal(sql`float8send(COALESCE(feature_id::float8, 0))`))
  for (const { cell, alias } of plan.columns) {
    if (cell.encoding !== null) cells.push(attributeCell(raw(alias), cell.encoding, plan.request, cell.name))
  }
  return print(sql`SELECT ${join(cells)}\nFROM (${chosen}) AS chosen`, postgresDialect)
}

function geometryCells({ layout, request }: TilePlan): readonly Sql[] {
  switch (layout.geometry) {
    case 'xy':
      return [hexadecimal(sql`float8send(longitude)`), hexadecimal(sql`float8send(latitude)`)]
    case 'wkb':
      return [hexadecimal(sql`ST_AsBinary(geometry)`)]
    case 'twkb': {
      const tolerance = simplificationToleranceDegrees(request.z)
      const shape = sql`CASE WHEN ST_NPoints(geometry) < ${raw(String(SIMPLIFY_FROM_VERTICES))} THEN geometry ELSE ST_Simplify(geometry, ${tolerance}::float8, true) END`
      return [hexadecimal(sql`ST_AsTWKB(${shape}, ${raw(String(twkbPrecision(request.z)))}, 0, 0, true, false)`)]
    }
  }
}

/** Independent of the server's `bytea_output`. */
function hexadecimal(bytes: Sql): Sql {
  return sql`encode(string_agg(${bytes}, ''), 'hex')`
}

function attributeCell(value: Sql, encoding: CellEncoding, request: TileRequest, name: string): Sql {
  switch (encoding) {
    case 'float64':
      return hexadecimal(sql`float8send(COALESCE(${value}::float8, 'NaN'))`)
    case 'int64':
      return hexadecimal(sql`int8send(COALESCE(${value}::bigint, (-9223372036854775808)::bigint))`)
    case 'microseconds': {
      const isZoned = familyOf(findColumn(request.description, name)) === 'timestamptz'
      return isZoned
        ? hexadecimal(sql`timestamptz_send(COALESCE(${value}, '-infinity'))`)
        : hexadecimal(sql`timestamp_send(COALESCE(${value}::timestamp, '-infinity'))`)
    }
    case 'flags':
      return sql`string_agg(CASE WHEN ${value} THEN 't' WHEN NOT ${value} THEN 'f' ELSE 'n' END, '')`
    case 'texts':
      return sql`array_agg(${value}::text)`
  }
}

/** Rows of the tile under neutral names, no more than the budget and one; above it, the largest shapes. */
function chosenRows(plan: TilePlan, usesBox: boolean): Sql {
  const { request } = plan
  const { maxFeatures } = request.budget
  const rows = tileRows(plan, usesBox)
  if (request.mode === 'raw') return sql`${rows} LIMIT ${maxFeatures + 1}::bigint`
  // The shape itself settles a tie, so that a tile holds the same features each time it is asked for.
  return sql`SELECT * FROM (${rows}) AS shapes
ORDER BY (ST_XMax(geometry) - ST_XMin(geometry)) + (ST_YMax(geometry) - ST_YMin(geometry)) DESC, geometry LIMIT ${maxFeatures}::bigint`
}

/**
 * The rows in and near the tile: the tile key first where there is one, then the box, then the filters. Where no condition on the stored column is sure to miss nothing, the geometry is
 * converted first and compared after; OFFSET 0 keeps the planner from converting it twice.
 */
function tileRows(plan: TilePlan, usesBox: boolean): Sql {
  const { request, windows } = plan
  const { description, spatial, filters, source } = request
  const columns = join(rowColumns(plan))
  const kept = filtersCondition(postgresDialect, description, filters)
  const box = usesBox || !needsProjectedBox(spatial) ? boxCondition(spatial, description, windows) : null
  const key = tileKeyCondition(spatial, request)
  const keyed = key ? [key] : []
  if (box) return sql`SELECT ${columns} FROM ${relationOf(source)} WHERE ${allOf([...keyed, box, kept])}`
  const inWindow = anyOf(windows.map((window) => sql`geometry && ${envelope(window, WGS84)}`))
  return sql`SELECT * FROM (SELECT ${columns} FROM ${relationOf(source)} WHERE ${allOf([...keyed, kept])} OFFSET 0) AS converted WHERE ${inWindow}`
}

/** Geometry, key and attributes of a row of the source, under neutral names. */
function rowColumns(plan: TilePlan): readonly Sql[] {
  const columns = positionColumns(plan)
  if (plan.idColumn) columns.push(sql`${sourceColumn(plan.idColumn.name)} AS feature_id`)
  for (const { cell, alias, value } of plan.columns) {
    if (cell.name !== POINT_DENSITY) columns.push(sql`${value} AS ${raw(alias)}`)
  }
  return columns
}

function positionColumns({ request, layout }: TilePlan): Sql[] {
  const { spatial, description } = request
  if (layout.geometry !== 'xy') return [sql`${inDegrees(spatial, description)} AS geometry`]
  const [longitude, latitude] = spatial.columns
  return [
    sql`${sourceColumn(longitude ?? '')}::float8 AS longitude`,
    sql`${sourceColumn(latitude ?? '')}::float8 AS latitude`,
  ]
}

/**
 * One point for each occupied cell of the tile's grid and how many it stands for: the first by key, position and
 * attributes. With too many cells, the fullest are kept. One sort serves both windows; counting cells first and fetching
 * their rows after was measured to take twice as long.
 */
function binnedPoints(plan: TilePlan, usesBox: boolean): Sql {
  const order = join([...(plan.idColumn ? [sql`feature_id`] : []), ...centre(plan), ...sortableAliases(plan)])
  // OFFSET 0 keeps the planner from working out the cell once for each place that it is used in.
  const placed = sql`SELECT *, ${cellNumber(plan)} AS cell FROM (${tileRows(plan, usesBox)}) AS positions OFFSET 0`
  const ranked = sql`SELECT *, count(*) OVER (PARTITION BY cell) AS density, row_number() OVER (PARTITION BY cell ORDER BY ${order}) AS place FROM (${placed}) AS placed`
  const density = plan.columns.find(({ cell }) => cell.name === POINT_DENSITY)
  return sql`SELECT *${raw(density ? `, density AS ${density.alias}` : '')} FROM (${ranked}) AS ranked WHERE place = 1
ORDER BY density DESC, cell LIMIT ${plan.request.budget.maxFeatures}::bigint`
}

/** Longitude and latitude of a point, or of the middle of several; exact for one. */
function centre({ layout }: TilePlan): readonly [Sql, Sql] {
  if (layout.geometry === 'xy') return [sql`longitude`, sql`latitude`]
  return [sql`((ST_XMin(geometry) + ST_XMax(geometry)) / 2)`, sql`((ST_YMin(geometry) + ST_YMax(geometry)) / 2)`]
}

/** Number of the grid cell in the tile: the row in the upper half of its bits, the column in the lower. */
function cellNumber(plan: TilePlan): Sql {
  const { z, x, y, tileResolution } = plan.request
  const perSide = 1024 * tileResolution
  const all = 2 ** z * perSide
  const [longitude, latitude] = centre(plan)
  const column = sql`floor((${longitude} / 360 + 0.5) * ${all}::float8 - ${x * perSide}::float8)::bigint`
  // Beyond 85.06 degrees everything belongs to the first and last row.
  const clamped = sql`radians(LEAST(85.0511287798066, GREATEST(-85.0511287798066, ${latitude})))`
  const mercator = sql`(0.5 - ln(tan(pi() / 4 + ${clamped} / 2)) / (2 * pi()))`
  const row = sql`floor(${mercator} * ${all}::float8 - ${y * perSide}::float8)::bigint`
  return sql`((${row} << 32) + ${column})`
}

/** Attributes that can settle which of two rows at one place comes first. */
function sortableAliases({ columns }: TilePlan): readonly Sql[] {
  return columns
    .filter(({ cell }) => cell.name !== POINT_DENSITY)
    .map(({ cell, alias }) => (cell.encoding === 'texts' ? sql`${raw(alias)}::text` : raw(alias)))
}
