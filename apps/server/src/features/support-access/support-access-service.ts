import {
  AppError,
  type SupportEnableBody,
  type SupportEnabled,
  type SupportGrant,
  type SupportLink,
  type UserSummary,
} from '@graticule/contract'
import { authorize, decideReceiver, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, type SystemPrincipal } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { Mail, Mailer } from '../../platform/mail/mailer.ts'
import { isEmailAddress } from '../users/email-address.ts'
import type { HandoverCaller } from '../users/handover.ts'
import { personNotFound } from '../users/person-not-found.ts'
import { factsOf } from '../users/person-summary.ts'
import type { EndedStay, UserChangeService } from '../users/user-change-service.ts'
import type { UserService } from '../users/user-service.ts'
import {
  type ListedSupportGrant,
  type SupportGrantStore,
  type SupportPersonRow,
  stateOf,
} from './support-grant-store.ts'
import { type MailedGrant, supportEnabledMail, supportEndedMail, supportLinkMail } from './support-mail.ts'

export interface SupportAccessOptions {
  readonly grants: SupportGrantStore
  readonly store: Store
  readonly users: UserService
  readonly userChanges: UserChangeService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  /** Makes the one link that signs a person in, inside the transaction: earlier ones end. */
  readonly renewLink: (transaction: Store, userId: string, expiresAt: Date) => Promise<string>
  /** Takes back what these people have invited and nobody has accepted, inside the transaction. */
  readonly withdrawInvitations: (
    transaction: Store,
    caller: HandoverCaller,
    inviterIds: readonly string[],
  ) => Promise<void>
}

/** Who ends a grant: a person who revokes it, or time. */
interface Ending {
  readonly principal: UserPrincipal | SystemPrincipal
  readonly requestId: string | undefined
  /** Who is to get what its people own; the oldest admin where that one is gone or may own nothing. */
  readonly receiverId: string
}

const MANAGE = 'support-access.manage'
const DAY_MS = 24 * 60 * 60_000
/** Of a link; never longer than the grant. */
const LINK_LIFETIME_MS = DAY_MS

/**
 * Lets people in for a time who do not belong to the organization. They exist only for their grant: when it is revoked or
 * its time is over, their sessions end, they are deleted, and somebody of the organization has what they owned.
 */
export class SupportAccessService {
  readonly #options: SupportAccessOptions

  constructor(options: SupportAccessOptions) {
    this.#options = options
  }

  /** Every time that it was enabled, the latest first. */
  async list({ organizationId }: UserPrincipal): Promise<SupportGrant[]> {
    const { clock, grants } = this.#options
    const rows = await grants.list(organizationId)
    const people = await grants.listPeople(
      rows.map(({ id }) => id),
      clock.now(),
    )
    return rows.map((row) => toGrant(row, people, clock.now()))
  }

  /**
   * Begins a grant and makes its people. Throws `conflict` while another one is active, and for somebody who belongs to
   * the organization.
   */
  async enable(caller: UserCaller, body: SupportEnableBody, baseUrl: string): Promise<SupportEnabled> {
    const { activity, clock, grants, renewLink, store, users } = this.#options
    const { organizationId, userId } = caller.principal
    const emails = readEmails(body.emails)
    const id = createId()
    const now = clock.now()
    const expiresAt = new Date(now.getTime() + body.days * DAY_MS)
    const { grant, links, ended, admins } = await store.transaction().execute(async (transaction) => {
      const people = await users.holdPeople(transaction, organizationId, [userId])
      await this.#demandRight(transaction, caller)
      const ended = await this.#endOverdue(transaction, organizationId)
      if (ended === null && (await grants.findOpen(transaction, organizationId)) !== null) {
        throw new AppError(
          'conflict',
          'Support access is enabled already; revoke it first: a longer one is a grant with a record of its own.',
          { details: { rule: 'support-access.enabled' } },
        )
      }
      const { reason: text, role, days } = body
      const reason = text.trim()
      await grants.insert(transaction, {
        id,
        organization_id: organizationId,
        enabled_by: userId,
        role,
        reason,
        created_at: now,
        expires_at: expiresAt,
      })
      const event = { organizationId, actor: actorOf(caller.principal), requestId: caller.requestId }
      await activity.record(transaction, {
        ...event,
        type: 'support-access.enabled',
        assetType: 'support-grant',
        assetId: id,
        details: { role, days, expiresAt: expiresAt.toISOString(), reason, emails },
      })
      const links = new Map<string, string>()
      for (const email of emails) {
        const personId = await users.add(transaction, {
          organizationId,
          email,
          name: email,
          role,
          passwordHash: null,
          createdAt: now,
          supportGrantId: id,
        })
        const details = { email, role, method: 'support-access', grantId: id }
        await activity.record(transaction, {
          ...event,
          type: 'user.created',
          assetType: 'user',
          assetId: personId,
          details,
        })
        links.set(email, linkOf(baseUrl, await renewLink(transaction, personId, linkEnd(now, expiresAt))))
      }
      return {
        grant: await this.#get(transaction, organizationId, id),
        links,
        ended,
        admins: people.filter(({ isAdmin }) => isAdmin),
      }
    })
    if (ended !== null) await this.#noteEnded(ended)
    const mailed = describe(grant)
    const sent: SupportLink[] = []
    for (const [email, link] of links) sent.push(await this.#send(supportLinkMail(mailed, email, link), email, link))
    const { name } = grant.enabler
    await this.#tellAdmins(admins, userId, (to) => supportEnabledMail(mailed, to, name, emails))
    return { grant: toGrant(grant, await grants.listPeople([id], now), now), links: sent }
  }

  /** Gives somebody of an active grant a new link; the one before is refused from then on. */
  async renewLink(caller: UserCaller, grantId: string, personId: string, baseUrl: string): Promise<SupportLink> {
    const { activity, clock, grants, renewLink, store, users } = this.#options
    const { organizationId, userId } = caller.principal
    const now = clock.now()
    const { grant, email, link } = await store.transaction().execute(async (transaction) => {
      await users.holdPeople(transaction, organizationId, [userId, personId])
      await this.#demandRight(transaction, caller)
      const grant = await this.#getActive(transaction, organizationId, grantId)
      const person = (await grants.listPeople([grantId], now, transaction)).find(({ id }) => id === personId)
      if (person === undefined) throw personNotFound()
      const token = await renewLink(transaction, personId, linkEnd(now, grant.expires_at))
      await activity.record(transaction, {
        organizationId,
        actor: actorOf(caller.principal),
        type: 'support-access.link-renewed',
        assetType: 'support-grant',
        assetId: grantId,
        requestId: caller.requestId,
        details: { email: person.email, userId: personId },
      })
      return { grant, email: person.email, link: linkOf(baseUrl, token) }
    })
    return this.#send(supportLinkMail(describe(grant), email, link), email, link)
  }

  /** Ends a grant before its time; the receiver gets what its people own. */
  async revoke(caller: UserCaller, grantId: string, receiverId: string): Promise<void> {
    const { store, users } = this.#options
    const { organizationId, userId } = caller.principal
    const ended = await store.transaction().execute(async (transaction) => {
      const people = await users.holdPeople(transaction, organizationId, [userId, receiverId])
      await this.#demandRight(transaction, caller)
      const grant = await this.#getActive(transaction, organizationId, grantId)
      const receiver = people.find(({ id }) => id === receiverId) ?? null
      const decision = decideReceiver(organizationId, receiver && factsOf(receiver))
      if (!decision.allowed) {
        const code = receiver === null ? 'not_found' : 'rule_violated'
        throw new AppError(code, decision.reason, { details: { rule: decision.rule } })
      }
      return this.#end(transaction, grant, { ...caller, receiverId })
    })
    await this.#noteEnded(ended)
  }

  /** Ends the grants whose time is over: what their people owned goes to whoever enabled them, or to the oldest admin. */
  async sweep(): Promise<void> {
    const { clock, grants, store, users } = this.#options
    for (const organizationId of await grants.listOverdue(clock.now())) {
      const ended = await store.transaction().execute(async (transaction) => {
        await users.holdSeats(transaction, organizationId)
        return this.#endOverdue(transaction, organizationId)
      })
      if (ended !== null) await this.#noteEnded(ended)
    }
  }

  /** Null when there is none, or another server was faster. The caller holds the organization. */
  async #endOverdue(transaction: Store, organizationId: string): Promise<Ended | null> {
    const { clock, grants } = this.#options
    const grant = await grants.findOpen(transaction, organizationId)
    if (grant === null || grant.expires_at > clock.now()) return null
    const principal = { kind: 'system' } as const
    return this.#end(transaction, grant, { principal, requestId: undefined, receiverId: grant.enabled_by })
  }

  async #end(transaction: Store, grant: ListedSupportGrant, ending: Ending): Promise<Ended> {
    const { activity, clock, grants, userChanges } = this.#options
    const { id, organization_id: organizationId } = grant
    const { principal, requestId, receiverId } = ending
    const people = (await grants.listPeople([id], clock.now(), transaction)).filter((person) => !person.deleted_at)
    const caller = { principal, requestId }
    const userIds = people.map((person) => person.id)
    await this.#options.withdrawInvitations(transaction, caller, userIds)
    const stay = await userChanges.endStay(transaction, {
      caller,
      organizationId,
      grantId: id,
      userIds,
      receiverId,
    })
    const isRevoked = principal.kind === 'user'
    const by = isRevoked ? principal.userId : null
    await grants.markEnded(transaction, id, { at: clock.now(), by, receiverId: stay.receiver.id })
    await activity.record(transaction, {
      organizationId,
      actor: actorOf(principal),
      type: isRevoked ? 'support-access.revoked' : 'support-access.expired',
      assetType: 'support-grant',
      assetId: id,
      requestId,
      details: {
        emails: people.map(({ email }) => email),
        receiver: stay.receiver.email,
        receiverId: stay.receiver.id,
      },
    })
    return { grant, stay, endedBy: by }
  }

  async #noteEnded({ grant, stay, endedBy }: Ended): Promise<void> {
    await this.#options.userChanges.noteFollowed(stay.userIds)
    const mailed = describe(grant)
    const who = stay.admins.find(({ id }) => id === endedBy)?.name ?? null
    const receiver = stay.receiver.name
    await this.#tellAdmins(stay.admins, endedBy, (to) => supportEndedMail(mailed, to, { who, receiver }))
  }

  /** By the role that the caller has now, which stays theirs until the transaction ends. */
  async #demandRight(transaction: Store, { principal }: UserCaller): Promise<void> {
    authorize(await this.#options.users.holdPrincipal(transaction, principal), MANAGE)
  }

  async #get(transaction: Store, organizationId: string, id: string): Promise<ListedSupportGrant> {
    const grant = await this.#options.grants.find(organizationId, id, transaction)
    if (grant === null)
      throw new AppError('not_found', 'There is no such grant of support access in your organization.')
    return grant
  }

  async #getActive(transaction: Store, organizationId: string, id: string): Promise<ListedSupportGrant> {
    const grant = await this.#get(transaction, organizationId, id)
    if (stateOf(grant, this.#options.clock.now()) === 'active') return grant
    throw new AppError('conflict', 'This support access has ended already; enable it anew.', {
      details: { rule: 'support-access.ended' },
    })
  }

  /** Mails the link to the person it is for; where that cannot be, the caller passes it on. */
  async #send(mail: Mail, email: string, link: string): Promise<SupportLink> {
    const { mailer } = this.#options
    if (await mailer.deliver(mail)) return { email }
    return { email, link, ...(mailer.hasServer ? { mailFailed: true } : {}) }
  }

  /** Tells every admin but the one who did it. */
  async #tellAdmins(
    admins: readonly (UserSummary & { readonly id: string })[],
    exceptId: string | null,
    compose: (to: string) => Mail,
  ): Promise<void> {
    for (const { id, email } of admins) if (id !== exceptId) await this.#options.mailer.deliver(compose(email))
  }
}

/** A grant that has ended, for whoever ends the transaction. */
interface Ended {
  readonly grant: ListedSupportGrant
  readonly stay: EndedStay
  readonly endedBy: string | null
}

function describe(grant: ListedSupportGrant): MailedGrant {
  const { organization_id: organizationId, organization_name: organizationName, role, reason } = grant
  return { organizationId, organizationName, role, reason, expiresAt: grant.expires_at }
}

function readEmails(texts: readonly string[]): string[] {
  const emails = texts.map((text) => text.trim())
  const invalid = emails.find((email) => !isEmailAddress(email))
  if (invalid !== undefined) {
    throw new AppError('invalid_request', `"${invalid}" is not an e-mail address; it looks like name@example.org.`)
  }
  if (new Set(emails.map((email) => email.toLowerCase())).size < emails.length) {
    throw new AppError('invalid_request', 'Somebody is named twice; name each support person once.')
  }
  return emails
}

function linkEnd(now: Date, grantEnd: Date): Date {
  return new Date(Math.min(now.getTime() + LINK_LIFETIME_MS, grantEnd.getTime()))
}

/** The token stands behind a #, which browsers do not send: it comes to no log of a proxy. */
function linkOf(baseUrl: string, token: string): string {
  return `${baseUrl}/support#${token}`
}

function toGrant(row: ListedSupportGrant, people: readonly SupportPersonRow[], now: Date): SupportGrant {
  return {
    id: row.id,
    role: row.role,
    reason: row.reason,
    state: stateOf(row, now),
    enabledBy: row.enabler,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBy: row.ender,
    receiver: row.receiver,
    people: people
      .filter((person) => person.support_grant_id === row.id)
      .map((person) => ({
        id: person.id,
        name: person.name,
        email: person.email,
        lastSeenAt: person.last_seen_at?.toISOString() ?? null,
        ownedCount: person.owned_count,
        linkExpiresAt: person.link_expires_at?.toISOString() ?? null,
      })),
  }
}
