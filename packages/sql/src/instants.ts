import { AppError } from '@graticule/contract'

const HAS_ZONE = /(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/

// ISO texts of four-digit years are what every warehouse reads; bounds beyond them mean "ever".
const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * A time bound as an ISO string in UTC. Numbers are epoch milliseconds; text without a zone is read as UTC.
 * Throws `invalid_request` for anything else.
 */
export function toInstant(value: string | number): string {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) throw invalidInstant(value)
    return new Date(Math.min(LATEST, Math.max(EARLIEST, value))).toISOString()
  }
  const text = value.trim()
  const isDateOnly = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const zoned = isDateOnly ? `${text}T00:00:00Z` : HAS_ZONE.test(text) ? text : `${text}Z`
  if (Number.isNaN(Date.parse(zoned.replace(' ', 'T')))) throw invalidInstant(value)
  return zoned
}

/** Whether the text of a bound says more than milliseconds. */
export function hasSubMilliseconds(value: string | number): boolean {
  return typeof value === 'string' && /\.\d{3}\d*[1-9]/.test(value)
}

function invalidInstant(value: string | number): AppError {
  return new AppError(
    'invalid_request',
    `"${value}" is not a time; write epoch milliseconds or an ISO text such as 2024-01-31T12:00:00Z.`,
  )
}
