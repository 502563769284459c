import type { WidgetModelResponse } from '@graticule/contract'
import { findNumberColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { print, sql } from '../fragment.ts'
import { sourceColumn } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { readNumber } from './aggregate.ts'
import { pageSize } from './page-size.ts'
import { selectedRows } from './selected-rows.ts'

const DEFAULT_LIMIT = 500

/** Pairs of numbers; rows that lack one of them are left out. */
export function compileScatterplot(
  dialect: Dialect,
  request: ModelRequest<'scatterplot'>,
): Compiled<WidgetModelResponse> {
  const { description, params } = request
  const [x, y] = [params.xAxisColumn, params.yAxisColumn].map((name) => {
    const column = findNumberColumn(description, name, 'A scatter plot')
    return { column, value: sourceColumn(column.name) }
  }) as [NumberAxis, NumberAxis]
  const present = [x, y].map(({ column }) => dialect.isWithin(column, null, null))
  const limit = pageSize(params.limit, DEFAULT_LIMIT, 'limit')
  return {
    statement: print(
      sql`SELECT ${x.value} AS x, ${y.value} AS y ${selectedRows(dialect, request, ...present)} LIMIT ${limit}::bigint`,
      dialect,
    ),
    read: (rows) => ({ rows: rows.map((row) => ({ x: readNumber(row.x), y: readNumber(row.y) })) }),
  }
}

interface NumberAxis {
  readonly column: ReturnType<typeof findNumberColumn>
  readonly value: ReturnType<typeof sourceColumn>
}
