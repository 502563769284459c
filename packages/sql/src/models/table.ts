import { AppError, type WidgetModelResponse } from '@graticule/contract'
import { findColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { join, print, raw, type Sql, sql } from '../fragment.ts'
import { sourceColumn } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { readNumber } from './aggregate.ts'
import { pageSize } from './page-size.ts'
import { selectedRows } from './selected-rows.ts'

const DEFAULT_LIMIT = 10

/** A page of rows under their exact column names, and how many rows there are in all. */
export function compileTable(dialect: Dialect, request: ModelRequest<'table'>): Compiled<WidgetModelResponse> {
  const { description, params } = request
  const names = typeof params.column === 'string' ? [params.column] : params.column
  if (!Array.isArray(names) || names.length === 0) {
    throw new AppError('invalid_request', 'A table needs a list of at least one column.')
  }
  const columns = names.map((name: string) => findColumn(description, name))
  // Cells travel under neutral names: a column may be called "total" or stand in the list twice.
  const cells = columns.map((column, index) => sql`${dialect.outputColumn(column, description)} AS ${raw(`c${index}`)}`)
  const limit = pageSize(params.limit, DEFAULT_LIMIT, 'limit')
  const offset = pageSize(params.offset, 0, 'offset')
  const rows = selectedRows(dialect, request)
  const page = sql`SELECT TRUE AS present, row_number() OVER (${orderOf(request)}) AS place, ${join(cells)} ${rows} ORDER BY place LIMIT ${limit}::bigint OFFSET ${offset}::bigint`
  return {
    statement: print(
      sql`SELECT counted.total, page.* FROM (SELECT count(*) AS total ${rows}) AS counted LEFT JOIN (${page}) AS page ON TRUE ORDER BY page.place`,
      dialect,
    ),
    read: (found) => ({
      rows: found
        .filter((row) => row.present === true)
        .map((row) => Object.fromEntries(names.map((name: string, index: number) => [name, row[`c${index}`] ?? null]))),
      metadata: { total: readNumber(found[0]?.total) ?? 0 },
    }),
  }
}

/** Equal rows keep their place from page to page when the primary key, or else every plain column, breaks the tie. */
function orderOf({ description, params }: ModelRequest<'table'>): Sql {
  const keys: Sql[] = []
  if (params.sortBy) {
    const direction = String(params.sortDirection ?? 'asc').toLowerCase()
    if (direction !== 'asc' && direction !== 'desc') {
      throw new AppError('invalid_request', 'sortDirection is asc or desc.')
    }
    const column = findColumn(description, params.sortBy)
    keys.push(sql`${sourceColumn(column.name)} ${raw(direction === 'asc' ? 'ASC' : 'DESC')} NULLS LAST`)
  }
  for (const name of description.primaryKey) keys.push(sourceColumn(name))
  return keys.length === 0 ? sql`` : sql`ORDER BY ${join(keys)}`
}
