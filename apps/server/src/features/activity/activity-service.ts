import { type ActivityEvent, type ActivityFilter, AppError } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf as loggedActorOf } from '../../platform/activity/activity-log.ts'
import { EVENT_TYPES } from '../../platform/activity/event-types.ts'
import type { Store } from '../../platform/db/database.ts'
import type { ActivityPageRow, ActivityStore } from './activity-store.ts'

export interface ActivityQuery extends ActivityFilter {
  readonly limit: number
  readonly before?: string
}

/** Rows that are read at once for a file. */
const EXPORT_BATCH = 1_000
/** Parquet is written from memory. */
const MAX_PARQUET_EVENTS = 500_000

export interface ActivityServiceOptions {
  readonly store: Store
  readonly events: ActivityStore
  readonly activity: ActivityLog
}

/** Shows the activity log of an organization; whether one may look was decided by the route's action. */
export class ActivityService {
  readonly #options: ActivityServiceOptions

  constructor(options: ActivityServiceOptions) {
    this.#options = options
  }

  async list(
    principal: UserPrincipal,
    query: ActivityQuery,
  ): Promise<{ events: ActivityEvent[]; next: string | null }> {
    const { limit, before, ...filter } = query
    if (before !== undefined && !/^\d{1,18}$/.test(before)) {
      throw new AppError('invalid_request', 'The parameter "before" must be the "next" of an earlier page.')
    }
    demandRange(filter)
    const rows = await this.#options.events.list({
      organizationId: principal.organizationId,
      filter,
      order: 'desc',
      after: before ?? null,
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const next = rows.length > limit ? (page.at(-1)?.position ?? null) : null
    return { events: page.map(toEvent), next }
  }

  /** Every event that fits, the oldest first; that they were taken out is an event itself. */
  async export(
    caller: UserCaller,
    format: 'csv' | 'parquet',
    filter: ActivityFilter,
  ): Promise<AsyncIterable<ActivityEvent>> {
    demandRange(filter)
    const { activity, store } = this.#options
    const { organizationId } = caller.principal
    if (format === 'parquet') await this.requireParquetSize(organizationId, filter)
    await activity.record(store, {
      organizationId,
      actor: loggedActorOf(caller.principal),
      type: 'activity.exported',
      requestId: caller.requestId,
      details: { format, ...filter },
    })
    return this.readAll(organizationId, filter, caller.signal)
  }

  /** The text of a statement, without the values that were written into it. */
  async readStatement(principal: UserPrincipal, digest: string): Promise<{ digest: string; text: string }> {
    const text = await this.#options.events.findStatement(principal.organizationId, digest)
    if (text === null) throw new AppError('not_found', 'No statement with this digest was sent here.')
    return { digest, text }
  }

  /** Throws `payload_too_large` for more events than one Parquet file takes. */
  async requireParquetSize(organizationId: string, filter: ActivityFilter): Promise<void> {
    const count = await this.#options.events.count(organizationId, filter, MAX_PARQUET_EVENTS + 1)
    if (count <= MAX_PARQUET_EVENTS) return
    const most = MAX_PARQUET_EVENTS.toLocaleString('en')
    throw new AppError('payload_too_large', `One Parquet file holds ${most} events: choose a shorter time, or CSV.`)
  }

  /** Every event that fits, the oldest first, without an event of it. */
  async *readAll(organizationId: string, filter: ActivityFilter, signal: AbortSignal): AsyncGenerator<ActivityEvent> {
    let after: string | null = null
    for (;;) {
      signal.throwIfAborted()
      const rows: ActivityPageRow[] = await this.#options.events.list({
        organizationId,
        filter,
        order: 'asc',
        after,
        limit: EXPORT_BATCH,
      })
      for (const row of rows) yield toEvent(row)
      if (rows.length < EXPORT_BATCH) return
      after = rows.at(-1)?.position ?? null
    }
  }
}

function demandRange({ from, to }: ActivityFilter): void {
  if (from === undefined || to === undefined || new Date(from) < new Date(to)) return
  throw new AppError('invalid_request', 'The time "from" must be before the time "to".')
}

function toEvent(row: ActivityPageRow): ActivityEvent {
  const viaToken = row.actor_kind === 'token' && row.tokenName !== null ? { viaToken: row.tokenName } : {}
  const viewedBy = row.viewerName === null ? {} : { viewedByName: row.viewerName }
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: actorOf(row),
    supportGrantId: row.support_grant_id,
    type: row.type,
    // A log may hold types of versions before or after this one.
    says: EVENT_TYPES[row.type]?.says ?? row.type,
    assetType: row.asset_type,
    assetId: row.asset_id,
    requestId: row.request_id,
    sessionId: row.session_id,
    seq: row.seq,
    outcome: row.outcome,
    reasonCode: row.reason_code,
    decisionId: row.decision_id,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
    details: { ...row.details, actorKind: row.actor_kind, ...viaToken, ...viewedBy },
  }
}

/** The person behind an event: who did it, or whose token did. */
function actorOf(row: ActivityPageRow): ActivityEvent['actor'] {
  const { userId, userName, userEmail } = row
  return userId === null || userName === null || userEmail === null
    ? null
    : { id: userId, name: userName, email: userEmail }
}
