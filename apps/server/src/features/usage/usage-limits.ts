import { AppError, DEFAULT_RESETS_ON, type RefusalRule } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { dayAfter, dayOf, quotaYearOf } from './quota-year.ts'
import { type MeteredPrincipal, userOf } from './usage-meter.ts'
import { readUnits, readUsageSettings, readUsedLimits, type UsedLimit } from './usage-store.ts'

/** A standing is read anew behind the back of whoever asks after this time, in milliseconds. */
const FRESH_MS = 1_500
/** And waited for after this: a limit holds on every server within five seconds of what reached or changed it. */
const HELD_MS = 3_000

/** How an organization stands in its quota year. */
export interface UsageStanding {
  readonly year: { readonly start: string; readonly end: string }
  readonly revision: number
  readonly resetsOn: string
  readonly yearlyUnits: number | null
  /** Of everybody together; 0 where there is no quota to hold it against. */
  readonly used: number
  readonly limits: readonly UsedLimit[]
  /** Who has reached a limit, with the first that they did. */
  readonly reached: ReadonlyMap<string, UsedLimit>
}

interface Known {
  readonly standing: UsageStanding
  /** As of `performance.now()`: the answer may be newer. */
  readonly askedAt: number
}

export interface UsageLimitsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  readonly now?: () => number
}

/** Who may go on using the APIs, from memory: the store is asked every other second, and only while somebody comes. */
export class UsageLimits {
  readonly #options: UsageLimitsOptions
  readonly #now: () => number
  readonly #known = new LRUCache<string, Known>({ max: 10_000 })
  readonly #reading = new Map<string, Promise<UsageStanding>>()

  constructor(options: UsageLimitsOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** True when the principal may go on, as far as memory knows that well enough. */
  recallOpen(principal: MeteredPrincipal): boolean {
    if (principal.kind === 'public-map') return true
    const known = this.#recall(principal.organizationId)
    return known !== undefined && !known.reached.has(userOf(principal))
  }

  /**
   * Throws `too_many_requests` when the principal, or a group of theirs, has used up a limit. A store that does not
   * answer keeps nobody out who was let in before: limits guard a budget and no right.
   */
  async require(principal: MeteredPrincipal): Promise<void> {
    if (principal.kind === 'public-map') return
    const { organizationId } = principal
    const standing = this.#recall(organizationId) ?? (await this.#readOrKeep(organizationId))
    const limit = standing?.reached.get(userOf(principal))
    if (standing === undefined || limit === undefined) return
    throw limitReached(limit, dayAfter(standing.year.end), principal.kind === 'token', this.#options.clock.now())
  }

  /** As the store has it now; all who ask at the same moment share one question. */
  read(organizationId: string): Promise<UsageStanding> {
    const earlier = this.#reading.get(organizationId)
    if (earlier !== undefined) return earlier
    const askedAt = this.#now()
    const { clock, store } = this.#options
    const reading = readStanding(store, organizationId, clock.now())
    this.#reading.set(organizationId, reading)
    // What was asked before a change of our own is not remembered after it.
    const isCurrent = () => this.#reading.get(organizationId) === reading
    reading.then(
      (standing) => {
        if (isCurrent()) this.#known.set(organizationId, { standing, askedAt })
        if (isCurrent()) this.#reading.delete(organizationId)
      },
      () => {
        if (isCurrent()) this.#reading.delete(organizationId)
      },
    )
    return reading
  }

  /** Reads what was just written, while memory answers from before. */
  refresh(organizationId: string): Promise<UsageStanding> {
    this.#reading.delete(organizationId)
    return this.read(organizationId)
  }

  /** Reads anew next time, after a change of our own. */
  forget(organizationId: string): void {
    this.#known.delete(organizationId)
    this.#reading.delete(organizationId)
  }

  #recall(organizationId: string): UsageStanding | undefined {
    const known = this.#known.get(organizationId)
    if (known === undefined) return undefined
    const age = this.#now() - known.askedAt
    if (age >= HELD_MS) return undefined
    if (age >= FRESH_MS && !this.#reading.has(organizationId)) this.read(organizationId).catch(this.#options.onError)
    return known.standing
  }

  async #readOrKeep(organizationId: string): Promise<UsageStanding | undefined> {
    try {
      return await this.read(organizationId)
    } catch (error) {
      this.#options.onError(error)
      return this.#known.get(organizationId)?.standing
    }
  }
}

/** The standing of an organization, from the store. */
export async function readStanding(store: Store, organizationId: string, now: Date): Promise<UsageStanding> {
  const record = await readUsageSettings(store, organizationId)
  const { revision = 0, resetsOn = DEFAULT_RESETS_ON, yearlyUnits = null } = record ?? {}
  const year = quotaYearOf(dayOf(now), resetsOn)
  // Who never set anything has no limits either.
  const limits = record === null ? [] : await readUsedLimits(store, organizationId, year.start)
  const used = yearlyUnits === null ? 0 : await readUnits(store, organizationId, null, year.start)
  const reached = new Map<string, UsedLimit>()
  for (const limit of limits) {
    if (limit.used < limit.units) continue
    for (const userId of limit.userIds) if (!reached.has(userId)) reached.set(userId, limit)
  }
  return { year, revision, resetsOn, yearlyUnits, used, limits, reached }
}

function limitReached(limit: UsedLimit, resetsAt: string, isToken: boolean, now: Date): AppError {
  const rule: RefusalRule = limit.kind === 'user' ? 'usage.person' : 'usage.group'
  const units = limit.units.toLocaleString('en')
  const group = limit.name.replace(/\s+/g, ' ')
  const whose = isToken ? 'The owner of this token has' : 'You have'
  const who = limit.kind === 'user' ? whose : `The group "${group}" has`
  return new AppError(
    'too_many_requests',
    `${who} used up the limit of ${units} units, which counts anew on ${resetsAt}: ask an admin of the organization to raise it.`,
    {
      details: {
        rule,
        limit: limit.units,
        resetsAt,
        retryAfterSeconds: Math.max(1, Math.ceil((Date.parse(resetsAt) - now.getTime()) / 1000)),
      },
    },
  )
}
