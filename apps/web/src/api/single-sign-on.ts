import type {
  DirectoryLoginBody,
  IdentityProviderCreateBody,
  IdentityProviderList,
  IdentityProviderSummary,
  IdentityProviderUpdateBody,
  SessionInfo,
  SignInMethods,
  SsoEnforcement,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const PROVIDERS = '/workspace-api/identity-providers'

/** What the sign-in page offers besides e-mail and password; an e-mail tells apart several organizations. */
export function signInMethodsQuery(email: string | undefined) {
  return queryOptions({
    queryKey: ['sign-in-methods', email],
    queryFn: ({ signal }) => sendRequest<SignInMethods>('/auth/sign-in/methods', { query: { email }, signal }),
  })
}

/** The organization's identity providers, the addresses to register with them, and whether they are a must. */
export const identityProvidersQuery = queryOptions({
  queryKey: ['identity-providers'],
  queryFn: ({ signal }) => sendRequest<IdentityProviderList>(PROVIDERS, { signal }),
})

export function createIdentityProvider(body: IdentityProviderCreateBody): Promise<IdentityProviderSummary> {
  return sendRequest(PROVIDERS, { method: 'POST', body })
}

export function updateIdentityProvider(id: string, body: IdentityProviderUpdateBody): Promise<IdentityProviderSummary> {
  return sendRequest(apiPath(PROVIDERS, id), { method: 'PATCH', body })
}

/** The people who came through it stay. */
export function deleteIdentityProvider(id: string): Promise<void> {
  return sendRequest(apiPath(PROVIDERS, id), { method: 'DELETE' })
}

/** Begins a test login, for which this browser must go to the address in the answer. */
export function beginTestLogin(id: string): Promise<{ url: string }> {
  return sendRequest(apiPath(PROVIDERS, id, 'test'), { method: 'POST' })
}

export function changeEnforcement(body: SsoEnforcement): Promise<SsoEnforcement> {
  return sendRequest('/workspace-api/sso-enforcement', { method: 'PUT', body })
}

/** The name of a directory that one can sign in with. */
export function directoryQuery(id: string) {
  return queryOptions({
    queryKey: ['directory', id],
    queryFn: ({ signal }) => sendRequest<{ name: string }>(apiPath('/auth/ldap', id), { signal }),
  })
}

export function signInWithDirectory(id: string, login: DirectoryLoginBody): Promise<SessionInfo> {
  return sendRequest(apiPath('/auth/ldap', id), { method: 'POST', body: login })
}

/** Tries a name and password of the directory, which signs nobody in. */
export function testDirectory(id: string, login: DirectoryLoginBody): Promise<void> {
  return sendRequest(apiPath('/workspace-api/identity-providers', id, 'test', 'directory'), {
    method: 'POST',
    body: login,
  })
}
