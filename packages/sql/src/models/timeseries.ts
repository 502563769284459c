import { AppError, TIME_STEPS, type TimeseriesParams, type WidgetModelResponse } from '@graticule/contract'
import { findColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { print, type Sql, sql } from '../fragment.ts'
import { sourceColumn } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { type Aggregate, compileAggregate } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

/**
 * The aggregate of each UTC time bucket, oldest first, named by the ISO text of its start; split by category if asked:
 * the listed categories, or those with the largest aggregate over the whole time. Rows without a time are left out.
 */
export function compileTimeseries(
  dialect: Dialect,
  request: ModelRequest<'timeseries'>,
): Compiled<WidgetModelResponse> {
  const { description, params } = request
  const column = findColumn(description, params.column)
  if (column.type !== 'timestamp') {
    throw new AppError(
      'invalid_request',
      `A time series needs a column of times; "${column.name}" holds ${column.nativeType} values.`,
    )
  }
  const aggregate = compileAggregate(dialect, description, {
    operation: params.operation,
    operationExp: params.operationExp,
    column: aggregatedColumn(params),
  })
  const bucket = dialect.timeBucket(column, stepOf(params), multiplierOf(params))
  const hasTime = dialect.hasInstant(column)
  if (params.splitByCategory) return compileSplit(dialect, request, aggregate, bucket, hasTime, params.splitByCategory)
  return {
    statement: print(
      sql`SELECT ${bucket} AS name, ${aggregate.value} AS value ${selectedRows(dialect, request, hasTime)} GROUP BY 1 ORDER BY 1`,
      dialect,
    ),
    read: (rows) => ({ rows: rows.map((row) => ({ name: row.name, value: aggregate.read(row.value) })) }),
  }
}

function compileSplit(
  dialect: Dialect,
  request: ModelRequest<'timeseries'>,
  aggregate: Aggregate,
  bucket: Sql,
  hasTime: Sql,
  splitBy: string,
): Compiled<WidgetModelResponse> {
  const { description, params } = request
  const category = dialect.asText(sourceColumn(findColumn(description, splitBy).name))
  const listed = params.splitByCategoryValues
  const conditions = [hasTime, sql`${category} IS NOT NULL`]
  if (listed !== undefined && listed !== null) conditions.push(dialect.isOneOfTexts(category, listed.map(String)))
  const rows = selectedRows(dialect, request, ...conditions)
  const limit = limitOf(params)
  const top = sql`SELECT ${category} AS category, row_number() OVER (ORDER BY ${aggregate.value} DESC NULLS LAST, ${category}) AS rank ${rows} GROUP BY ${category}`
  const buckets = sql`SELECT ${bucket} AS name, ${category} AS category, ${aggregate.value} AS value ${rows} GROUP BY 1, 2`
  const isKept = limit === undefined ? sql`TRUE` : sql`top.rank <= ${limit}::bigint`
  return {
    statement: print(
      sql`SELECT buckets.name, buckets.category, buckets.value, top.rank
FROM (${buckets}) AS buckets JOIN (${top}) AS top ON top.category = buckets.category
WHERE ${isKept} ORDER BY buckets.name, top.rank`,
      dialect,
    ),
    read: (found) => {
      const ranks = new Map<string, number>()
      for (const row of found) ranks.set(String(row.category), Number(row.rank))
      return {
        rows: found.map((row) => ({ name: row.name, category: row.category, value: aggregate.read(row.value) })),
        metadata: { categories: [...ranks].sort((a, b) => a[1] - b[1]).map(([name]) => name) },
      }
    },
  }
}

/** Counting the time column itself counts rows; every row with a time has one. */
function aggregatedColumn(params: TimeseriesParams): string | undefined {
  const column = params.operationColumn ?? params.column
  return params.operation === 'count' && column === params.column ? undefined : column
}

function stepOf({ stepSize }: TimeseriesParams): TimeseriesParams['stepSize'] {
  if (TIME_STEPS.includes(stepSize)) return stepSize
  throw new AppError('invalid_request', `stepSize is one of ${TIME_STEPS.join(', ')}.`)
}

function multiplierOf({ stepMultiplier }: TimeseriesParams): number {
  if (stepMultiplier === undefined || stepMultiplier === null) return 1
  if (Number.isInteger(stepMultiplier) && stepMultiplier >= 1 && stepMultiplier <= 1_000_000) return stepMultiplier
  throw new AppError('invalid_request', 'stepMultiplier is a whole number from 1 on.')
}

function limitOf({ splitByCategoryLimit }: TimeseriesParams): number | undefined {
  if (splitByCategoryLimit === undefined || splitByCategoryLimit === null) return undefined
  if (Number.isInteger(splitByCategoryLimit) && splitByCategoryLimit >= 0) return splitByCategoryLimit
  throw new AppError('invalid_request', 'splitByCategoryLimit is a whole number from 0 on.')
}
