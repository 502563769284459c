import type { ConnectionGrants, ConnectionPosture, GrantPurpose } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const CONNECTIONS = '/v3/connections'

/** How often a check that is under way is asked about, in milliseconds. */
const POLL_MS = 1_000

/** What was last found out about the login of a connection. */
export const postureQuery = (connection: string) =>
  queryOptions({
    queryKey: ['connection-posture', connection],
    queryFn: ({ signal }) => sendRequest<ConnectionPosture>(`${apiPath(CONNECTIONS, connection)}/posture`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'checking' ? POLL_MS : false),
  })

/** Checks the login of a connection now. */
export function checkPosture(connection: string): Promise<ConnectionPosture> {
  return sendRequest(`${apiPath(CONNECTIONS, connection)}/posture`, { method: 'POST' })
}

/** The rights that the login needs for a purpose in those schemas, and what it has of them. */
export const grantsQuery = (connection: string, purpose: GrantPurpose, schemas: readonly string[]) =>
  queryOptions({
    queryKey: ['connection-grants', connection, purpose, ...schemas],
    queryFn: ({ signal }) =>
      sendRequest<ConnectionGrants>(`${apiPath(CONNECTIONS, connection)}/grants`, {
        method: 'POST',
        body: { purpose, schemas },
        signal,
      }),
    retry: false,
    placeholderData: (previous) => previous,
  })
