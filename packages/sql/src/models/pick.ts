import { AppError, type WidgetModelResponse } from '@graticule/contract'
import { findColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { join, print, raw, sql } from '../fragment.ts'
import { sourceColumn } from '../relation.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { readNumber } from './aggregate.ts'
import { pageSize } from './page-size.ts'
import { featureIdCondition, selectedRows, spatialOf } from './selected-rows.ts'

const DEFAULT_LIMIT = 1000

/** The rows whose geometry has one of the ids, in the order of the ids; several rows may share one. */
export function compilePick(dialect: Dialect, request: ModelRequest<'pick'>): Compiled<WidgetModelResponse> {
  const { description, params } = request
  if (!Array.isArray(params.columns) || !Array.isArray(params.featureIds)) {
    throw new AppError('invalid_request', 'pick needs a list of columns and a list of featureIds.')
  }
  const featureIds = params.featureIds.map(String)
  const columns = params.columns.map((name: string) => findColumn(description, name))
  const cells = columns.map((column, index) => sql`${dialect.outputColumn(column, description)} AS ${raw(`c${index}`)}`)
  const id = dialect.featureId(spatialOf(request), description)
  const rows = selectedRows(dialect, request, featureIdCondition(dialect, request, featureIds))
  const tie = description.primaryKey.map((name) => sourceColumn(name))
  const picked = sql`SELECT ${id} AS feature_id, count(*) OVER () AS total, row_number() OVER (ORDER BY ${join([dialect.positionInTexts(id, featureIds), ...tie])}) AS place${join([sql``, ...cells])} ${rows}`
  return {
    statement: print(
      sql`SELECT * FROM (${picked}) AS picked ORDER BY place LIMIT ${pageSize(params.limit, DEFAULT_LIMIT, 'limit')}::bigint OFFSET ${pageSize(params.offset, 0, 'offset')}::bigint`,
      dialect,
    ),
    read: (found) => ({
      rows: found.map((row) => ({
        _carto_feature_id: row.feature_id,
        ...Object.fromEntries(params.columns.map((name, index) => [name, row[`c${index}`] ?? null])),
      })),
      metadata: { total: readNumber(found[0]?.total) ?? 0 },
    }),
  }
}
