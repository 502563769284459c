import {
  AppError,
  type Invitation,
  type InvitationListQuery,
  type InvitationSent,
  type InviteBody,
  type InviteResult,
  type RefusalRule,
  type Role,
  type RuleUnder,
} from '@graticule/contract'
import { decideInvitation, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { isEmailAddress } from '../users/email-address.ts'
import type { HandoverCaller } from '../users/handover.ts'
import type { UserService } from '../users/user-service.ts'
import { invitationMail } from './invitation-mail.ts'
import { stateOf, toInvitation } from './invitation-state.ts'
import type { InvitationStore, ListedInvitation } from './invitation-store.ts'

/** An invitation with its latest link. */
interface Issued {
  readonly row: ListedInvitation
  readonly link: string
}

type Refusal = InviteResult & { readonly outcome: 'refused'; readonly rule: RefusalRule }

const LIFETIME_MS = 7 * 24 * 60 * 60_000

/** Invites people by e-mail, sends links anew and takes invitations back. */
export class InvitationService {
  readonly #invitations: InvitationStore
  readonly #store: Store
  readonly #users: UserService
  readonly #activity: ActivityLog
  readonly #clock: Clock
  readonly #mailer: Mailer

  constructor(
    invitations: InvitationStore,
    store: Store,
    users: UserService,
    activity: ActivityLog,
    clock: Clock,
    mailer: Mailer,
  ) {
    this.#invitations = invitations
    this.#store = store
    this.#users = users
    this.#activity = activity
    this.#clock = clock
    this.#mailer = mailer
  }

  async list(
    organizationId: string,
    query: InvitationListQuery,
  ): Promise<{ invitations: Invitation[]; total: number }> {
    const now = this.#clock.now()
    const { invitations, total } = await this.#invitations.listPage(organizationId, query, now)
    return { invitations: invitations.map((row) => toInvitation(row, now)), total }
  }

  /** Everybody who is invited and can still accept, the earliest first. */
  async listPending(
    organizationId: string,
    transaction: Store,
  ): Promise<{ email: string; role: Role; byDomain: boolean }[]> {
    const rows = await this.#invitations.listPending(transaction, organizationId, this.#clock.now())
    return rows.map(({ email, role, invited_by }) => ({ email, role, byDomain: invited_by === null }))
  }

  /**
   * Invites each address by itself and says of each what became of it, in the order in which they were named. Throws
   * `forbidden` when the caller may not invite people with that role at all.
   */
  async invite(caller: UserCaller, { emails, role }: InviteBody, baseUrl: string): Promise<InviteResult[]> {
    demandInvitation(caller.principal, role)
    const outcomes: (Refusal | Issued)[] = []
    const seen = new Set<string>()
    for (const text of emails) {
      const email = text.trim()
      const isRepeated = seen.has(email.toLowerCase())
      seen.add(email.toLowerCase())
      outcomes.push(
        isRepeated
          ? { email, outcome: 'refused', reason: 'This address stands in the list twice.', rule: 'invitation.twice' }
          : await this.#inviteOne(caller, email, role, baseUrl),
      )
    }
    return Promise.all(
      outcomes.map(async (outcome) =>
        'row' in outcome
          ? { email: outcome.row.email, outcome: 'invited' as const, ...(await this.#send(outcome)) }
          : outcome,
      ),
    )
  }

  /**
   * Invites one address and carries out in the same transaction what belongs to it. Throws `forbidden` when the caller
   * may not invite people with that role, and `conflict` with the reason when the address cannot be invited.
   */
  async inviteWho(
    caller: UserCaller,
    { email, role }: { readonly email: string; readonly role: Role },
    baseUrl: string,
    alsoDo: (transaction: Store) => Promise<void>,
  ): Promise<InvitationSent> {
    const outcome = await this.#inviteOne(caller, email, role, baseUrl, alsoDo)
    if (!('row' in outcome)) throw new AppError('conflict', outcome.reason, { details: { rule: outcome.rule } })
    return this.#send(outcome)
  }

  /**
   * Mails somebody who asked for it the link with which people of their e-mail's domain join; an invitation that waits for
   * them already gets a new link. Nothing happens to who is here.
   */
  async inviteByDomain(
    newcomer: { readonly organizationId: string; readonly email: string; readonly role: Role },
    origin: { readonly requestId: string; readonly ipAddress: string; readonly baseUrl: string },
  ): Promise<void> {
    const { organizationId, email, role } = newcomer
    const token = createRandomToken('gti_')
    const row = await this.#store.transaction().execute(async (transaction) => {
      await this.#users.holdSeats(transaction, organizationId)
      if (await this.#users.isMember(transaction, organizationId, email)) return null
      const now = this.#clock.now()
      const link = {
        token_hash: hashToken(token),
        sent_at: now,
        expires_at: new Date(now.getTime() + LIFETIME_MS),
      }
      const open = await this.#invitations.findOpen(transaction, organizationId, email)
      const id = open?.id ?? createId()
      if (open === null) {
        const invitation = { id, organization_id: organizationId, email, role, invited_by: null, created_at: now }
        await this.#invitations.insert(transaction, { ...invitation, ...link })
      } else await this.#invitations.renew(transaction, id, link)
      await this.#activity.record(transaction, {
        organizationId,
        actor: { kind: 'anonymous', id: null },
        type: open === null ? 'invitation.created' : 'invitation.resent',
        assetType: 'invitation',
        assetId: id,
        requestId: origin.requestId,
        details: { email, role: open?.role ?? role, by: 'domain', ipAddress: origin.ipAddress },
      })
      return this.#get(transaction, organizationId, id)
    })
    if (row !== null) await this.#mailer.deliver(invitationMail(row, linkOf(origin.baseUrl, token)))
  }

  /** Gives a pending or expired invitation a new link for another seven days; the old link is refused from now on. */
  async resend(caller: UserCaller, id: string, baseUrl: string): Promise<InvitationSent> {
    const token = createRandomToken('gti_')
    const row = await this.#changeOpen(caller, id, async (transaction, open, now) => {
      const expiresAt = endOf(now, caller.principal)
      await this.#invitations.renew(transaction, id, {
        token_hash: hashToken(token),
        sent_at: now,
        expires_at: expiresAt,
      })
      await this.#record(transaction, caller, 'invitation.resent', open)
    })
    return this.#send({ row, link: linkOf(baseUrl, token) })
  }

  /** Takes back a pending or expired invitation: its link is refused from now on. */
  async withdraw(caller: UserCaller, id: string): Promise<void> {
    await this.#changeOpen(caller, id, async (transaction, row, now) => {
      await this.#invitations.markWithdrawn(transaction, id, now)
      await this.#record(transaction, caller, 'invitation.withdrawn', row)
    })
  }

  /** Takes back all that these people have invited and nobody has accepted, inside the transaction that ends their stay. */
  async withdrawAllOf(transaction: Store, caller: HandoverCaller, inviterIds: readonly string[]): Promise<void> {
    for (const row of await this.#invitations.listOpenOf(transaction, inviterIds)) {
      await this.#invitations.markWithdrawn(transaction, row.id, this.#clock.now())
      await this.#activity.record(transaction, {
        organizationId: row.organization_id,
        actor: actorOf(caller.principal),
        type: 'invitation.withdrawn',
        assetType: 'invitation',
        assetId: row.id,
        requestId: caller.requestId,
        details: { email: row.email, role: row.role, cause: 'support-access' },
      })
    }
  }

  async #inviteOne(
    caller: UserCaller,
    email: string,
    role: Role,
    baseUrl: string,
    alsoDo: (transaction: Store) => Promise<void> = async () => undefined,
  ): Promise<Refusal | Issued> {
    const refuse = (rule: RuleUnder<'invitation'>, reason: string): Refusal => ({
      email,
      outcome: 'refused',
      reason,
      rule: `invitation.${rule}`,
    })
    if (!isEmailAddress(email))
      return refuse('address', 'This is not an e-mail address; it looks like name@example.org.')
    const { organizationId } = caller.principal
    const token = createRandomToken('gti_')
    const id = createId()
    return this.#store.transaction().execute(async (transaction) => {
      // Whoever joins or is invited at the same moment waits, so that what is read here still holds.
      await this.#users.holdSeats(transaction, organizationId)
      demandInvitation(await this.#users.holdPrincipal(transaction, caller.principal), role)
      if (await this.#users.isMember(transaction, organizationId, email)) {
        return refuse('member', 'Somebody with this e-mail is already in the organization.')
      }
      if ((await this.#invitations.findOpen(transaction, organizationId, email)) !== null) {
        return refuse('pending', 'This address has been invited already; resend that invitation, or withdraw it first.')
      }
      const now = this.#clock.now()
      const invitation = {
        id,
        organization_id: organizationId,
        email,
        role,
        token_hash: hashToken(token),
        invited_by: caller.principal.userId,
        created_at: now,
        sent_at: now,
        expires_at: endOf(now, caller.principal),
      }
      await this.#invitations.insert(transaction, invitation)
      await this.#record(transaction, caller, 'invitation.created', invitation)
      await alsoDo(transaction)
      return { row: await this.#get(transaction, organizationId, id), link: linkOf(baseUrl, token) }
    })
  }

  /** Mails the link to the person it is for; where that cannot be, whoever invites passes it on. */
  async #send({ row, link }: Issued): Promise<InvitationSent> {
    const invitation = toInvitation(row, this.#clock.now())
    if (await this.#mailer.deliver(invitationMail(row, link))) return { invitation }
    return { invitation, link, ...(this.#mailer.hasServer ? { mailFailed: true } : {}) }
  }

  /** Throws `not_found` for an unknown invitation and `conflict` for one that is accepted or withdrawn. */
  async #changeOpen(
    caller: UserCaller,
    id: string,
    change: (transaction: Store, row: ListedInvitation, now: Date) => Promise<void>,
  ): Promise<ListedInvitation> {
    const { organizationId } = caller.principal
    return this.#store.transaction().execute(async (transaction) => {
      await this.#users.holdSeats(transaction, organizationId)
      const principal = await this.#users.holdPrincipal(transaction, caller.principal)
      const row = await this.#get(transaction, organizationId, id)
      demandInvitation(principal, row.role)
      const now = this.#clock.now()
      const state = stateOf(row, now)
      if (state === 'accepted')
        throw new AppError('conflict', `${row.email} has accepted this invitation already.`, {
          details: { rule: 'invitation.accepted' },
        })
      if (state === 'withdrawn')
        throw new AppError('conflict', 'This invitation was withdrawn; invite the address anew.', {
          details: { rule: 'invitation.withdrawn' },
        })
      await change(transaction, row, now)
      return this.#get(transaction, organizationId, id)
    })
  }

  async #get(transaction: Store, organizationId: string, id: string): Promise<ListedInvitation> {
    const row = await this.#invitations.find(organizationId, id, transaction)
    if (row === null) throw new AppError('not_found', 'There is no such invitation in your organization.')
    return row
  }

  #record(
    transaction: Store,
    caller: UserCaller,
    type: string,
    invitation: { readonly id: string; readonly email: string; readonly role: Role },
  ): Promise<void> {
    return this.#activity.record(transaction, {
      organizationId: caller.principal.organizationId,
      actor: actorOf(caller.principal),
      type,
      assetType: 'invitation',
      assetId: invitation.id,
      requestId: caller.requestId,
      details: { email: invitation.email, role: invitation.role },
    })
  }
}

/** Until when a link is good: of a support person's, never longer than they are here. */
function endOf(now: Date, { support }: UserPrincipal): Date {
  const end = now.getTime() + LIFETIME_MS
  return new Date(support === undefined ? end : Math.min(end, support.endsAt.getTime()))
}

function demandInvitation(principal: UserPrincipal, role: Role): void {
  const decision = decideInvitation(principal, role)
  if (!decision.allowed) throw new AppError('forbidden', decision.reason, { details: { rule: decision.rule } })
}

/** The token stands behind a #, which browsers do not send: it comes to no log of a proxy. */
function linkOf(baseUrl: string, token: string): string {
  return `${baseUrl}/invitation#${token}`
}
