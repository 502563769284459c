import { type ActivityEvent, AppError } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { ActivityPageRow, ActivityStore } from './activity-store.ts'

export interface ActivityQuery {
  readonly limit: number
  readonly before?: string
  readonly type?: string
  readonly assetId?: string
}

/** Shows the activity log of an organization, page by page; whether one may look was decided by the route's action. */
export class ActivityService {
  readonly #activity: ActivityStore

  constructor(activity: ActivityStore) {
    this.#activity = activity
  }

  async list(
    principal: UserPrincipal,
    query: ActivityQuery,
  ): Promise<{ events: ActivityEvent[]; next: string | null }> {
    if (query.before !== undefined && !/^\d{1,18}$/.test(query.before)) {
      throw new AppError('invalid_request', 'The parameter "before" must be the "next" of an earlier page.')
    }
    const rows = await this.#activity.list({
      organizationId: principal.organizationId,
      before: query.before ?? null,
      type: query.type ?? null,
      assetId: query.assetId ?? null,
      limit: query.limit + 1,
    })
    const page = rows.slice(0, query.limit)
    const next = rows.length > query.limit ? (page.at(-1)?.position ?? null) : null
    return { events: page.map(toEvent), next }
  }
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
    assetType: row.asset_type,
    assetId: row.asset_id,
    requestId: row.request_id,
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
