import type { ActivityActor, ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { stateOf } from './invitation-state.ts'
import type { InvitationStore, ListedInvitation } from './invitation-store.ts'

/** An invitation that can be accepted now. */
export type PendingInvitation = Pick<ListedInvitation, 'id' | 'organization_id' | 'email' | 'role' | 'invited_by'>

/** The person who has accepted, and how. */
export interface InvitationTaker {
  readonly userId: string
  /** Who did it, when it was not the person. */
  readonly actor?: ActivityActor
  readonly requestId: string | undefined
  /** What the log says besides the address and the role. */
  readonly details: Readonly<Record<string, unknown>>
}

/** Ends an invitation with somebody joining, by its link or because an identity provider vouches for its address. */
export class InvitationTaking {
  readonly #invitations: InvitationStore
  readonly #activity: ActivityLog
  readonly #clock: Clock

  constructor(invitations: InvitationStore, activity: ActivityLog, clock: Clock) {
    this.#invitations = invitations
    this.#activity = activity
    this.#clock = clock
  }

  /**
   * The invitation that waits for this address; null when there is none, or it has expired, and for one that makes a
   * superadmin: superadmins alone make superadmins, and who vouches for the address here is set up by admins. Inside a
   * transaction that holds the organization's seats nobody else takes it.
   */
  async findTakeable(transaction: Store, organizationId: string, email: string): Promise<PendingInvitation | null> {
    const row = await this.#invitations.findOpen(transaction, organizationId, email)
    if (row === null || row.role === 'superadmin') return null
    return stateOf(row, this.#clock.now()) === 'pending' ? row : null
  }

  /** Marks it as accepted, so that nobody else can, with its event. */
  async take(transaction: Store, invitation: PendingInvitation, taker: InvitationTaker): Promise<void> {
    await this.#invitations.markAccepted(transaction, invitation.id, taker.userId, this.#clock.now())
    await this.#activity.record(transaction, {
      organizationId: invitation.organization_id,
      actor: taker.actor ?? { kind: 'user', id: taker.userId },
      type: 'invitation.accepted',
      assetType: 'invitation',
      assetId: invitation.id,
      requestId: taker.requestId,
      details: { email: invitation.email, role: invitation.role, ...taker.details },
    })
  }
}
