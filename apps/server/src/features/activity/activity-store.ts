import type { ActivityFilter } from '@graticule/contract'
import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { ActivityRow } from '../../platform/db/tables.ts'

export interface ActivityPage {
  readonly organizationId: string
  readonly filter: ActivityFilter
  /** `desc`: the newest first. */
  readonly order: 'asc' | 'desc'
  /** The position behind which to read on, in that order; null from the start. */
  readonly after: string | null
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

/** Reads the activity log. */
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
      .where(isMeant(page.organizationId, page.filter))
      .orderBy('activity.position', page.order)
      .limit(page.limit)
    if (page.after !== null) query = query.where('activity.position', page.order === 'desc' ? '<' : '>', page.after)
    return query.execute()
  }

  /** How many events are meant, counted up to a limit. */
  async count(organizationId: string, filter: ActivityFilter, limit: number): Promise<number> {
    const { rows } = await sql<{ count: string }>`
      SELECT count(*) FROM (SELECT FROM activity WHERE ${isMeant(organizationId, filter)} LIMIT ${limit}) AS meant
    `.execute(this.#store)
    return Number(rows[0]?.count ?? 0)
  }

  async findStatement(organizationId: string, digest: string): Promise<string | null> {
    const row = await this.#store
      .selectFrom('activity_statements')
      .select('text')
      .where('organization_id', '=', organizationId)
      .where('digest', '=', digest)
      .executeTakeFirst()
    return row?.text ?? null
  }
}

/** Whether an event is the organization's, or concerns every one as the life of the server does, and fits the filter. */
function isMeant(organizationId: string, filter: ActivityFilter): RawBuilder<boolean> {
  const terms = [
    sql<boolean>`(activity.organization_id = ${organizationId}
      OR (activity.organization_id IS NULL AND activity.actor_kind = 'system'))`,
  ]
  const { assetId, from, outcome, to, type, userId } = filter
  if (assetId !== undefined) {
    // Refusals name what was asked for as `map:…`.
    terms.push(sql`(activity.asset_id = ${assetId} OR (activity.type = 'access.denied'
      AND split_part(activity.details ->> 'target', ':', 2) = ${assetId}))`)
  }
  if (outcome !== undefined) terms.push(sql`activity.outcome = ${outcome}`)
  if (from !== undefined) terms.push(sql`activity.at >= ${new Date(from)}`)
  if (to !== undefined) terms.push(sql`activity.at < ${new Date(to)}`)
  if (userId !== undefined) {
    terms.push(sql`(
      (activity.actor_kind = 'user' AND activity.actor_id = ${userId})
      OR (activity.asset_type = 'user' AND activity.asset_id = ${userId})
      OR (activity.actor_kind = 'token' AND activity.actor_id IN (SELECT id FROM tokens WHERE owner_id = ${userId})))`)
  }
  if (type !== undefined && type !== '') {
    // `map` also means every type below it: `map.created`, `map.updated`.
    const below = `${type.replaceAll(/[\\%_]/g, '\\$&')}.%`
    terms.push(sql`(activity.type = ${type} OR activity.type LIKE ${below})`)
  }
  return sql<boolean>`(${sql.join(terms, sql` AND `)})`
}
