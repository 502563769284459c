import type {
  InvitationSent,
  JoinAcceptBody,
  JoinAsked,
  JoinOffer,
  JoinRequestBody,
  JoinRequestList,
  JoinRequestSettings,
} from '@graticule/contract'
import { queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const REQUESTS = '/workspace-api/join-requests'

/** Whether one may ask to join; the organization may be left out where the server has only one. */
export function joinOfferQuery(organizationId: string | undefined) {
  return queryOptions({
    queryKey: ['join-offer', organizationId],
    queryFn: ({ signal }) => sendRequest<JoinOffer>('/auth/join-requests', { query: { organizationId }, signal }),
  })
}

export function askToJoin(body: JoinRequestBody): Promise<JoinAsked> {
  return sendRequest('/auth/join-requests', { method: 'POST', body })
}

/** Who asks to join the organization, and whether anybody may. */
export const joinRequestsQuery = queryOptions({
  queryKey: ['join-requests'],
  queryFn: ({ signal }) => sendRequest<JoinRequestList>(REQUESTS, { signal }),
})

export function changeJoinRequestSettings(body: JoinRequestSettings): Promise<JoinRequestSettings> {
  return sendRequest(`${REQUESTS}/settings`, { method: 'PUT', body })
}

/** Invites the person, with a link when no mail server took it. */
export function acceptJoinRequest({ id, role }: { id: string } & JoinAcceptBody): Promise<InvitationSent> {
  return sendRequest(apiPath(REQUESTS, id, 'accept'), { method: 'POST', body: { role } })
}

export function refuseJoinRequest(id: string): Promise<void> {
  return sendRequest(apiPath(REQUESTS, id, 'refuse'), { method: 'POST' })
}
