import { AppError, type InvitationSent, type JoinRequest, type JoinRequestBody, type Role } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { JoinRequestRow } from '../../platform/db/tables.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import { AttemptLimit } from '../auth/attempt-limit.ts'
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
}

const MAX_WAITING = 500
const REQUESTS_PER_HOUR = 20
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

  constructor(options: JoinRequestOptions) {
    this.#options = options
    this.#requestsPerAddress = new AttemptLimit({ maxFailures: REQUESTS_PER_HOUR, windowMs: HOUR_MS }, options.clock)
  }

  /** Whether one may ask; false as well for an organization that there is not. */
  async isOpen(organizationId: string | undefined): Promise<boolean> {
    return (await this.#options.organizations.findTakingRequests(organizationId)) !== null
  }

  /** Keeps the request, unless the e-mail is known already: who asks is told the same. */
  async ask(body: JoinRequestBody, origin: { readonly ipAddress: string; readonly requestId: string }): Promise<void> {
    const { activity, clock, organizations, requests, store, users } = this.#options
    this.#requestsPerAddress.count(origin.ipAddress)
    const email = body.email.trim()
    if (!isEmailAddress(email)) {
      throw new AppError('invalid_request', 'This is not an e-mail address. It looks like name@example.org.')
    }
    const organizationId = await organizations.findTakingRequests(body.organizationId)
    if (organizationId === null) throw new AppError('not_found', 'Nobody can ask to join here. Ask for an invitation.')
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
