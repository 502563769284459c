import type { AppAccess, AppAccessOutcome, AppAccessRequest } from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const STEP = '/oauth/interaction'
const ACCESS = '/workspace-api/app-access'

/** What an application asks of the person, in the browser in which they sign in to it. */
export const appAccessRequestQuery = (uid: string) =>
  queryOptions({
    queryKey: ['app-access-request', uid],
    queryFn: ({ signal }) => sendRequest<AppAccessRequest>(apiPath(STEP, uid, 'request'), { signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Lets the application act as the person or not; answers where the browser goes on. */
export function decideAppAccess(uid: string, allow: boolean): Promise<AppAccessOutcome> {
  return sendRequest(apiPath(STEP, uid, 'decision'), { method: 'POST', body: { allow } })
}

/** The applications that act as the person. */
export const appAccessQuery = queryOptions({
  queryKey: ['app-access'],
  queryFn: ({ signal }) => sendRequest<AppAccess[]>(ACCESS, { signal }),
})

/** Ends what an application may do as the person. */
export function revokeAppAccess(clientId: string): Promise<void> {
  return sendRequest(apiPath(ACCESS, clientId), { method: 'DELETE' })
}
