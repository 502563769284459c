import type { AccessDecision } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

/** What was refused to whom, by the id that they were told. */
export function decisionQuery(id: string) {
  return queryOptions({
    queryKey: ['access', 'decision', id],
    queryFn: ({ signal }) => sendRequest<AccessDecision>(apiPath('/v3/access/decisions', id), { signal }),
    retry: false,
  })
}
