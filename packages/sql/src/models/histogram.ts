import { AppError, type WidgetModelResponse } from '@graticule/contract'
import { findNumberColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { print, sql } from '../fragment.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { compileAggregate, readNumber } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

/** Values in bins whose edges are the ticks; empty bins and NULLs are left out. */
export function compileHistogram(dialect: Dialect, request: ModelRequest<'histogram'>): Compiled<WidgetModelResponse> {
  const { params, description } = request
  const column = findNumberColumn(description, params.column, 'A histogram')
  const ticks = checkTicks(params.ticks)
  const operation = params.operation ?? 'count'
  const aggregate = compileAggregate(dialect, description, {
    operation,
    ...(operation === 'count' ? {} : { column: params.column }),
  })
  const bins = sql`SELECT ${dialect.binIndex(column, ticks)} AS tick, ${aggregate.value} AS value ${selectedRows(dialect, request)} GROUP BY 1`
  return {
    statement: print(sql`SELECT tick, value FROM (${bins}) AS bins WHERE tick IS NOT NULL ORDER BY tick`, dialect),
    read: (rows) => ({
      rows: rows.map((row) => ({ tick: readNumber(row.tick), value: aggregate.read(row.value) })),
    }),
  }
}

function checkTicks(ticks: unknown): readonly number[] {
  const isAscending =
    Array.isArray(ticks) &&
    ticks.every((tick, index) => Number.isFinite(tick) && (index === 0 || tick > (ticks[index - 1] as number)))
  if (isAscending) return ticks
  throw new AppError('invalid_request', 'The ticks of a histogram are numbers in ascending order.')
}
