import type {
  CertificateSetup,
  ConnectionCreateBody,
  ConnectionDependents,
  ConnectionRepointed,
  ConnectionSummary,
  ConnectionTestResult,
  ConnectionUpdateBody,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { apiPath, sendRequest } from './client.ts'

const CONNECTIONS = '/v3/connections'

/** A field of a provider's connection form, as GET /v3/providers lists it. */
export interface ProviderField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'number' | 'password' | 'select' | 'textarea'
  readonly required: boolean
  readonly secret: boolean
  readonly placeholder?: string
  readonly help?: string
  readonly options?: readonly { readonly value: string; readonly label: string }[]
  readonly defaultValue?: string | number
}

/** A kind of warehouse that this server can connect to. */
export interface ProviderSummary {
  readonly id: string
  readonly label: string
  readonly configFields: readonly ProviderField[]
  readonly signInMethods: readonly {
    readonly id: string
    readonly label: string
    /** The fields that choose it by being filled in; none: it remains when all of those are empty. */
    readonly fields: readonly string[]
  }[]
}

/** The connections that the person may use. */
export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => sendRequest<ConnectionSummary[]>(CONNECTIONS, { signal }),
})

/** What reads from a connection, for whoever may change it. */
export function connectionDependentsQuery(id: string) {
  return queryOptions({
    queryKey: ['connections', id, 'dependents'],
    queryFn: ({ signal }) => sendRequest<ConnectionDependents>(`${apiPath(CONNECTIONS, id)}/dependents`, { signal }),
    staleTime: 0,
  })
}

/** Keeps a connection at hand, or no longer. */
export function setConnectionBookmark(id: string, isKept: boolean): Promise<void> {
  return sendRequest(`${apiPath(CONNECTIONS, id)}/bookmark`, { method: isKept ? 'PUT' : 'DELETE' })
}

/** The kinds of warehouse on offer. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: ({ signal }) => sendRequest<ProviderSummary[]>('/v3/providers', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export interface ConnectionTest {
  readonly providerId: string
  readonly config: Readonly<Record<string, unknown>>
  /** The connection being edited: its stored secrets stand in for those that were left empty. */
  readonly connectionId?: string
}

/** Really connects; throws the warehouse's own reason when it cannot. */
export function testConnection(test: ConnectionTest, signal?: AbortSignal): Promise<ConnectionTestResult> {
  return sendRequest(`${CONNECTIONS}/test`, { method: 'POST', body: test, signal })
}

/** Adds a connection. */
export function createConnection(body: Static<typeof ConnectionCreateBody>): Promise<ConnectionSummary> {
  return sendRequest(CONNECTIONS, { method: 'POST', body })
}

/** Changes a connection; secrets that are left out of `config` are kept. */
export function updateConnection(id: string, body: Static<typeof ConnectionUpdateBody>): Promise<ConnectionSummary> {
  return sendRequest(apiPath(CONNECTIONS, id), { method: 'PATCH', body })
}

/** What a database's administrator sets up for certificates; made out anew each time that it is looked at. */
export const certificateSetupQuery = (id: string) =>
  queryOptions({
    queryKey: ['certificate-setup', id],
    queryFn: ({ signal }) =>
      sendRequest<CertificateSetup>(`${apiPath(CONNECTIONS, id)}/certificate-setup`, { method: 'POST', signal }),
  })

/**
 * Deletes a connection. Throws `conflict` with `ConnectionDependents` while something reads from it, unless another
 * connection takes its place.
 */
export function deleteConnection(id: string, targetConnectionId?: string): Promise<ConnectionRepointed | undefined> {
  const query = targetConnectionId === undefined ? '' : `?${new URLSearchParams({ targetConnectionId })}`
  return sendRequest(`${apiPath(CONNECTIONS, id)}${query}`, { method: 'DELETE' })
}
