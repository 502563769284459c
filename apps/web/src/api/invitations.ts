import type {
  AcceptInvitationBody,
  InvitationList,
  InvitationListQuery,
  InvitationOffer,
  InvitationSent,
  InviteBody,
  InviteResult,
  SignInAnswer,
} from '@graticule/contract'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiPath, sendRequest } from './client.ts'

const INVITATIONS = '/workspace-api/invitations'

/** One page of the organization's invitations, the latest first. */
export function invitationsQuery(query: InvitationListQuery) {
  return queryOptions({
    queryKey: ['invitations', query],
    queryFn: ({ signal }) => sendRequest<InvitationList>(INVITATIONS, { query, signal }),
    placeholderData: keepPreviousData,
  })
}

/** Invites several addresses with one role; says of each what became of it. */
export function invitePeople(body: InviteBody): Promise<{ results: InviteResult[] }> {
  return sendRequest(INVITATIONS, { method: 'POST', body })
}

/** Gives an invitation a new link. */
export function resendInvitation(id: string): Promise<InvitationSent> {
  return sendRequest(apiPath(INVITATIONS, id, 'resend'), { method: 'POST' })
}

/** Takes an invitation back. */
export function withdrawInvitation(id: string): Promise<void> {
  return sendRequest(apiPath(INVITATIONS, id), { method: 'DELETE' })
}

/** What the link of an invitation offers to whoever holds it. */
export function invitationOfferQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation-offer', token],
    queryFn: ({ signal }) =>
      sendRequest<InvitationOffer>('/auth/invitation/read', { method: 'POST', body: { token }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Joins by an invitation, and starts a session. */
export function acceptInvitation(body: AcceptInvitationBody): Promise<SignInAnswer> {
  return sendRequest('/auth/invitation', { method: 'POST', body })
}
