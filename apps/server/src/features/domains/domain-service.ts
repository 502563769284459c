import {
  AppError,
  type OrganizationDomain,
  type OrganizationDomainList,
  type OrganizationPlan,
} from '@graticule/contract'
import { ADMIN_ROLES, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { LookUpTxt } from '../../platform/dns/look-up-txt.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import { requireSamePlan, withVersion } from '../settings/versioned-plan.ts'
import type { UserService } from '../users/user-service.ts'
import { failingDomainMail } from './domain-mail.ts'
import { challengeName, emailDomain, readDomain } from './domain-name.ts'
import type { DomainRow, DomainStore } from './domain-store.ts'
import { markVerified, newClaim } from './verified-domain.ts'

export interface DomainServiceOptions {
  readonly domains: DomainStore
  readonly store: Store
  readonly organizations: OrganizationService
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
  readonly mailer: Mailer
  readonly lookUpTxt: LookUpTxt
}

const MAX_DOMAINS = 50
const DAY_MS = 24 * 60 * 60_000
/** How often DNS is asked again about a domain that it confirms. */
const RECHECK_EVERY_MS = DAY_MS
/** How long DNS may fail to confirm a domain before it has to be verified anew. */
const GRACE_DAYS = 7
/** A name server that does not answer costs some seconds, so one sweep asks only so often. */
const CHECKS_PER_SWEEP = 50

/** The domains of an organization: claimed by its admins, proved by DNS, and asked about again day by day. */
export class DomainService {
  readonly #options: DomainServiceOptions

  constructor(options: DomainServiceOptions) {
    this.#options = options
  }

  async list({ organizationId }: UserPrincipal): Promise<OrganizationDomainList> {
    const { domains, mailer, organizations } = this.#options
    return {
      autoJoin: await organizations.readAutoJoin(organizationId),
      canMail: mailer.hasServer,
      domains: (await domains.list(organizationId)).map(toDomain),
    }
  }

  /** The domains that count: proved, and confirmed by DNS until now. */
  async listVerified(organizationId: string, transaction: Store): Promise<string[]> {
    const rows = await this.#options.domains.list(organizationId, transaction)
    return rows.filter((row) => row.verified_at !== null && row.failing_since === null).map(({ domain }) => domain)
  }

  /** Claims a domain, which counts for nothing until it is verified. */
  async add(caller: UserCaller, text: string): Promise<OrganizationDomain> {
    const { activity, clock, domains, store } = this.#options
    const { organizationId } = caller.principal
    const row = newClaim(organizationId, readDomain(text), clock.now())
    await store
      .transaction()
      .execute(async (transaction) => {
        await this.#hold(transaction, caller)
        if ((await domains.list(organizationId, transaction)).length >= MAX_DOMAINS) {
          throw new AppError('conflict', `An organization has ${MAX_DOMAINS} domains at most; remove one first.`, {
            details: { rule: 'domain-claim.limit' },
          })
        }
        await domains.insert(transaction, row)
        await activity.record(transaction, eventOf(caller, 'domain.added', row))
      })
      .catch((error: unknown) => {
        if (!isUniqueViolation(error, 'organization_domains_claim')) throw error
        throw new AppError('conflict', `${row.domain} is in the list already.`, {
          details: { rule: 'domain-claim.known' },
        })
      })
    return toDomain(row)
  }

  /** Asks DNS for the record. Throws `conflict` with what to do when it is not there, or the domain is another's. */
  async verify(caller: UserCaller, id: string): Promise<OrganizationDomain> {
    const { activity, clock, domains, store } = this.#options
    const { organizationId } = caller.principal
    const found = await domains.find(organizationId, id)
    if (found === null) throw domainNotFound()
    const answer = await this.#ask(found)
    if (answer === 'silence') {
      throw new AppError('conflict', 'No name server answered within some seconds; try again in a moment.', {
        details: { rule: 'domain-record.unanswered' },
      })
    }
    if (answer === 'absent') {
      throw new AppError(
        'conflict',
        `DNS does not show the TXT record ${challengeName(found.domain)} with ${found.challenge} yet; it can take an hour after you add it.`,
        { details: { rule: 'domain-record' } },
      )
    }
    await store.transaction().execute(async (transaction) => {
      await this.#hold(transaction, caller)
      const row = await domains.find(organizationId, id, transaction)
      if (row === null) throw domainNotFound()
      const actor = actorOf(caller.principal)
      await markVerified(transaction, row, 'dns', {
        activity,
        actor,
        domains,
        at: clock.now(),
        requestId: caller.requestId,
      })
    })
    const row = await domains.find(organizationId, id)
    if (row === null) throw domainNotFound()
    return toDomain(row)
  }

  /** What giving a domain up would do, by name; changes nothing. */
  async planRemoval(principal: UserPrincipal, id: string): Promise<OrganizationPlan> {
    return this.#options.store
      .transaction()
      .execute(async (transaction) => withVersion(await this.#planRemoval(transaction, principal, id)))
  }

  async #planRemoval(transaction: Store, { organizationId }: UserPrincipal, id: string) {
    const { domains, organizations } = this.#options
    const row = await domains.find(organizationId, id, transaction)
    if (row === null) throw domainNotFound()
    const isVerified = row.verified_at !== null && row.failing_since === null
    const effects = await organizations.planWithoutDomain(transaction, organizationId, isVerified ? row.domain : null)
    return { effects, problems: [] as string[] }
  }

  /** Gives a domain up: from now on nobody joins by it, and another organization may prove it. */
  async remove(caller: UserCaller, id: string, planVersion?: string): Promise<void> {
    const { activity, domains, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      await this.#hold(transaction, caller)
      const row = await domains.find(caller.principal.organizationId, id, transaction)
      if (row === null) throw domainNotFound()
      if (planVersion !== undefined) {
        requireSamePlan(await this.#planRemoval(transaction, caller.principal, id), planVersion, 'domain.plan')
      }
      await domains.delete(transaction, id)
      await activity.record(transaction, eventOf(caller, 'domain.removed', row))
    })
  }

  /** The organization that somebody with that e-mail joins without being asked in; null for none. */
  async findAutoJoin(email: string, organizationId: string | undefined): Promise<string | null> {
    const owner = await this.#options.domains.findOwner(emailDomain(email))
    if (owner === null || !owner.autoJoin || !this.#options.mailer.hasServer) return null
    return organizationId === undefined || organizationId === owner.organizationId ? owner.organizationId : null
  }

  /** The organization whose domain the e-mail is at; undefined for none. */
  async findOwner(email: string): Promise<string | undefined> {
    return (await this.#options.domains.findOwner(emailDomain(email)))?.organizationId
  }

  /** Whether somebody could join the organization, or any of them, by a domain. */
  async hasAutoJoin(organizationId: string | undefined): Promise<boolean> {
    return this.#options.mailer.hasServer && (await this.#options.domains.hasAutoJoin(organizationId))
  }

  /** Throws `invalid_credentials` for somebody who would join by a domain that does not let people join any more. */
  async requireAutoJoin(transaction: Store, organizationId: string, email: string): Promise<void> {
    const owner = await this.#options.domains.findOwner(emailDomain(email), transaction)
    if (owner?.organizationId === organizationId && owner.autoJoin) return
    throw new AppError(
      'invalid_credentials',
      'People with an e-mail at your domain do not join by themselves any more, so ask an admin for an invitation.',
    )
  }

  /** Asks DNS again about what it has confirmed before; tells admins of what it does not confirm any more. */
  async sweep(now: Date): Promise<void> {
    const due = await this.#options.domains.listDue(new Date(now.getTime() - RECHECK_EVERY_MS), CHECKS_PER_SWEEP)
    for (const row of due) {
      const isConfirmed = (await this.#ask(row)) === 'present'
      const isNews = await this.#options.store
        .transaction()
        .execute((transaction) => this.#noteCheck(transaction, row.id, isConfirmed, now))
      if (isNews && !isConfirmed) await this.#tellAdmins(row)
    }
  }

  /** Whether the check changed something; of several servers that check at once one is told so. */
  async #noteCheck(transaction: Store, id: string, isConfirmed: boolean, now: Date): Promise<boolean> {
    const { activity, domains } = this.#options
    const row = await domains.lock(transaction, id)
    if (row?.verified_by !== 'dns') return false
    const record = (type: string) =>
      activity.record(transaction, {
        organizationId: row.organization_id,
        actor: SYSTEM_ACTOR,
        type,
        assetType: 'domain',
        assetId: id,
        details: { domain: row.domain },
      })
    const failingSince = isConfirmed ? null : (row.failing_since ?? now)
    const isOver = failingSince !== null && now.getTime() - failingSince.getTime() >= GRACE_DAYS * DAY_MS
    await domains.update(transaction, id, {
      checked_at: now,
      failing_since: isOver ? null : failingSince,
      ...(isOver && { verified_at: null, verified_by: null }),
    })
    if (isOver) await record('domain.lapsed')
    else if (failingSince !== null && row.failing_since === null) await record('domain.failing')
    else if (failingSince === null && row.failing_since !== null) await record('domain.confirmed')
    else return false
    return !isOver
  }

  async #tellAdmins(row: DomainRow): Promise<void> {
    const { mailer, users } = this.#options
    const people = await users.listPrincipals(row.organization_id)
    for (const { person, principal } of people) {
      if (ADMIN_ROLES.includes(principal.role)) await mailer.deliver(failingDomainMail(row, person.email, GRACE_DAYS))
    }
  }

  async #ask({ challenge, domain }: DomainRow): Promise<'present' | 'absent' | 'silence'> {
    try {
      const texts = await this.#options.lookUpTxt(challengeName(domain))
      return texts.some((text) => text.trim() === challenge) ? 'present' : 'absent'
    } catch {
      return 'silence'
    }
  }

  async #hold(transaction: Store, { principal }: UserCaller): Promise<void> {
    await this.#options.users.holdSeats(transaction, principal.organizationId)
    await this.#options.users.holdRight(transaction, principal, 'domain.manage')
  }
}

function domainNotFound(): AppError {
  return new AppError('not_found', 'There is no such domain in your organization.')
}

function toDomain(row: DomainRow): OrganizationDomain {
  return {
    id: row.id,
    domain: row.domain,
    verifiedBy: row.verified_by,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    failingSince: row.failing_since?.toISOString() ?? null,
    record: { name: challengeName(row.domain), value: row.challenge },
  }
}

function eventOf({ principal, requestId }: UserCaller, type: string, row: DomainRow) {
  return {
    organizationId: row.organization_id,
    actor: actorOf(principal),
    type,
    assetType: 'domain',
    assetId: row.id,
    requestId,
    details: { domain: row.domain },
  }
}
