import {
  AppError,
  type InvitationSent,
  type JoinAsked,
  type JoinRequest,
  type JoinRequestBody,
  type Role,
} from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { JoinRequestRow } from '../../platform/db/tables.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
import type { DomainService } from '../domains/domain-service.ts'
import type { InvitationService } from '../invitations/invitation-service.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import { isEmailAddress } from '../users/email-address.ts'
import type { UserService } from '../users/user-service.ts'
import type { JoinRequestStore } from './join-request-store.ts'
import { refusalMail } from './refusal-mail.ts'

export interface JoinRequestOptions {
  readonly requests: JoinRequestStore
  readonly store: Store
  readonly organizations: OrganizationService
  readonly invitations: InvitationService
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  readonly domains: DomainService
  /** Called when a mail that nobody waits for could not be made. */
  readonly onError: (error: unknown) => void
  /** Throws for people of that role whom a password does not let in. */
  readonly requirePasswordAllowed: (newcomer: {
    readonly id: null
    readonly organizationId: string
    readonly role: Role
  }) => Promise<void>
}

/** Where somebody asks from. */
interface JoinOrigin {
  readonly ipAddress: string
  readonly requestId: string
  readonly baseUrl: string
}

const MAX_WAITING = 500
const REQUESTS_PER_HOUR = 20
const MAILS_PER_HOUR = 3
const HOUR_MS = 60 * 60_000
/** How long somebody who was refused cannot ask again. */
const REFUSAL_LASTS_MS = 30 * 24 * HOUR_MS

/**
 * Lets people ask to join an organization. Whoever asks learns nothing about who is in it; whoever is accepted gets an
 * invitation, whose link proves that the e-mail is theirs.
 */
export class JoinRequestService {
  readonly #options: JoinRequestOptions
  readonly #requestsPerAddress: AttemptLimit
  readonly #mailsPerAccount: AttemptLimit

  constructor(options: JoinRequestOptions) {
    this.#options = options
    this.#requestsPerAddress = new AttemptLimit(
      { policy: 'join-requests-per-address', maxFailures: REQUESTS_PER_HOUR, windowMs: HOUR_MS },
      options.clock,
    )
    this.#mailsPerAccount = new AttemptLimit(
      { policy: 'join-requests-per-email', maxFailures: MAILS_PER_HOUR, windowMs: HOUR_MS },
      options.clock,
    )
  }

  /** Whether one may ask; false as well for an organization that there is not. */
  async isOpen(organizationId: string | undefined): Promise<boolean> {
    const { domains, organizations } = this.#options
    if ((await organizations.findTakingRequests(organizationId)) !== null) return true
    return domains.hasAutoJoin(organizationId)
  }

  /**
   * Keeps the request, unless the e-mail is known already: who asks is told the same. Who has an e-mail at a domain whose
   * people join by themselves is mailed a link instead.
   */
  async ask(body: JoinRequestBody, origin: JoinOrigin): Promise<JoinAsked> {
    const { activity, clock, domains, organizations, requests, store, users } = this.#options
    this.#requestsPerAddress.count(origin.ipAddress)
    const email = body.email.trim()
    if (!isEmailAddress(email)) {
      throw new AppError('invalid_request', 'This is not an e-mail address; it looks like name@example.org.')
    }
    const joinedId = await domains.findAutoJoin(email, body.organizationId)
    if (joinedId !== null) {
      await this.#mailLink(joinedId, email, origin)
      return { outcome: 'mailed' }
    }
    const namedId = body.organizationId ?? (await domains.findOwner(email))
    const organizationId = await organizations.findTakingRequests(namedId)
    if (organizationId === null) throw new AppError('not_found', 'Nobody can ask to join here; ask for an invitation.')
    await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      if (await users.isMember(transaction, organizationId, email)) return
      if ((await requests.countWaiting(transaction, organizationId)) >= MAX_WAITING) return
      const id = createId()
      const isNew = await requests.insert(transaction, {
        id,
        organization_id: organizationId,
        email,
        name: oneLine(body.name),
        message: body.message?.trim() ?? '',
        created_at: clock.now(),
      })
      if (!isNew) return
      await activity.record(transaction, {
        organizationId,
        actor: { kind: 'anonymous', id: null },
        type: 'join-request.created',
        assetType: 'join-request',
        assetId: id,
        requestId: origin.requestId,
        details: { email, ipAddress: origin.ipAddress },
      })
    })
    return { outcome: 'waiting' }
  }

  /** It does not wait for the mail, so that neither the answer nor its time tells whether somebody has the e-mail. */
  async #mailLink(organizationId: string, email: string, origin: JoinOrigin): Promise<void> {
    const { invitations, onError, organizations, requirePasswordAllowed, store } = this.#options
    this.#mailsPerAccount.count(email.toLowerCase())
    const role = await organizations.readDefaultRole(organizationId, store)
    await requirePasswordAllowed({ id: null, organizationId, role })
    invitations.inviteByDomain({ organizationId, email, role }, origin).catch(onError)
  }

  async list(principal: UserPrincipal): Promise<{ open: boolean; requests: JoinRequest[] }> {
    const { organizations, requests } = this.#options
    return {
      open: (await organizations.findTakingRequests(principal.organizationId)) !== null,
      requests: (await requests.list(principal.organizationId)).map(toJoinRequest),
    }
  }

  /** Invites the person with a role; the request is gone exactly when the invitation is there. */
  async accept(caller: UserCaller, id: string, role: Role, baseUrl: string): Promise<InvitationSent> {
    const { invitations, requests } = this.#options
    const waiting = await requests.list(caller.principal.organizationId)
    const request = waiting.find((row) => row.id === id)
    if (request === undefined) throw requestNotFound()
    return invitations.inviteWho(caller, { email: request.email, role }, baseUrl, async (transaction) => {
      const row = await this.#lock(transaction, caller, id)
      await requests.delete(transaction, row.id)
      await this.#record(transaction, caller, 'join-request.accepted', row, { role })
    })
  }

  /** Tells the person by mail, and takes no further request of theirs for thirty days. */
  async refuse(caller: UserCaller, id: string): Promise<void> {
    const { clock, mailer, organizations, requests, store, users } = this.#options
    const { organizationId } = caller.principal
    const row = await store.transaction().execute(async (transaction) => {
      await users.holdRight(transaction, caller.principal, 'user.invite')
      const locked = await this.#lock(transaction, caller, id)
      await requests.markRefused(transaction, id, clock.now())
      await this.#record(transaction, caller, 'join-request.refused', locked, {})
      return locked
    })
    const { name } = await organizations.get(caller.principal)
    await mailer.deliver(refusalMail({ organizationId, organizationName: name, email: row.email }))
  }

  async sweep(now: Date): Promise<void> {
    await this.#options.requests.deleteRefused(new Date(now.getTime() - REFUSAL_LASTS_MS))
  }

  async #lock(transaction: Store, caller: UserCaller, id: string): Promise<JoinRequestRow> {
    const row = await this.#options.requests.lock(transaction, caller.principal.organizationId, id)
    if (row === null) throw requestNotFound()
    return row
  }

  #record(transaction: Store, caller: UserCaller, type: string, row: JoinRequestRow, details: object): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId: row.organization_id,
      actor: actorOf(caller.principal),
      type,
      assetType: 'join-request',
      assetId: row.id,
      requestId: caller.requestId,
      details: { email: row.email, ...details },
    })
  }
}

function requestNotFound(): AppError {
  return new AppError('not_found', 'There is no such request; another admin may have answered it.')
}

function toJoinRequest(row: JoinRequestRow): JoinRequest {
  const { created_at: createdAt, email, id, message, name } = row
  return { id, email, name, message, createdAt: createdAt.toISOString() }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
