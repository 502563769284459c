import type { WidgetModelResponse } from '@graticule/contract'
import type { Dialect } from '../dialect.ts'
import { print, sql } from '../fragment.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { compileAggregate } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

/** Smallest and largest value, numbers or ISO texts; nulls when no row passes the filters. */
export function compileRange(dialect: Dialect, request: ModelRequest<'range'>): Compiled<WidgetModelResponse> {
  const { description, params } = request
  const low = compileAggregate(dialect, description, { operation: 'min', column: params.column })
  const high = compileAggregate(dialect, description, { operation: 'max', column: params.column })
  return {
    statement: print(sql`SELECT ${low.value} AS min, ${high.value} AS max ${selectedRows(dialect, request)}`, dialect),
    read: (rows) => ({ rows: [{ min: low.read(rows[0]?.min), max: high.read(rows[0]?.max) }] }),
  }
}
