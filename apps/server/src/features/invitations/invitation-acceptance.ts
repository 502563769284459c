import { type AcceptInvitationBody, AppError, type InvitationOffer, type Role } from '@graticule/contract'
import { decideSeat } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import { hashPassword } from '../auth/password-hash.ts'
import type { SessionOrigin } from '../auth/session-service.ts'
import type { SignInGate, SignInOutcome } from '../auth/sign-in-gate.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { UserService } from '../users/user-service.ts'
import { stateOf } from './invitation-state.ts'
import type { InvitationStore, ListedInvitation } from './invitation-store.ts'
import type { InvitationTaking } from './invitation-taking.ts'

/** Throws for people of that role whom a password does not let in. */
type RequirePasswordAllowed = (
  newcomer: { readonly id: null; readonly organizationId: string; readonly role: Role },
  transaction: Store,
) => Promise<void>

/** Throws for somebody who would join by their e-mail's domain where it lets nobody join. */
type RequireAutoJoin = (transaction: Store, organizationId: string, email: string) => Promise<void>

/** Lets whoever holds the link of an invitation join the organization, once. */
export class InvitationAcceptance {
  readonly #invitations: InvitationStore
  readonly #taking: InvitationTaking
  readonly #store: Store
  readonly #users: UserService
  readonly #gate: SignInGate
  readonly #activity: ActivityLog
  readonly #clock: Clock
  readonly #requirePasswordAllowed: RequirePasswordAllowed
  readonly #requireAutoJoin: RequireAutoJoin
  readonly #perAddress: AttemptLimit

  constructor(
    invitations: InvitationStore,
    taking: InvitationTaking,
    store: Store,
    users: UserService,
    gate: SignInGate,
    activity: ActivityLog,
    clock: Clock,
    requirePasswordAllowed: RequirePasswordAllowed,
    requireAutoJoin: RequireAutoJoin,
  ) {
    this.#invitations = invitations
    this.#taking = taking
    this.#store = store
    this.#users = users
    this.#gate = gate
    this.#activity = activity
    this.#clock = clock
    this.#requirePasswordAllowed = requirePasswordAllowed
    this.#requireAutoJoin = requireAutoJoin
    this.#perAddress = new AttemptLimit(
      { policy: 'invitations-per-address', maxFailures: 50, windowMs: 15 * 60_000 },
      clock,
    )
  }

  /** What the link offers. Throws as `accept` does for a link that cannot be used. */
  async read(token: string, ipAddress: string): Promise<InvitationOffer> {
    this.#perAddress.count(ipAddress)
    const row = this.#demandPending(await this.#invitations.findByToken(hashToken(token)))
    this.#perAddress.forgiveOne(ipAddress)
    return {
      email: row.email,
      role: row.role,
      organizationName: row.organization_name,
      inviterName: row.inviter_name,
      expiresAt: row.expires_at.toISOString(),
      passwordAllowed: await this.#isPasswordAllowed(row),
    }
  }

  /**
   * Makes the invited person and lets them through the gate. Of any number of tries at once one succeeds. Throws
   * `invalid_credentials` for a link that is unknown, used, withdrawn or too old, `conflict` when all seats are taken
   * or somebody with the e-mail has come another way, `forbidden` when a password lets nobody in; then the link stays as
   * it was.
   */
  async accept({ token, name, password }: AcceptInvitationBody, origin: SessionOrigin): Promise<SignInOutcome> {
    this.#perAddress.count(origin.ipAddress)
    const tokenHash = hashToken(token)
    const { organization_id: organizationId } = this.#demandPending(await this.#invitations.findByToken(tokenHash))
    const passwordHash = await hashPassword(password)
    const signedIn = await this.#store.transaction().execute(async (transaction) => {
      await this.#users.holdSeats(transaction, organizationId)
      const row = this.#demandPending(await this.#invitations.findByToken(tokenHash, transaction))
      if (row.invited_by === null) await this.#requireAutoJoin(transaction, organizationId, row.email)
      await this.#requirePasswordAllowed({ id: null, organizationId, role: row.role }, transaction)
      const seat = decideSeat(await this.#users.readSeats(organizationId, transaction), row.role)
      if (!seat.allowed) throw new AppError('conflict', seat.reason, { details: { rule: seat.rule } })
      const now = this.#clock.now()
      const id = await this.#users.add(transaction, {
        organizationId,
        email: row.email,
        name: name.trim(),
        role: row.role,
        passwordHash,
        createdAt: now,
      })
      const { requestId } = origin
      await this.#taking.take(transaction, row, { userId: id, requestId, details: {} })
      await this.#activity.record(transaction, {
        organizationId,
        actor: { kind: 'user', id },
        type: 'user.created',
        assetType: 'user',
        assetId: id,
        requestId,
        details: { role: row.role },
      })
      const person = await this.#users.findActive(id, transaction)
      if (person === null) throw new Error('The person who was just added is not there.')
      return this.#gate.enter(transaction, person, origin, 'invitation')
    })
    this.#perAddress.forgiveOne(origin.ipAddress)
    return signedIn
  }

  /** Whether a password would let the invited person in, who otherwise comes by their identity provider. */
  async #isPasswordAllowed({ organization_id: organizationId, role }: ListedInvitation): Promise<boolean> {
    try {
      await this.#requirePasswordAllowed({ id: null, organizationId, role }, this.#store)
      return true
    } catch (error) {
      if (error instanceof AppError && error.code === 'forbidden') return false
      throw error
    }
  }

  #demandPending(row: ListedInvitation | null): ListedInvitation {
    const refuse = (sentence: string) => new AppError('invalid_credentials', sentence)
    if (row === null) throw refuse('This invitation link is not valid; ask for a new one; only the latest link works.')
    if (row.suspended_at !== null) throw organizationSuspended()
    const state = stateOf(row, this.#clock.now())
    switch (state) {
      case 'pending':
        return row
      case 'accepted':
        throw refuse('This invitation has been accepted already; sign in instead.')
      case 'withdrawn':
        throw refuse('This invitation was withdrawn; ask whoever invited you.')
      case 'expired':
        throw refuse('This invitation has expired; ask whoever invited you to send it again.')
    }
  }
}
