import type { Principal } from '@graticule/policy'
import { sql } from 'kysely'
import type { Clock } from '../clock/clock.ts'
import { type Store, toJson } from '../db/database.ts'
import { createId } from '../db/ids.ts'
import { hasSqlState } from '../db/store-errors.ts'
import type { ActivityTable } from '../db/tables.ts'

/** Who did something: the principal's kind and id, or the system itself. */
export interface ActivityActor {
  readonly kind: ActivityTable['actor_kind']
  readonly id: string | null
  /** Who was really there, while they looked as this person. */
  readonly viewedBy?: string
}

export const SYSTEM_ACTOR: ActivityActor = { kind: 'system', id: null }

/** In the place of a principal, for a change that no person asked for. */
export interface SystemPrincipal {
  readonly kind: 'system'
}

/** One thing that happened. Details are shown to admins: never secrets, never rows of data. */
export interface ActivityEntry {
  readonly organizationId: string | null
  readonly actor: ActivityActor
  /** Dotted, such as `session.created`, `map.updated`, `warehouse.statement`. */
  readonly type: string
  readonly assetType?: string
  readonly assetId?: string
  readonly requestId?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The longest that a queued event waits before it is written, in milliseconds. */
const GROUP_COMMIT_MS = 200
/** A store that fails is tried again after twice as long each time, up to this. */
const MAX_RETRY_MS = 10_000
const MAX_BATCH = 500
/** Beyond this the oldest waiting events are given up and counted, rather than memory without bound. */
const MAX_WAITING = 50_000

const FOREIGN_KEY_VIOLATION = '23503'

type StampedEntry = ActivityEntry & { readonly id: string; readonly at: Date }

/**
 * Writes the activity log. Changes record their event in their own transaction; warehouse statements and reads are
 * queued and written in order, in batches.
 */
export class ActivityLog {
  readonly #store: Store
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  #waiting: StampedEntry[] = []
  #lostCount = 0
  #delayMs = GROUP_COMMIT_MS
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(store: Store, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store
    this.#clock = clock
    this.#onError = onError
  }

  /** Records an event in the transaction of the change it tells of: both happen or neither. */
  async record(transaction: Store, entry: ActivityEntry): Promise<void> {
    await transaction
      .insertInto('activity')
      .values(toRow(this.#stamp(entry)))
      .execute()
  }

  /** As `record`, for the many events of one change. */
  async recordAll(transaction: Store, entries: readonly ActivityEntry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += MAX_BATCH) {
      const rows = entries.slice(start, start + MAX_BATCH).map((entry) => toRow(this.#stamp(entry)))
      await transaction.insertInto('activity').values(rows).execute()
    }
  }

  /** Queues an event; it is in the store within about 200 ms, after all events queued before it. Never throws. */
  enqueue(entry: ActivityEntry): void {
    this.#waiting.push(this.#stamp(entry))
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift()
      this.#lostCount += 1
    }
    this.#schedule()
  }

  /** Resolves when everything queued so far has been written, or has failed to be and waits for another try. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#writeWaiting())
    await this.#writing
  }

  #stamp(entry: ActivityEntry): StampedEntry {
    return { ...entry, id: createId(), at: this.#clock.now() }
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#writing = this.#writing.then(() => this.#writeWaiting())
    }, this.#delayMs).unref()
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MAX_BATCH)
      try {
        await this.#store.insertInto('activity').values(batch.map(toRow)).execute()
      } catch (error) {
        if (await this.#dropOfDeleted(batch, error)) continue
        this.#onError(error)
        this.#delayMs = Math.min(this.#delayMs * 2, MAX_RETRY_MS)
        this.#schedule()
        return
      }
      this.#delayMs = GROUP_COMMIT_MS
      const written = new Set(batch)
      this.#waiting = this.#waiting.filter((entry) => !written.has(entry))
      this.#noteLost()
    }
  }

  /** Gives up what an organization did that has been deleted since, so that it does not stand in the way of the rest. */
  async #dropOfDeleted(batch: readonly StampedEntry[], error: unknown): Promise<boolean> {
    if (!hasSqlState(error, FOREIGN_KEY_VIOLATION)) return false
    const ids = new Set(batch.flatMap(({ organizationId }) => (organizationId === null ? [] : [organizationId])))
    const query = this.#store
      .selectFrom('organizations')
      .select('id')
      .where('id', 'in', [...ids])
    const rows = await query.execute().catch(() => null)
    if (rows === null) return false
    for (const { id } of rows) ids.delete(id)
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter(({ organizationId }) => organizationId === null || !ids.has(organizationId))
    return this.#waiting.length < before
  }

  /** A gap in the log is itself an event, so that nobody mistakes silence for nothing having happened. */
  #noteLost(): void {
    if (this.#lostCount === 0) return
    const details = { lostEvents: this.#lostCount }
    this.#lostCount = 0
    this.#waiting.push(this.#stamp({ organizationId: null, actor: SYSTEM_ACTOR, type: 'activity.gap', details }))
  }
}

/** The actor that a principal is in the log. */
export function actorOf(principal: Principal | SystemPrincipal): ActivityActor {
  switch (principal.kind) {
    case 'system':
      return SYSTEM_ACTOR
    case 'user':
      return {
        kind: 'user',
        id: principal.userId,
        ...(principal.viewedBy && { viewedBy: principal.viewedBy.userId }),
      }
    case 'token':
      return { kind: 'token', id: principal.tokenId }
    case 'public-map':
      return { kind: 'public-map', id: principal.mapId }
    case 'anonymous':
      return { kind: 'anonymous', id: null }
  }
}

function toRow(entry: StampedEntry) {
  return {
    id: entry.id,
    organization_id: entry.organizationId,
    at: entry.at,
    actor_kind: entry.actor.kind,
    actor_id: entry.actor.id,
    type: entry.type,
    asset_type: entry.assetType ?? null,
    asset_id: entry.assetId ?? null,
    request_id: entry.requestId ?? null,
    details: toJson({ ...entry.details, ...(entry.actor.viewedBy && { viewedBy: entry.actor.viewedBy }) }),
    // Looked up here, so that nobody who records what a person did can forget it.
    support_grant_id:
      entry.actor.kind === 'user'
        ? sql<string | null>`(SELECT users.support_grant_id FROM users WHERE users.id = ${entry.actor.id})`
        : null,
  }
}
