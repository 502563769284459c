import type { AccessDecision, PeopleCounts } from '@graticule/contract'
import type { ShareableKind } from '@graticule/policy'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest, withQuery } from './client.ts'

/** What was refused to whom, by the id that they were told. */
export function decisionQuery(id: string) {
  return queryOptions({
    queryKey: ['access', 'decision', id],
    queryFn: ({ signal }) => sendRequest<AccessDecision>(apiPath('/v3/access/decisions', id), { signal }),
    retry: false,
  })
}

/** How many people have access to each asset of a page of a list. */
export function peopleCountsQuery(kind: ShareableKind, ids: readonly string[]) {
  return queryOptions({
    queryKey: ['sharing', kind, 'people-counts', ids],
    queryFn: ({ signal }) =>
      sendRequest<PeopleCounts>(withQuery('/v3/access/people-counts', { kind, ids: ids.join(',') }), { signal }),
    enabled: ids.length > 0,
  })
}
