import { format, formatSpecifier } from 'd3-format'

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 })
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 })

/** A number as people read it: thousands grouped, large ones shortened, small ones with four digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 1_000_000) return compact.format(value)
  if (Number.isInteger(value) || size >= 10_000) return grouped.format(value)
  return precise.format(value)
}

/** True for a d3-format specifier such as `,.2f`. */
export function isNumberFormat(specifier: string): boolean {
  try {
    formatSpecifier(specifier)
    return true
  } catch {
    return false
  }
}

/** Any value of a feature or widget as text; `specifier` is a d3-format one and applies to numbers. */
export function formatValue(value: unknown, specifier?: string | null): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'number') {
    return specifier && isNumberFormat(specifier) ? format(specifier)(value) : formatNumber(value)
  }
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}
