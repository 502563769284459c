import {
  type AggregationOperation,
  AppError,
  type ColumnDescription,
  type SourceDescription,
} from '@graticule/contract'
import { findColumn, findNumberColumn } from '../columns.ts'
import type { Dialect } from '../dialect.ts'
import { checkExpression } from '../expression.ts'
import { raw, type Sql, sql } from '../fragment.ts'

/** The aggregate that a widget asks for, ready to print and to read. */
export interface Aggregate {
  readonly value: Sql
  /** Turns the warehouse's value into what the widget shows: a number, or text for `min` and `max` of text and times. */
  readonly read: (value: unknown) => unknown
}

export interface AggregateRequest {
  readonly operation: AggregationOperation
  /** `*` or nothing: rows are counted. */
  readonly column?: string | undefined
  readonly operationExp?: string | undefined
}

const OPERATIONS: readonly string[] = ['count', 'avg', 'min', 'max', 'sum', 'custom'] satisfies AggregationOperation[]

/** Throws `invalid_request` for an operation that is unknown or does not fit the column. */
export function compileAggregate(
  dialect: Dialect,
  description: SourceDescription,
  { operation, column, operationExp }: AggregateRequest,
): Aggregate {
  if (!OPERATIONS.includes(operation)) {
    throw new AppError('invalid_request', `"${operation}" is not an operation; use ${OPERATIONS.join(', ')}.`)
  }
  if (operation === 'custom') {
    if (!operationExp) throw new AppError('invalid_request', 'The operation "custom" needs an operationExp.')
    return { value: sql`(${raw(checkExpression(operationExp, 'value'))})`, read: readNumberIfNumeric }
  }
  if (operation === 'count') {
    const counted = column === undefined || column === '*' ? null : findColumn(description, column)
    return { value: dialect.aggregate('count', counted), read: readNumber }
  }
  if (column === undefined || column === '*') {
    throw new AppError('invalid_request', `The operation "${operation}" needs a column.`)
  }
  const found = columnFor(description, operation, column)
  return {
    value: dialect.aggregate(operation, found),
    read: found.type === 'number' || found.type === 'bigint' ? readNumber : (value) => value ?? null,
  }
}

function columnFor(description: SourceDescription, operation: AggregationOperation, name: string): ColumnDescription {
  if (operation === 'sum' || operation === 'avg') {
    return findNumberColumn(description, name, `The operation "${operation}"`)
  }
  const column = findColumn(description, name)
  if (['number', 'bigint', 'string', 'timestamp'].includes(column.type)) return column
  throw new AppError(
    'invalid_request',
    `The operation "${operation}" does not fit column "${name}", which holds ${column.nativeType} values.`,
  )
}

/** Numbers must be JSON numbers on the wire, whatever the driver made of them; NULL stays null. */
export function readNumber(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** For expressions whose type is not known before they run. */
export function readNumberIfNumeric(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value ?? null
  const number = Number(value)
  return Number.isNaN(number) ? value : number
}
