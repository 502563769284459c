import type { UsageLimitsBody, UsagePeriod, UsageQuery, UsageReport } from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { sendRequest, withQuery } from './client.ts'

/** Whose usage: of everybody, for those who may see it, or one's own. */
export type UsageScope = 'all' | 'mine'

const PATHS: Readonly<Record<UsageScope, string>> = { all: '/v3/usage', mine: '/v3/usage/mine' }

/** What was used, by days or something else, with the quota and the limits. */
export function usageQuery(scope: UsageScope, query: UsageQuery) {
  return queryOptions({
    queryKey: ['usage', scope, query],
    queryFn: ({ signal }) => sendRequest<UsageReport>(PATHS[scope], { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Where the browser finds the usage as a file. */
export function usageFileUrl(scope: UsageScope, period: UsagePeriod): string {
  return withQuery(`${PATHS[scope]}/csv`, { ...period })
}

export function saveUsageLimits(body: UsageLimitsBody): Promise<UsageReport> {
  return sendRequest('/workspace-api/organization/usage-limits', { method: 'PUT', body })
}
