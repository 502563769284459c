import { AppError, type WidgetModelResponse } from '@graticule/contract'
import type { Dialect } from '../dialect.ts'
import { checkExpression } from '../expression.ts'
import { join, print, raw, type Sql, sql } from '../fragment.ts'
import type { ModelRequest } from '../requests.ts'
import type { Compiled } from '../statement.ts'
import { compileAggregate, readNumberIfNumeric } from './aggregate.ts'
import { selectedRows } from './selected-rows.ts'

/** Several aggregates at once, as a list or as an editor's SQL; one row whose keys are the aliases. */
export function compileAggregations(
  dialect: Dialect,
  request: ModelRequest<'aggregations'>,
): Compiled<WidgetModelResponse> {
  const { aggregations } = request.params
  if (typeof aggregations === 'string') {
    const list = raw(checkExpression(aggregations, 'list'))
    return {
      statement: statementOf(dialect, request, list),
      read: ([row]) => ({
        rows: [
          Object.fromEntries(Object.entries(row ?? {}).map(([alias, value]) => [alias, readNumberIfNumeric(value)])),
        ],
      }),
    }
  }
  if (!Array.isArray(aggregations) || aggregations.length === 0) {
    throw new AppError('invalid_request', 'aggregations is SQL text, or a list of {column, operation, alias}.')
  }
  const parts = aggregations.map((part, index) => {
    if (typeof part?.alias !== 'string' || part.alias === '') {
      throw new AppError('invalid_request', 'Each aggregation needs an alias.')
    }
    return { alias: part.alias, key: `a${index}`, aggregate: compileAggregate(dialect, request.description, part) }
  })
  const list = join(parts.map(({ key, aggregate }) => sql`${aggregate.value} AS ${raw(key)}`))
  return {
    statement: statementOf(dialect, request, list),
    read: ([row]) => ({
      rows: [Object.fromEntries(parts.map(({ alias, key, aggregate }) => [alias, aggregate.read(row?.[key])]))],
    }),
  }
}

function statementOf(dialect: Dialect, request: ModelRequest<'aggregations'>, list: Sql): Compiled<never>['statement'] {
  return print(sql`SELECT ${list} ${selectedRows(dialect, request)}`, dialect)
}
