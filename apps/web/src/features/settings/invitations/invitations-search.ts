import { INVITATION_STATES, type InvitationState } from '@graticule/contract'

/** What the list of invitations keeps in its address. */
export interface InvitationsSearch {
  readonly state?: InvitationState
  readonly page?: number
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseInvitationsSearch(raw: Record<string, unknown>): InvitationsSearch {
  const page = Number(raw.page)
  return {
    state: INVITATION_STATES.find((state) => state === raw.state),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  }
}
