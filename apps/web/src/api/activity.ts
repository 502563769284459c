import type { ActivityList } from '@graticule/contract'
import { infiniteQueryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { sendRequest } from './client.ts'

/** Activity events, the newest first, page by page; `type` may be a dotted prefix or empty for all. */
export function activityQuery(type: string) {
  return infiniteQueryOptions({
    queryKey: ['activity', type],
    queryFn: ({ pageParam, signal }) =>
      sendRequest<Static<typeof ActivityList>>('/v3/activity', {
        query: { limit: 50, type, before: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
}
