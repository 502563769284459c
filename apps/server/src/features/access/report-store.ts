import type { GrantKey, PersonReportFilter, UnusedGrantFilter } from '@graticule/contract'
import {
  reachableWhere,
  reachedByWhere,
  SHAREABLE_KINDS,
  type ShareableKind,
  type UserPrincipal,
  visibleWhere,
} from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES, compilePredicate } from '../../platform/db/compile-predicate.ts'
import { containsText } from '../../platform/db/contains-text.ts'
import type { Store } from '../../platform/db/database.ts'
import { isInForce } from '../../platform/db/grant-in-force.ts'
import { dayOf } from './use-log.ts'
import { dayText } from './use-store.ts'

/** What a kind calls its assets, and whether it has a trash, where they are assets no more. */
const TABLES: Readonly<Record<ShareableKind, { readonly name: string; readonly isTrashable: boolean }>> = {
  map: { name: 'title', isTrashable: true },
  connection: { name: 'name', isTrashable: false },
  workflow: { name: 'title', isTrashable: true },
  application: { name: 'name', isTrashable: true },
  project: { name: 'name', isTrashable: false },
}

export interface PageOf {
  readonly limit: number
  readonly offset: number
}

/** An asset that a person reaches. */
export interface ReachedRow {
  readonly kind: ShareableKind
  readonly id: string
  /** The day, in UTC. */
  readonly last_used_on: string | null
}

/** A page of what the person reaches and how much there is, in an order that tells the asker no name that is not theirs. */
export async function listReached(
  store: Store,
  asker: UserPrincipal,
  person: UserPrincipal,
  filter: PersonReportFilter & { readonly unusedSince: string | null },
  { limit, offset }: PageOf,
): Promise<{ rows: ReachedRow[]; total: number }> {
  const kinds = SHAREABLE_KINDS.filter((kind) => filter.kind === undefined || filter.kind === kind)
  const found = sql.join(
    kinds.map((kind) => selectReached(kind, asker, person, filter)),
    sql` UNION ALL `,
  )
  const wanted = filter.unusedSince === null ? sql`true` : isUnusedSince(filter.unusedSince)
  const { rows } = await sql<ReachedRow & { total: number }>`
    SELECT reached.kind, reached.id, ${dayText(sql`reached.used`)} AS last_used_on, count(*) OVER ()::integer AS total
    FROM (${found}) AS reached WHERE ${wanted}
    ORDER BY reached.kind, reached.shown NULLS LAST, reached.id LIMIT ${limit} OFFSET ${offset}
  `.execute(store)
  const total = rows[0]?.total ?? (offset === 0 ? 0 : await countReached(store, found, wanted))
  return { rows, total }
}

async function countReached(store: Store, found: RawBuilder<unknown>, wanted: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    SELECT count(*)::integer AS total FROM (${found}) AS reached WHERE ${wanted}`.execute(store)
  return rows[0]?.total ?? 0
}

function isUnusedSince(day: string): RawBuilder<unknown> {
  return sql`(reached.used IS NULL OR reached.used < ${day}::date)`
}

function selectReached(
  kind: ShareableKind,
  asker: UserPrincipal,
  person: UserPrincipal,
  { path, q }: PersonReportFilter,
): RawBuilder<unknown> {
  const { name, isTrashable } = TABLES[kind]
  const column = (of: string) => sql.ref(`${ASSET_TABLES[kind]}.${of}`)
  const isKnown = compilePredicate(visibleWhere(asker, kind), kind)
  const search = q?.trim()
  const conditions = [
    compilePredicate(reachableWhere(person, kind), kind),
    ...(path === undefined ? [] : [compilePredicate(reachedByWhere(person, kind, path), kind)]),
    ...(search ? [isKnown, sql`${column(name)} ILIKE ${containsText(search)}`] : []),
    ...(isTrashable ? [sql`${column('deleted_at')} IS NULL`] : []),
  ]
  return sql`
    SELECT ${sql.lit(kind)} AS kind, ${column('id')} AS id,
      CASE WHEN ${isKnown} THEN lower(${column(name)}) END AS shown,
      (SELECT max(asset_uses.last_used_on) FROM asset_uses
       WHERE asset_uses.user_id = ${person.userId} AND asset_uses.asset_kind = ${sql.lit(kind)}
         AND asset_uses.asset_id = ${column('id')}) AS used
    FROM ${sql.table(ASSET_TABLES[kind])} WHERE ${sql.join(conditions, sql` AND `)}`
}

/** A grant by which nobody has come. */
export interface UnusedGrantRow {
  readonly asset_kind: ShareableKind
  readonly asset_id: string
  readonly audience_kind: GrantKey['audience']
  readonly audience_id: string | null
  readonly audience_name: string | null
  readonly created_at: Date
  readonly granter_id: string | null
  readonly granter_name: string | null
  readonly granter_email: string | null
  readonly last_used_on: string | null
}

/**
 * The grants in force that are older than the time and by whose way nobody has come since, the oldest first; of one
 * owner's assets, or of everybody's. None before uses have been recorded for that long.
 */
export async function listUnusedGrants(
  store: Store,
  organizationId: string,
  filter: Pick<UnusedGrantFilter, 'kind'> & { readonly since: Date; readonly ownerId: string | null },
  { limit, offset }: PageOf,
): Promise<{ rows: UnusedGrantRow[]; total: number }> {
  const kinds = SHAREABLE_KINDS.filter((kind) => filter.kind === undefined || filter.kind === kind)
  const assets = sql.join(
    kinds.map((kind) => {
      const isThere = TABLES[kind].isTrashable ? sql`deleted_at IS NULL` : sql`true`
      const isOwned = filter.ownerId === null ? sql`true` : sql`owner_id = ${filter.ownerId}`
      return sql`SELECT ${sql.lit(kind)} AS kind, id FROM ${sql.table(ASSET_TABLES[kind])}
        WHERE organization_id = ${organizationId} AND ${isThere} AND ${isOwned}`
    }),
    sql` UNION ALL `,
  )
  const unused = sql`
    FROM grants
    JOIN organizations ON organizations.id = grants.organization_id
    JOIN (${assets}) AS assets ON assets.kind = grants.asset_kind AND assets.id = grants.asset_id
    LEFT JOIN LATERAL (
      SELECT max(asset_uses.last_used_on) AS day FROM asset_uses
      WHERE asset_uses.asset_kind = grants.asset_kind AND asset_uses.asset_id = grants.asset_id
        AND asset_uses.path = CASE grants.audience_kind
          WHEN 'group' THEN 'group:' || grants.group_id ELSE grants.audience_kind END
        AND (grants.user_id IS NULL OR asset_uses.user_id = grants.user_id)
    ) AS used_itself ON true
    LEFT JOIN LATERAL (
      SELECT max(asset_uses.last_used_on) AS day FROM project_ancestors
      JOIN (
        SELECT 'map' AS kind, maps.id, maps.project_id FROM maps
        UNION ALL SELECT 'workflow', workflows.id, workflows.project_id FROM workflows
      ) AS inside ON inside.project_id = project_ancestors.project_id
      JOIN asset_uses ON asset_uses.asset_kind = inside.kind AND asset_uses.asset_id = inside.id
        AND asset_uses.path = 'project:' || grants.asset_id
      WHERE grants.asset_kind = 'project' AND project_ancestors.ancestor_id = grants.asset_id
        AND (grants.user_id IS NULL OR asset_uses.user_id = grants.user_id)
        AND (grants.group_id IS NULL OR asset_uses.user_id IN (
          SELECT group_members.user_id FROM group_members WHERE group_members.group_id = grants.group_id))
    ) AS used_inside ON true
    CROSS JOIN LATERAL (SELECT greatest(used_itself.day, used_inside.day) AS day) AS used
    LEFT JOIN groups ON groups.id = grants.group_id
    LEFT JOIN users ON users.id = grants.user_id
    LEFT JOIN users AS granters ON granters.id = grants.granted_by
    WHERE grants.organization_id = ${organizationId} AND ${isInForce()} AND grants.created_at <= ${filter.since}
      AND organizations.uses_recorded_since <= ${filter.since}
      AND (used.day IS NULL OR used.day < ${dayOf(filter.since)}::date)`
  const counted = await sql<{ total: number }>`SELECT count(*)::integer AS total ${unused}`.execute(store)
  const { rows } = await sql<UnusedGrantRow>`
    SELECT grants.asset_kind, grants.asset_id, grants.audience_kind, grants.created_at,
      coalesce(grants.group_id, grants.user_id) AS audience_id, coalesce(groups.name, users.name) AS audience_name,
      granters.id AS granter_id, granters.name AS granter_name, granters.email AS granter_email,
      ${dayText(sql`used.day`)} AS last_used_on
    ${unused}
    ORDER BY grants.created_at, grants.asset_kind, grants.asset_id, grants.audience_kind, audience_id
    LIMIT ${limit} OFFSET ${offset}`.execute(store)
  return { rows, total: counted.rows[0]?.total ?? 0 }
}

/** Since when it is known who uses what. */
export async function readRecordedSince(store: Store, organizationId: string): Promise<Date> {
  const { uses_recorded_since: since } = await store
    .selectFrom('organizations')
    .select('uses_recorded_since')
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow()
  return since
}
