import {
  AppError,
  type ColumnDescription,
  type Filter,
  type Filters,
  type FiltersLogicalOperator,
  type SourceDescription,
} from '@graticule/contract'
import { findColumn, isNumeric } from './columns.ts'
import type { Dialect, IntervalBound } from './dialect.ts'
import { allOf, anyOf, type Sql } from './fragment.ts'
import { hasSubMilliseconds, toInstant } from './instants.ts'
import { textPattern } from './text-pattern.ts'

type Bound = number | string | null | undefined
type Interval = readonly [Bound, Bound]

/**
 * The condition of the filters on columns (section 5 of the contract). Throws `column_not_found` for an unknown column
 * and `invalid_request` for an unknown kind of filter or a bound that does not fit the column.
 */
export function filtersCondition(
  dialect: Dialect,
  description: SourceDescription,
  filters: Filters,
  operator: FiltersLogicalOperator = 'and',
): Sql {
  const conditions = Object.entries(filters).map(([name, filter]) =>
    columnCondition(dialect, findColumn(description, name), filter),
  )
  if (operator === 'or' && conditions.length > 0) return anyOf(conditions)
  return allOf(conditions)
}

function columnCondition(dialect: Dialect, column: ColumnDescription, filter: Filter): Sql {
  const conditions: Sql[] = []
  for (const [kind, definition] of Object.entries(filter)) {
    if (definition === undefined || definition === null) continue
    conditions.push(kindCondition(dialect, column, kind, definition))
  }
  return allOf(conditions)
}

function kindCondition(dialect: Dialect, column: ColumnDescription, kind: string, definition: unknown): Sql {
  const values = valuesOf(kind, definition)
  switch (kind) {
    case 'in':
      return dialect.isOneOf(column, values.filter(isScalar))
    case 'between':
    case 'time':
      return anyOf(
        intervalsOf(kind, values).map((interval) => intervalCondition(dialect, column, kind, interval, true)),
      )
    case 'closed_open':
      return anyOf(
        intervalsOf(kind, values).map((interval) => intervalCondition(dialect, column, kind, interval, false)),
      )
    case 'stringSearch': {
      const options = (definition as NonNullable<Filter['stringSearch']>).params ?? {}
      return anyOf(values.map((value) => dialect.matches(column, textPattern(String(value), options))))
    }
    default:
      throw new AppError(
        'invalid_request',
        `"${kind}" is not a kind of filter; use in, between, closed_open, time or stringSearch.`,
      )
  }
}

function valuesOf(kind: string, definition: unknown): readonly unknown[] {
  const values = (definition as { readonly values?: unknown }).values
  if (Array.isArray(values)) return values
  throw new AppError('invalid_request', `The filter "${kind}" needs a list of values.`)
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function intervalsOf(kind: string, values: readonly unknown[]): readonly Interval[] {
  for (const value of values) {
    const isInterval = Array.isArray(value) && value.length === 2 && value.every(isBound)
    if (!isInterval) throw new AppError('invalid_request', `Each value of "${kind}" is a pair of bounds [low, high].`)
  }
  return values as readonly Interval[]
}

function isBound(value: unknown): value is Bound {
  return value === null || value === undefined || typeof value === 'number' || typeof value === 'string'
}

function intervalCondition(
  dialect: Dialect,
  column: ColumnDescription,
  kind: string,
  [low, high]: Interval,
  isHighInclusive: boolean,
): Sql {
  return dialect.isWithin(column, lowBound(column, kind, low), highBound(column, kind, high, isHighInclusive))
}

function lowBound(column: ColumnDescription, kind: string, bound: Bound): IntervalBound | null {
  if (isUnbounded(bound)) return null
  if (column.type === 'timestamp') return { value: toInstant(bound), isInclusive: true }
  return { value: plainBound(column, kind, bound), isInclusive: true }
}

/** An inclusive time bound of milliseconds covers its whole millisecond, because that is all that tiles show of it. */
function highBound(column: ColumnDescription, kind: string, bound: Bound, isInclusive: boolean): IntervalBound | null {
  if (isUnbounded(bound)) return null
  if (column.type !== 'timestamp') return { value: plainBound(column, kind, bound), isInclusive }
  const instant = toInstant(bound)
  if (!isInclusive || hasSubMilliseconds(bound)) return { value: instant, isInclusive }
  return { value: toInstant(Date.parse(instant.replace(' ', 'T')) + 1), isInclusive: false }
}

function isUnbounded(bound: Bound): bound is null | undefined {
  return bound === null || bound === undefined
}

function plainBound(column: ColumnDescription, kind: string, bound: number | string): number | string {
  if (isNumeric(column)) {
    const text = String(bound).trim()
    // An integer beyond 2^53 stays text: the warehouse compares it exactly.
    if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) return text
    if (text !== '' && !Number.isNaN(Number(text))) return Number(text)
    throw new AppError('invalid_request', `"${bound}" is not a number, but column "${column.name}" holds numbers.`)
  }
  if (column.type === 'string' && kind !== 'time' && typeof bound === 'string') return bound
  throw new AppError(
    'invalid_request',
    `The filter "${kind}" does not fit column "${column.name}", which holds ${column.nativeType} values.`,
  )
}
