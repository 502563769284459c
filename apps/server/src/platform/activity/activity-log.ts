import { randomBytes } from 'node:crypto'
import type { Principal } from '@graticule/policy'
import { type Insertable, sql } from 'kysely'
import type { Clock } from '../clock/clock.ts'
import { type Store, toJson } from '../db/database.ts'
import { createId } from '../db/ids.ts'
import { hasSqlState } from '../db/store-errors.ts'
import type { ActivityEventsTable, ActivityPersonalTable, ActivityTable } from '../db/tables.ts'
import { hashContent, hashPersonal } from './chain-form.ts'
import { EVENT_TYPES } from './event-types.ts'
import { separatePersonal } from './personal-details.ts'
import { currentOrigin, type RequestOrigin } from './request-origin.ts'

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
  /** Whether it came about; `ok` unless it says otherwise. */
  readonly outcome?: ActivityTable['outcome']
  /** Why it was denied or failed, as a word. */
  readonly reasonCode?: string
  /** The decision that is kept about a refusal. */
  readonly decisionId?: string
  /** Where the request came from is not kept of what happens with every look at a map. */
  readonly isRoutine?: boolean
}

/** The longest that a queued event waits before it is written, in milliseconds. */
const GROUP_COMMIT_MS = 200
/** A store that fails is tried again after twice as long each time, up to this. */
const MAX_RETRY_MS = 10_000
const MAX_BATCH = 500
/** Beyond this the oldest waiting events are given up and counted, rather than memory without bound. */
const MAX_WAITING = 50_000

const FOREIGN_KEY_VIOLATION = '23503'

type StampedEntry = ActivityEntry & {
  readonly id: string
  readonly at: Date
  readonly origin: RequestOrigin | null
}

/**
 * Writes the activity log. Changes record their event in their own transaction; warehouse statements and reads are
 * queued and written in order, in batches. The store numbers and chains the events when the transaction commits, so
 * that whoever records does so wherever it is convenient, and holds the chain for the length of a commit only.
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
    await insertEvents(transaction, [this.#stamp(entry)])
  }

  /** As `record`, for the many events of one change. */
  async recordAll(transaction: Store, entries: readonly ActivityEntry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += MAX_BATCH) {
      const batch = entries.slice(start, start + MAX_BATCH).map((entry) => this.#stamp(entry))
      await insertEvents(transaction, batch)
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
    const origin = entry.isRoutine ? null : currentOrigin()
    return { ...entry, id: createId(), at: this.#clock.now(), origin }
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
        await insertEvents(this.#store, batch)
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

/** One statement, so that an event is never without what belongs to it. */
async function insertEvents(store: Store, entries: readonly StampedEntry[]): Promise<void> {
  const rows = entries.map(toRows)
  const personal = rows.flatMap((row) => (row.personal === null ? [] : [row.personal]))
  const events = rows.map(({ event }) => event)
  if (personal.length === 0) await store.insertInto('activity_events').values(events).execute()
  else {
    await store
      .with('personal', (query) => query.insertInto('activity_personal').values(personal))
      .insertInto('activity_events')
      .values(events)
      .execute()
  }
}

function toRows(entry: StampedEntry) {
  const { actor, id, at, type, origin } = entry
  const details = { ...entry.details, ...(actor.viewedBy && { viewedBy: actor.viewedBy }) }
  const { lasting, personal } = separatePersonal(type, details)
  const outcome = entry.outcome ?? EVENT_TYPES[type]?.outcome ?? 'ok'
  const { reason } = lasting
  const kept = keepApart(id, personal, origin)
  const event = {
    id,
    organization_id: entry.organizationId,
    at,
    actor_kind: actor.kind,
    actor_id: actor.id,
    type,
    asset_type: entry.assetType ?? null,
    asset_id: entry.assetId ?? null,
    request_id: entry.requestId ?? null,
    session_id: origin?.sessionId ?? null,
    outcome,
    reason_code: entry.reasonCode ?? (outcome === 'ok' || typeof reason !== 'string' ? null : reason),
    decision_id: entry.decisionId ?? null,
    details: toJson(lasting),
    personal_hash: kept && Buffer.from(kept.hash, 'hex'),
    moves_epoch: EVENT_TYPES[type]?.keepsRights !== true,
  } satisfies Partial<Insertable<ActivityEventsTable>>
  const contentHash = hashContent({
    id,
    organizationId: event.organization_id,
    at,
    actorKind: event.actor_kind,
    actorId: event.actor_id,
    type,
    assetType: event.asset_type,
    assetId: event.asset_id,
    requestId: event.request_id,
    sessionId: event.session_id,
    outcome: event.outcome,
    reasonCode: event.reason_code,
    decisionId: event.decision_id,
    // As the store will give it back.
    details: JSON.parse(event.details) as Record<string, unknown>,
    personalHash: kept?.hash ?? null,
  })
  // Looked up here, so that nobody who records what a person did can forget it.
  const supportGrantId =
    actor.kind === 'user'
      ? sql<string | null>`(SELECT users.support_grant_id FROM users WHERE users.id = ${actor.id})`
      : null
  return {
    event: { ...event, content_hash: Buffer.from(contentHash, 'hex'), support_grant_id: supportGrantId },
    personal: kept?.row ?? null,
  }
}

/** What tells of a person, for the table from which it can be erased; null when nothing does. */
function keepApart(
  eventId: string,
  personal: Readonly<Record<string, unknown>>,
  origin: RequestOrigin | null,
): { readonly hash: string; readonly row: Insertable<ActivityPersonalTable> } | null {
  if (origin === null && Object.keys(personal).length === 0) return null
  const details = toJson({ ...personal, ...(origin?.referer && { referer: origin.referer }) })
  const ipAddress = origin?.ipAddress ?? null
  const userAgent = origin?.userAgent ?? null
  const salt = randomBytes(16).toString('hex')
  const stored = JSON.parse(details) as Record<string, unknown>
  return {
    hash: hashPersonal({ salt, details: stored, ipAddress, userAgent }),
    row: { event_id: eventId, salt, details, ip_address: ipAddress, user_agent: userAgent },
  }
}
