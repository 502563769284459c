import { USAGE_DIMENSIONS, type UsageDimension } from '@graticule/contract'

/** What the usage page keeps in its address. */
export interface UsageSearch {
  readonly by?: UsageDimension
  readonly scope?: 'mine'
  /** Days in UTC, such as 2026-03-01; both count. */
  readonly from?: string
  readonly to?: string
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseUsageSearch(raw: Record<string, unknown>): UsageSearch {
  const from = readDay(raw.from)
  const to = readDay(raw.to)
  const isInOrder = from === undefined || to === undefined || from <= to
  return {
    by: USAGE_DIMENSIONS.find((dimension) => dimension === raw.by),
    scope: raw.scope === 'mine' ? 'mine' : undefined,
    from,
    to: isInOrder ? to : undefined,
  }
}

function readDay(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined
  return Number.isNaN(Date.parse(value)) ? undefined : value
}
