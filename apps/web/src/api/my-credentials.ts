import type { MyCredentials } from '@graticule/contract'
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const path = (connection: string) => `${apiPath('/v3/connections', connection)}/my-credentials`

/** How one stands with a database login of one's own for a connection, and what it consists of. */
export const myCredentialsQuery = (connection: string) =>
  queryOptions({
    queryKey: ['my-credentials', connection],
    queryFn: ({ signal }) => sendRequest<MyCredentials>(path(connection), { signal }),
    retry: false,
  })

/** Stores a login once the database let it in; throws the database's reason when it did not. */
export function addMyCredentials(connection: string, login: Readonly<Record<string, string>>): Promise<MyCredentials> {
  return sendRequest(path(connection), { method: 'PUT', body: { login } })
}

/** Forgets the login; what runs under it ends. */
export function removeMyCredentials(connection: string): Promise<void> {
  return sendRequest(path(connection), { method: 'DELETE' })
}

/** What is kept of answers that depend on whose login asked. The documents of maps are not among them. */
const READ_AS_SOMEBODY: ReadonlySet<unknown> = new Set([
  'builder',
  'catalog',
  'map-column',
  'map-extent',
  'map-source',
  'my-credentials',
  'rows',
  'stats',
  'thumbnail',
  'tile-advice',
  'widget',
])

/**
 * Forgets what was read or refused under the login before, and asks again for what is on the page: nobody goes on seeing
 * rows of a login that is gone.
 */
export async function readAnew(queryClient: QueryClient): Promise<void> {
  await Promise.all([
    queryClient.resetQueries({ predicate: ({ queryKey }) => READ_AS_SOMEBODY.has(queryKey[0]) }),
    queryClient.invalidateQueries({ queryKey: ['connections'] }),
  ])
}
