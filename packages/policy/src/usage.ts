interface UsageMethodDefinition {
  /** What a request of it is, as people read it. */
  readonly label: string
  /** Units for one request that succeeds, from the cache or not. */
  readonly weight: number
}

/**
 * What counts as usage, and how much. A route names its method; one that names none, such as those that list, describe
 * or open something, is free.
 */
export const USAGE_METHODS = {
  'maps.tile': { label: 'Tiles', weight: 0.1 },
  'maps.stats': { label: 'Statistics of columns', weight: 0.1 },
  'sql.query': { label: 'SQL queries', weight: 10 },
  'sql.model': { label: 'Widgets', weight: 10 },
  'sql.job': { label: 'SQL jobs', weight: 10 },
} as const satisfies Record<string, UsageMethodDefinition>

export type UsageMethod = keyof typeof USAGE_METHODS

/** The clients that usage is told apart by; what calls itself otherwise is one of many. */
const CLIENTS: ReadonlySet<string> = new Set(['deck-gl-carto', 'carto-api-client', 'graticule', 'python', 'r'])

/** The client of a request as usage names it: anybody can write anything there, and it must stay a few. */
export function usageClient(name: string | undefined): string {
  if (name === undefined || name === '') return 'unnamed'
  return CLIENTS.has(name) ? name : 'other'
}

/** Shares of the yearly quota, in percent, at which admins are told. */
export const QUOTA_NOTICES = [80, 100] as const
