import { AppError } from '@graticule/contract'
import { findColumn } from './columns.ts'
import type { Dialect } from './dialect.ts'
import { filtersCondition } from './filters.ts'
import { print, type Sql, sql } from './fragment.ts'
import { compileGeometryStats } from './geometry-stats.ts'
import { readNumber } from './models/aggregate.ts'
import { relationOf, sourceColumn } from './relation.ts'
import type { ColumnStatsRequest } from './requests.ts'
import type { Compiled } from './statement.ts'

const MAX_CATEGORIES = 1000
const BUCKET_COUNTS = Array.from({ length: 18 }, (_, index) => index + 3)

/** Statistics of one column: the body of `/v3/stats`. */
export function compileColumnStats(dialect: Dialect, request: ColumnStatsRequest): Compiled<Record<string, unknown>> {
  const column = findColumn(request.description, request.column)
  const rows = sql`FROM ${relationOf(request.source)} WHERE ${filtersCondition(dialect, request.description, request.filters)}`
  const attribute = column.name
  switch (column.type) {
    case 'number':
    case 'bigint':
      return numberStats(dialect, request, rows)
    case 'timestamp':
      return {
        statement: print(
          sql`SELECT ${dialect.aggregate('min', column)} AS min, ${dialect.aggregate('max', column)} AS max ${rows}`,
          dialect,
        ),
        read: ([row]) => ({ attribute, type: 'Timestamp', min: row?.min ?? null, max: row?.max ?? null }),
      }
    case 'geometry': {
      const spatial = request.description.spatialColumns.find(
        ({ spatialDataColumn }) => spatialDataColumn === attribute,
      )
      if (!spatial) throw new AppError('invalid_request', `Column "${attribute}" holds no geometry that can be mapped.`)
      const { statement, read } = compileGeometryStats(dialect, { ...request, spatial })
      return { statement, read: (found) => ({ attribute, type: 'Geometry', ...(read(found) ?? { extent: null }) }) }
    }
    case 'boolean':
      return categoryStats(dialect, attribute, sourceColumn(attribute), 'Boolean', rows)
    case 'string':
      return categoryStats(dialect, attribute, sourceColumn(attribute), 'String', rows)
    default:
      return categoryStats(dialect, attribute, dialect.asText(sourceColumn(attribute)), 'String', rows)
  }
}

function numberStats(dialect: Dialect, request: ColumnStatsRequest, rows: Sql): Compiled<Record<string, unknown>> {
  const column = findColumn(request.description, request.column)
  const fractions = fractionsOf(BUCKET_COUNTS)
  const aggregate = (operation: 'min' | 'max' | 'avg' | 'sum'): Sql => dialect.aggregate(operation, column)
  return {
    statement: print(
      sql`SELECT ${aggregate('min')} AS min, ${aggregate('max')} AS max, ${aggregate('avg')} AS avg, ${aggregate('sum')} AS sum, ${dialect.quantiles(column, fractions)} AS quantiles ${rows}`,
      dialect,
    ),
    read: ([row]) => {
      const values = Array.isArray(row?.quantiles) ? row.quantiles.map(Number) : []
      const byFraction = new Map(fractions.map((fraction, index) => [fraction, values[index]]))
      const quantiles = BUCKET_COUNTS.map((count): [string, unknown[]] => [
        String(count),
        values.length === 0 ? [] : edgesOf(count).map((fraction) => byFraction.get(fraction)),
      ])
      return {
        attribute: column.name,
        type: 'Number',
        min: readNumber(row?.min),
        max: readNumber(row?.max),
        avg: readNumber(row?.avg),
        sum: readNumber(row?.sum),
        quantiles: Object.fromEntries(quantiles),
      }
    },
  }
}

/** The most frequent categories first; NULL is no category. */
function categoryStats(
  dialect: Dialect,
  attribute: string,
  value: Sql,
  type: 'String' | 'Boolean',
  rows: Sql,
): Compiled<Record<string, unknown>> {
  return {
    statement: print(
      sql`SELECT ${value} AS category, count(*) AS frequency ${rows} AND ${value} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MAX_CATEGORIES}::bigint`,
      dialect,
    ),
    read: (found) => ({
      attribute,
      type,
      categories: found.map((row) => ({ category: row.category, frequency: readNumber(row.frequency) })),
    }),
  }
}

/** n buckets have n + 1 edges, the smallest and the largest value among them. */
function edgesOf(count: number): readonly number[] {
  return Array.from({ length: count + 1 }, (_, index) => index / count)
}

function fractionsOf(counts: readonly number[]): readonly number[] {
  return [...new Set(counts.flatMap(edgesOf))].sort((a, b) => a - b)
}
