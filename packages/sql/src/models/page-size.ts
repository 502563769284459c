import { AppError } from '@graticule/contract'

/** A limit or offset as a whole number; throws `invalid_request` for a negative or broken one. */
export function pageSize(value: number | undefined | null, fallback: number, name: string): number {
  if (value === undefined || value === null) return fallback
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new AppError('invalid_request', `"${name}" is a whole number from 0 on.`)
}
