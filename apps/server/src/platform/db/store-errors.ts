import { AppError } from '@graticule/contract'
import pg from 'pg'

/** Whether an error came from PostgreSQL with one of these SQLSTATE codes. */
export function hasSqlState(error: unknown, ...states: readonly string[]): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && states.includes(error.code)
}

/** Whether a write collided with a unique constraint or index, optionally a particular one. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!hasSqlState(error, '23505')) return false
  return constraint === undefined || (error as pg.DatabaseError).constraint === constraint
}

const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** A missing file is not a missing store: only what happens to sockets counts. */
const SOCKET_CALLS = new Set(['connect', 'read', 'write', 'getaddrinfo'])
// Operator intervention (57P0x), connection exceptions (08xxx) and "too many connections" (53300).
const UNREACHABLE_STATES = /^(?:57P0[1-5]|08|53300)/
const UNREACHABLE_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end/

/** The sentence for a text that PostgreSQL cannot hold at all (U+0000, half a surrogate pair), or null. */
export function describeUnstorableText(error: unknown): AppError | null {
  if (!hasSqlState(error, '22021', '22P05', '22P02')) return null
  return new AppError(
    'invalid_request',
    'A text in the request holds a character that cannot be stored, such as U+0000; remove it and try again.',
    { cause: error },
  )
}

/**
 * The sentence for a failure of the metadata store, or null when the error is something else. Warehouses translate
 * their own errors, so a raw database error at the edge is always the store's.
 */
export function describeStoreFailure(error: unknown): AppError | null {
  if (!(error instanceof Error) || error instanceof AppError) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === '53100' || code === 'ENOSPC' || /No space left on device/i.test(error.message)) {
    return new AppError(
      'insufficient_storage',
      'The metadata store has no disk space left, so nothing was changed; free some space and try again.',
      { cause: error },
    )
  }
  const isSystemError = 'syscall' in error && SOCKET_CALLS.has(String(error.syscall)) && UNREACHABLE_CODES.has(code)
  const isDatabaseDown = error instanceof pg.DatabaseError && UNREACHABLE_STATES.test(code)
  const isPoolFailure = code === '' && UNREACHABLE_MESSAGES.test(error.message)
  const isAggregate =
    error instanceof AggregateError && error.errors.some((inner) => describeStoreFailure(inner) !== null)
  if (isSystemError || isDatabaseDown || isPoolFailure || isAggregate) {
    return new AppError(
      'store_unavailable',
      'The metadata store cannot be reached right now; nothing was changed; try again in a moment.',
      { cause: error },
    )
  }
  return null
}
