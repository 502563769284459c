import type { ActivityFilter, ActivityList, ActivityStatement } from '@graticule/contract'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { sendRequest, withQuery } from './client.ts'

/** Activity events, the newest first, page by page. */
export function activityQuery(filter: ActivityFilter) {
  return infiniteQueryOptions({
    queryKey: ['activity', filter],
    queryFn: ({ pageParam, signal }) =>
      sendRequest<Static<typeof ActivityList>>('/v3/activity', {
        query: { limit: 50, ...filter, before: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
}

/** Where the browser finds the events as a file. */
export function activityFileUrl(filter: ActivityFilter, format: 'csv' | 'parquet'): string {
  return withQuery('/v3/activity/export', { format, ...filter })
}

/** The text of a statement that an event names by its digest. */
export function activityStatementQuery(digest: string) {
  return queryOptions({
    queryKey: ['activity-statement', digest],
    queryFn: ({ signal }) =>
      sendRequest<Static<typeof ActivityStatement>>(`/v3/activity/statements/${digest}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}
