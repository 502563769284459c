import { AppError, type UsageLimitsBody, type UsageQuery, type UsageReport, type UsageRow } from '@graticule/contract'
import { type Action, ADMIN_ROLES, can, type Principal, QUOTA_NOTICES, type UserPrincipal } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Mailer } from '../../platform/mail/mailer.ts'
import type { UserService } from '../users/user-service.ts'
import { dayOf, isDay } from './quota-year.ts'
import { readStanding, type UsageLimits, type UsageStanding } from './usage-limits.ts'
import type { UsageLine } from './usage-line.ts'
import { quotaMail } from './usage-mail.ts'
import {
  insertNotice,
  listUsage,
  lockUsageSettings,
  readUnits,
  removeUsageLimit,
  type StoredLimit,
  sumUsage,
  type UsageNotice,
  type UsagePart,
  writeUsageSettings,
} from './usage-store.ts'

/** Quota and limits as they are to be. */
export type UsageSettings = Omit<UsageLimitsBody, 'revision'>

/** Rows that a report tells; the file has all. */
const MAX_ROWS = 400
/** Lines that are read at once for a file. */
const FILE_BATCH = 1_000

export interface UsageServiceOptions {
  readonly store: Store
  readonly clock: Clock
  readonly activity: ActivityLog
  readonly mailer: Mailer
  readonly limits: UsageLimits
  readonly users: UserService
  readonly listGroups: (organizationId: string, transaction: Store) => Promise<readonly { id: string; name: string }[]>
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  readonly mayOpenMap: (principal: Principal, mapId: string) => Promise<boolean>
}

/** Tells what was used, and keeps the quota of an organization and the limits of its people and groups. */
export class UsageService {
  readonly #options: UsageServiceOptions
  /** What this server knows to have been told. */
  readonly #told = new LRUCache<string, true>({ max: 10_000 })

  constructor(options: UsageServiceOptions) {
    this.#options = options
  }

  /** What everybody used, or `mine` alone. That one may ask was decided by the route's action. */
  async report(principal: UserPrincipal, query: UsageQuery, scope: 'all' | 'mine'): Promise<UsageReport> {
    const { clock, store } = this.#options
    const { organizationId } = principal
    const standing = await readStanding(store, organizationId, clock.now())
    const part = this.#partOf(principal, query, scope, standing)
    const { by = 'day' } = query
    const sums = await sumUsage(store, part, by, MAX_ROWS + 1)
    const rows = sums.slice(0, MAX_ROWS)
    const isMine = scope === 'mine'
    const { limits, resetsOn, revision, year, yearlyUnits } = standing
    const bound = limits.filter(({ userIds }) => !isMine || userIds.includes(principal.userId))
    return {
      by,
      from: part.from,
      to: part.to,
      rows: by === 'map' ? await this.#nameMaps(principal, rows) : rows,
      isComplete: sums.length <= MAX_ROWS,
      year: {
        ...year,
        used: await readUnits(store, organizationId, isMine ? principal.userId : null, year.start),
        quota: isMine ? null : yearlyUnits,
      },
      limits: bound.map(({ id, kind, name, units, used }) => ({ kind, id, name, units, used })),
      resetsOn,
      revision,
    }
  }

  /** Every line of the usage, the oldest first; a period that is none is refused at once. */
  async lines(caller: UserCaller, query: UsageQuery, scope: 'all' | 'mine'): Promise<AsyncIterable<UsageLine>> {
    const { clock, store } = this.#options
    const standing = await readStanding(store, caller.principal.organizationId, clock.now())
    return this.readLines(this.#partOf(caller.principal, query, scope, standing), caller.signal)
  }

  /** Every line of a part of the usage, the oldest first. */
  async *readLines(part: UsagePart, signal: AbortSignal): AsyncGenerator<UsageLine> {
    let after: UsageLine | null = null
    for (;;) {
      signal.throwIfAborted()
      const lines: UsageLine[] = await listUsage(this.#options.store, part, after, FILE_BATCH)
      yield* lines
      if (lines.length < FILE_BATCH) return
      after = lines.at(-1) ?? null
    }
  }

  async update(caller: UserCaller, { revision, ...next }: UsageLimitsBody): Promise<UsageReport> {
    const { principal, requestId } = caller
    const { organizationId } = principal
    const { holdRight, limits, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      await holdRight(transaction, principal, 'usage.limit')
      const [problem] = await this.findProblems(transaction, organizationId, next.limits)
      if (problem !== undefined) throw new AppError('rule_violated', problem, { details: { rule: 'usage.subject' } })
      await this.apply(transaction, { organizationId, actor: actorOf(principal), requestId }, next, revision)
    })
    limits.forget(organizationId)
    return this.report(principal, {}, 'all')
  }

  /** Why these limits cannot be, a sentence each. */
  async findProblems(transaction: Store, organizationId: string, limits: readonly StoredLimit[]): Promise<string[]> {
    const { listGroups, users } = this.#options
    const people = new Set((await users.listPrincipals(organizationId, transaction)).map(({ person }) => person.id))
    const groups = new Set((await listGroups(organizationId, transaction)).map(({ id }) => id))
    const isKnown = ({ kind, id }: StoredLimit) => (kind === 'user' ? people : groups).has(id)
    const keys = limits.map(({ kind, id }) => `${kind}/${id}`)
    return [
      ...(limits.every(isKnown)
        ? []
        : ['A limit is for somebody who is not here any more, or for a group that is gone: load the limits again.']),
      ...(new Set(keys).size === keys.length ? [] : ['Somebody or a group has two limits: leave one of them.']),
    ]
  }

  /** Takes away the limit of somebody who is being deleted. */
  async forgetPerson(transaction: Store, userId: string): Promise<void> {
    await removeUsageLimit(transaction, userId)
  }

  /** How things stand, as of a transaction. */
  readStanding(organizationId: string, transaction: Store): Promise<UsageStanding> {
    return readStanding(transaction, organizationId, this.#options.clock.now())
  }

  /**
   * Makes these the quota and limits, with an event of what changed; false when they are already. The caller of this has
   * decided that the person may and that nothing speaks against them.
   */
  async apply(
    transaction: Store,
    change: OrganizationChange,
    next: UsageSettings,
    expectedRevision?: number,
  ): Promise<boolean> {
    const { organizationId } = change
    await lockUsageSettings(transaction, organizationId, next.resetsOn)
    const standing = await this.readStanding(organizationId, transaction)
    if (expectedRevision !== undefined && expectedRevision !== standing.revision) {
      const sentence = 'Somebody changed the quota or the limits meanwhile; load them again before you save.'
      throw new AppError('conflict', sentence, { details: { rule: 'usage.revision', revision: standing.revision } })
    }
    const before = settingsOf(standing)
    const after = { ...next, limits: inOrder(next.limits) }
    if (standing.revision > 0 && canonicalJson(before) === canonicalJson(after)) return false
    await writeUsageSettings(transaction, organizationId, after)
    const details = { from: before, to: after }
    await recordOrganizationChange(this.#options.activity, transaction, change, 'usage.limits-updated', details)
    return true
  }

  /** After a change by `apply`, once its transaction has ended. */
  afterChange(organizationId: string): void {
    this.#options.limits.forget(organizationId)
  }

  /** Tells, once for all servers, that a share of the quota or a limit was reached. */
  async noteUse(organizationId: string): Promise<void> {
    const standing = await this.#options.limits.refresh(organizationId)
    for (const notice of noticesOf(standing)) {
      const key = canonicalJson({ organizationId, ...notice })
      if (this.#told.has(key)) continue
      await this.#tell(organizationId, standing, notice)
      this.#told.set(key, true)
    }
  }

  async #tell(organizationId: string, standing: UsageStanding, notice: UsageNotice): Promise<void> {
    const { activity, mailer, store, users } = this.#options
    const { year, used } = standing
    const isNew = await store.transaction().execute(async (transaction) => {
      if (!(await insertNotice(transaction, organizationId, notice))) return false
      const { id, kind, share, units } = notice
      await activity.record(transaction, {
        organizationId,
        actor: SYSTEM_ACTOR,
        type: 'usage.quota-reached',
        assetType: kind,
        assetId: id,
        details: { share, units, yearEnd: year.end },
      })
      return true
    })
    if (!isNew || notice.kind !== 'organization') return
    const admins = (await users.listPrincipals(organizationId)).filter(
      ({ principal }) => ADMIN_ROLES.includes(principal.role) && principal.support === undefined,
    )
    for (const { person } of admins) {
      const { share, units: quota } = notice
      await mailer.deliver(quotaMail({ organizationId, to: person.email, share, used, quota, yearEnd: year.end }))
    }
  }

  #partOf(
    { organizationId, userId }: UserPrincipal,
    query: UsageQuery,
    scope: 'all' | 'mine',
    { year }: UsageStanding,
  ): UsagePart {
    const { from = year.start, to = dayOf(this.#options.clock.now()) } = query
    if (!isDay(from) || !isDay(to)) {
      throw new AppError('invalid_request', 'The parameters "from" and "to" must be days of the calendar.')
    }
    if (from > to) throw new AppError('invalid_request', 'The day "from" must not be after the day "to".')
    return { organizationId, from, to, userId: scope === 'mine' ? userId : null }
  }

  /** Names of maps are for those who may open them, or who see in reports what there is. */
  async #nameMaps(principal: UserPrincipal, rows: readonly UsageRow[]): Promise<UsageRow[]> {
    if (can(principal, 'access.report').allowed) return [...rows]
    return Promise.all(
      rows.map(async (row) => {
        const isOpen = row.name !== null && (await this.#options.mayOpenMap(principal, row.key))
        return isOpen ? row : { ...row, name: null }
      }),
    )
  }
}

/** Quota and limits as they stand. */
export function settingsOf({ limits, resetsOn, yearlyUnits }: UsageStanding): UsageSettings {
  return { yearlyUnits, resetsOn, limits: inOrder(limits.map(({ kind, id, units }) => ({ kind, id, units }))) }
}

function inOrder(limits: readonly StoredLimit[]): StoredLimit[] {
  const keyOf = ({ kind, id }: StoredLimit) => `${kind}/${id}`
  return [...limits].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** What a standing gives reason to tell of. */
function noticesOf({ limits, used, year, yearlyUnits }: UsageStanding): UsageNotice[] {
  const shares = yearlyUnits === null ? [] : QUOTA_NOTICES.filter((share) => used >= (yearlyUnits * share) / 100)
  return [
    ...shares.map((share) => ({
      yearStart: year.start,
      kind: 'organization' as const,
      id: '',
      share,
      units: yearlyUnits ?? 0,
    })),
    ...limits
      .filter((limit) => limit.used >= limit.units)
      .map(({ kind, id, units }) => ({ yearStart: year.start, kind, id, share: 100, units })),
  ]
}
