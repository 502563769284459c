import type { NamedSource, NamedSourceCreateBody, NamedSourceUpdateBody } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { apiPath, sendRequest } from './client.ts'

const NAMED_SOURCES = '/v3/named-sources'

/** The person's named sources, with their SQL. */
export const namedSourcesQuery = queryOptions({
  queryKey: ['named-sources'],
  queryFn: ({ signal }) => sendRequest<NamedSource[]>(NAMED_SOURCES, { signal }),
})

export function createNamedSource(body: Static<typeof NamedSourceCreateBody>): Promise<NamedSource> {
  return sendRequest(NAMED_SOURCES, { method: 'POST', body })
}

export function updateNamedSource(name: string, body: Static<typeof NamedSourceUpdateBody>): Promise<NamedSource> {
  return sendRequest(apiPath(NAMED_SOURCES, name), { method: 'PATCH', body })
}

/** Programs that use it are refused from now on. */
export function deleteNamedSource(name: string): Promise<void> {
  return sendRequest(apiPath(NAMED_SOURCES, name), { method: 'DELETE' })
}
