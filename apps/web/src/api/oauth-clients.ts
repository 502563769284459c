import type {
  OAuthClientCreateBody,
  OAuthClientCreated,
  OAuthClientSummary,
  OAuthClientUpdateBody,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const CLIENTS = '/v3/oauth-clients'

/** The OAuth clients of the organization. */
export const oauthClientsQuery = queryOptions({
  queryKey: ['oauth-clients'],
  queryFn: ({ signal }) => sendRequest<OAuthClientSummary[]>(CLIENTS, { signal }),
})

/** Makes a client; the secret of a machine client is in the answer and nowhere else, ever again. */
export function createOAuthClient(body: OAuthClientCreateBody): Promise<OAuthClientCreated> {
  return sendRequest(CLIENTS, { method: 'POST', body })
}

export function updateOAuthClient(id: string, body: OAuthClientUpdateBody): Promise<OAuthClientSummary> {
  return sendRequest(apiPath(CLIENTS, id), { method: 'PATCH', body })
}

/** Ends a client with everything that it was given. */
export function deleteOAuthClient(id: string): Promise<void> {
  return sendRequest(apiPath(CLIENTS, id), { method: 'DELETE' })
}
