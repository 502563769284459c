import { AppError, type CategoryParams, type WidgetModelResponse } from '@graticule/contract'
import { findColumn, isNumeric } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { print, raw, type Sql, sql } from '../fragment.ts'
import { sourceColumn } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { compileAggregate, readNumber } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

const ORDERS = {
  frequency_desc: 'value DESC NULLS LAST, name ASC NULLS LAST',
  frequency_asc: 'value ASC NULLS LAST, name ASC NULLS LAST',
  alphabetical_asc: 'name ASC NULLS LAST',
  alphabetical_desc: 'name DESC NULLS LAST',
} as const

/**
 * The aggregate of each category. With `othersThreshold` k, `metadata.others` is the same aggregate over all rows
 * whose category ranks after k; it is left out when there are no more than k categories.
 */
export function compileCategory(dialect: Dialect, request: ModelRequest<'category'>): Compiled<WidgetModelResponse> {
  const { params, description } = request
  const column = findColumn(description, params.column)
  const aggregate = compileAggregate(dialect, description, {
    operation: params.operation,
    operationExp: params.operationExp,
    column: aggregatedColumn(params),
  })
  const order = ORDERS[params.orderBy ?? 'frequency_desc']
  if (order === undefined) {
    throw new AppError('invalid_request', `orderBy is one of ${Object.keys(ORDERS).join(', ')}.`)
  }
  const threshold = thresholdOf(params)
  const isShownAsIs = ['string', 'timestamp'].includes(column.type) || isNumeric(column)
  const name = isShownAsIs ? sourceColumn(column.name) : dialect.asText(sourceColumn(column.name))
  const groups = sql`WITH ranked AS (
  SELECT name, value, row_number() OVER (ORDER BY ${raw(order)}) AS rank
  FROM (SELECT ${name} AS name, ${aggregate.value} AS value ${selectedRows(dialect, request)} GROUP BY 1) AS grouped
)`
  const others = threshold === undefined ? sql`NULL` : othersOf(dialect, request, name, aggregate.value, threshold)
  return {
    statement: print(sql`${groups}\nSELECT name, value, ${others} AS others FROM ranked ORDER BY rank`, dialect),
    read: (rows) => ({
      rows: rows.map((row) => ({
        name: isNumeric(column) ? readNumber(row.name) : row.name,
        value: aggregate.read(row.value),
      })),
      metadata: threshold === undefined || rows.length <= threshold ? {} : { others: aggregate.read(rows[0]?.others) },
    }),
  }
}

/** Counting the category column itself counts rows, so that the NULL category is not zero. */
function aggregatedColumn(params: CategoryParams): string | undefined {
  const column = params.operationColumn ?? params.column
  return params.operation === 'count' && column === params.column ? undefined : column
}

/** The rest is aggregated from its rows, not from its groups' values: an average of averages would be wrong. */
function othersOf(
  dialect: Dialect,
  request: ModelRequest<'category'>,
  name: Sql,
  aggregate: Sql,
  threshold: number,
): Sql {
  const isTop = sql`EXISTS (SELECT 1 FROM ranked WHERE ranked.rank <= ${threshold}::int AND ${dialect.isSame(sql`ranked.name`, name)})`
  return sql`(SELECT ${aggregate} ${selectedRows(dialect, request, sql`NOT ${isTop}`)})`
}

function thresholdOf({ othersThreshold }: CategoryParams): number | undefined {
  if (othersThreshold === undefined || othersThreshold === null) return undefined
  if (Number.isInteger(othersThreshold) && othersThreshold >= 0) return othersThreshold
  throw new AppError('invalid_request', 'othersThreshold is a whole number from 0 on.')
}
