import type { Invitation, InvitationState, UserSummary } from '@graticule/contract'
import type { ListedInvitation } from './invitation-store.ts'

/** What has become of an invitation by now. */
export function stateOf(
  row: Pick<ListedInvitation, 'accepted_at' | 'withdrawn_at' | 'expires_at'>,
  now: Date,
): InvitationState {
  if (row.accepted_at !== null) return 'accepted'
  if (row.withdrawn_at !== null) return 'withdrawn'
  return row.expires_at > now ? 'pending' : 'expired'
}

/** An invitation as those who invite see it; never its link. */
export function toInvitation(row: ListedInvitation, now: Date): Invitation {
  const state = stateOf(row, now)
  const isOpen = state === 'pending' || state === 'expired'
  const { member_role: role, member_since: since } = row
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    state,
    passedBy: isOpen && role !== null && since !== null ? { role, since: since.toISOString() } : null,
    invitedBy: inviterOf(row),
    createdAt: row.created_at.toISOString(),
    sentAt: row.sent_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}

function inviterOf({ invited_by: id, inviter_name: name, inviter_email: email }: ListedInvitation): UserSummary | null {
  return id === null || name === null || email === null ? null : { id, name, email }
}
