const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const precise = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 })
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A count for tight places: `135K`. */
export function formatCount(count: number): string {
  return compact.format(count)
}

/** A whole number with its thousands apart: `135,034`. */
export function formatWhole(count: number): string {
  return whole.format(count)
}

/** A measured value to six significant digits: `1,234.57`. */
export function formatMeasure(value: number): string {
  return precise.format(value)
}

/** A size in decimal units: `1.5 MB`. */
export function formatBytes(sizeBytes: number): string {
  const step = sizeBytes < 1 ? 0 : Math.min(Math.floor(Math.log10(sizeBytes) / 3), UNITS.length - 1)
  const value = sizeBytes / 1_000 ** step
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[step]}`
}
