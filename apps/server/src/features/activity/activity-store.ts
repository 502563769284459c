import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { ActivityRow } from '../../platform/db/tables.ts'

export interface ActivityPage {
  readonly organizationId: string
  /** The position before which to read; null for the newest. */
  readonly before: string | null
  readonly type: string | null
  readonly assetId: string | null
  readonly limit: number
}

export type ActivityPageRow = ActivityRow & {
  readonly userId: string | null
  readonly userName: string | null
  readonly userEmail: string | null
  readonly tokenName: string | null
  /** Of whoever looked as the person. */
  readonly viewerName: string | null
}

/** Reads the activity log, the newest first. */
export class ActivityStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async list(page: ActivityPage): Promise<ActivityPageRow[]> {
    let query = this.#store
      .selectFrom('activity')
      .leftJoin('tokens', (join) =>
        join.onRef('tokens.id', '=', 'activity.actor_id').on('activity.actor_kind', '=', 'token'),
      )
      .leftJoin('users', (join) =>
        join.on((expression) =>
          expression.or([
            expression.and([
              expression('activity.actor_kind', '=', 'user'),
              expression('users.id', '=', expression.ref('activity.actor_id')),
            ]),
            expression('users.id', '=', expression.ref('tokens.owner_id')),
          ]),
        ),
      )
      .leftJoin('users as viewers', (join) => join.on('viewers.id', '=', sql<string>`activity.details ->> 'viewedBy'`))
      .selectAll('activity')
      .select('viewers.name as viewerName')
      .select(['users.id as userId', 'users.name as userName', 'users.email as userEmail', 'tokens.name as tokenName'])
      .where((expression) =>
        expression.or([
          expression('activity.organization_id', '=', page.organizationId),
          // The server's own life (starts, stops, gaps) concerns every organization on it.
          expression.and([
            expression('activity.organization_id', 'is', null),
            expression('activity.actor_kind', '=', 'system'),
          ]),
        ]),
      )
      .orderBy('activity.position', 'desc')
      .limit(page.limit)
    if (page.before !== null) query = query.where('activity.position', '<', page.before)
    if (page.assetId !== null) query = query.where('activity.asset_id', '=', page.assetId)
    const { type } = page
    if (type !== null) {
      // `map` also means every type below it: `map.created`, `map.updated`.
      const below = `${type.replaceAll(/[\\%_]/g, '\\$&')}.%`
      query = query.where((expression) =>
        expression.or([expression('activity.type', '=', type), expression('activity.type', 'like', below)]),
      )
    }
    return query.execute()
  }
}
