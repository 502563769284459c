import type { AccessDecision, AccessRequestList, PeopleCounts } from '@graticule/contract'
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

/** Asks whoever owns the map, if there is one, for access; the answer tells nothing. */
export function requestAccess(mapId: string, message: string): Promise<void> {
  return sendRequest(apiPath('/workspace-api/viewer/maps', mapId, 'access-request'), {
    method: 'POST',
    body: { message },
  })
}

/** What people ask the signed-in person for. */
export const accessRequestsQuery = queryOptions({
  queryKey: ['access', 'requests'],
  queryFn: ({ signal }) => sendRequest<AccessRequestList>('/workspace-api/access-requests', { signal }),
})

/** Shares the map with whoever asked; null: for good. */
export function grantAccess(requestId: string, expiresAt: Date | null): Promise<void> {
  return sendRequest(apiPath('/workspace-api/access-requests', requestId, 'grant'), {
    method: 'POST',
    body: { expiresAt: expiresAt?.toISOString() ?? null },
  })
}

/** Answers a request with nothing. */
export function declineAccess(requestId: string): Promise<void> {
  return sendRequest(apiPath('/workspace-api/access-requests', requestId, 'decline'), { method: 'POST' })
}
