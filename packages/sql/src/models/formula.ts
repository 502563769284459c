import type { WidgetModelResponse } from '@graticule/contract'
import type { Dialect } from '../dialect.ts'
import { print, sql } from '../fragment.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { compileAggregate } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

/** One value over all rows; always one row, even when nothing passes the filters. */
export function compileFormula(dialect: Dialect, request: ModelRequest<'formula'>): Compiled<WidgetModelResponse> {
  const aggregate = compileAggregate(dialect, request.description, request.params)
  return {
    statement: print(sql`SELECT ${aggregate.value} AS value ${selectedRows(dialect, request)}`, dialect),
    read: (rows) => ({ rows: [{ value: aggregate.read(rows[0]?.value) }] }),
  }
}
