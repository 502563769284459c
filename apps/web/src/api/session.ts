import type {
  LinkSignInBody,
  OrganizationChoice,
  OrganizationCreationBody,
  OrganizationCreationOffer,
  SessionInfo,
  SessionSummary,
  SetupBody,
  SetupOffer,
  SignInAnswer,
  SignInBody,
} from '@graticule/contract'
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { ApiError } from './api-error.ts'
import { apiPath, sendRequest } from './client.ts'

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<SessionInfo | null> => {
    try {
      return await sendRequest<SessionInfo>('/auth/session', { signal })
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null
      throw error
    }
  },
  staleTime: 5 * 60_000,
})

/** Asks again who is signed in, because an answer said that nobody is. */
export function recheckSession(queryClient: QueryClient): void {
  // Many refusals come at once; the question that is under way answers all of them.
  void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }, { cancelRefetch: false })
}

/** Whether two sessions are of one person in one organization, who looks with the same eyes. */
export function isSamePerson(one: SessionInfo, other: SessionInfo): boolean {
  return (
    one.user.id === other.user.id &&
    one.organization.id === other.organization.id &&
    one.viewedBy?.name === other.viewedBy?.name &&
    one.support?.grantId === other.support?.grantId
  )
}

/** Makes this session look at the workspace as somebody else; whoever calls it loads the page anew. */
export function beginViewAs(userId: string): Promise<void> {
  return sendRequest('/auth/view-as', { method: 'POST', body: { userId } })
}

/** Makes it its holder's again. */
export function endViewAs(): Promise<void> {
  return sendRequest('/auth/view-as', { method: 'DELETE' })
}

/** The sessions of the person who asks, this one included. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) => {
    const answer = await sendRequest<SessionSummary[] | { sessions: SessionSummary[] }>('/auth/sessions', { signal })
    return Array.isArray(answer) ? answer : answer.sessions
  },
})

/** Starts a session with e-mail and password, or answers the organizations in which the password fits. */
export function signIn(body: Static<typeof SignInBody>): Promise<SignInAnswer | OrganizationChoice> {
  return sendRequest('/auth/sign-in', { method: 'POST', body })
}

/** Starts a session with the token of a one-time link. */
export function signInWithLink(body: Static<typeof LinkSignInBody>): Promise<SignInAnswer> {
  return sendRequest('/auth/sign-in/link', { method: 'POST', body })
}

/** Ends this session; answers where the identity provider behind it ends its own, if there is one. */
export function signOut(): Promise<{ redirectTo: string } | undefined> {
  return sendRequest('/auth/sign-out', { method: 'POST' })
}

/** Ends another session of the same person. */
export function revokeSession(id: string): Promise<void> {
  return sendRequest(apiPath('/auth/sessions', id), { method: 'DELETE' })
}

/** Changes one's own name. */
export function renameSelf(name: string): Promise<void> {
  return sendRequest('/workspace-api/profile', { method: 'PATCH', body: { name } })
}

/** Whether a set-up link may still be used, and what it says already. */
export function setupQuery(token: string) {
  return queryOptions({
    queryKey: ['setup', token],
    queryFn: ({ signal }) => sendRequest<SetupOffer>('/auth/setup', { query: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Creates the organization and its first administrator, and signs them in. */
export function completeSetup(body: Static<typeof SetupBody>): Promise<SessionInfo> {
  return sendRequest('/auth/setup', { method: 'POST', body })
}

/** Whether visitors may create an organization of their own here. */
export const organizationCreationQuery = queryOptions({
  queryKey: ['organization-creation'],
  queryFn: ({ signal }) => sendRequest<OrganizationCreationOffer>('/auth/organization-creation', { signal }),
})

/** Has the link mailed with which the organization is created. */
export function askForOrganization(body: OrganizationCreationBody): Promise<void> {
  return sendRequest('/auth/organization-creation', { method: 'POST', body })
}
