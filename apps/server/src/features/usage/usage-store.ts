import type { UsageDimension } from '@graticule/contract'
import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { UsageLine } from './usage-line.ts'

/** The user under whom the days of a whole organization are summed. */
const EVERYBODY = ''

/** Requests of the same kind by the same person on one day. */
export interface CountedRequests {
  readonly organizationId: string
  readonly day: string
  readonly userId: string
  readonly method: string
  readonly client: string
  readonly mapId: string
  readonly weight: number
  readonly requests: number
}

/** Adds to what there is, in one statement and in one order, so that servers never wait for each other in a circle. */
export async function addUsage(store: Store, counted: readonly CountedRequests[]): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT noted.* FROM jsonb_to_recordset(${JSON.stringify(counted)}::jsonb)
        AS noted ("organizationId" text, day date, "userId" text, method text, client text, "mapId" text,
                  weight numeric, requests bigint)
      JOIN organizations ON organizations.id = noted."organizationId"
    ), written AS (
      INSERT INTO usage_requests (organization_id, day, user_id, method, client, map_id, weight, requests)
      SELECT "organizationId", day, "userId", method, client, "mapId", weight, sum(requests) FROM noted
      GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
      ON CONFLICT (organization_id, day, user_id, method, client, map_id, weight)
      DO UPDATE SET requests = usage_requests.requests + excluded.requests
    )
    INSERT INTO usage_days (organization_id, user_id, day, units)
    SELECT "organizationId", whose, day, sum(weight * requests)
    FROM noted CROSS JOIN LATERAL (VALUES (noted."userId"), (${EVERYBODY})) AS sums (whose)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (organization_id, user_id, day) DO UPDATE SET units = usage_days.units + excluded.units
  `.execute(store)
}

/** What an organization says about its usage. */
export interface UsageRecord {
  readonly revision: number
  readonly yearlyUnits: number | null
  readonly resetsOn: string
}

export async function readUsageSettings(store: Store, organizationId: string): Promise<UsageRecord | null> {
  const row = await store
    .selectFrom('usage_settings')
    .select(['revision', 'yearly_units', 'resets_on'])
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  if (row === undefined) return null
  const { revision, resets_on: resetsOn, yearly_units: units } = row
  return { revision, resetsOn, yearlyUnits: units === null ? null : Number(units) }
}

/** Makes whoever changes the settings as well wait. */
export async function lockUsageSettings(transaction: Store, organizationId: string, resetsOn: string): Promise<void> {
  await transaction
    .insertInto('usage_settings')
    .values({ organization_id: organizationId, yearly_units: null, resets_on: resetsOn })
    .onConflict((conflict) => conflict.column('organization_id').doNothing())
    .execute()
  await transaction
    .selectFrom('usage_settings')
    .select('revision')
    .where('organization_id', '=', organizationId)
    .forUpdate()
    .execute()
}

export interface StoredLimit {
  readonly kind: 'user' | 'group'
  readonly id: string
  readonly units: number
}

/** Replaces quota and limits, which were locked before. */
export async function writeUsageSettings(
  transaction: Store,
  organizationId: string,
  next: { readonly yearlyUnits: number | null; readonly resetsOn: string; readonly limits: readonly StoredLimit[] },
): Promise<void> {
  await transaction
    .updateTable('usage_settings')
    .set((row) => ({
      revision: row('revision', '+', 1),
      yearly_units: next.yearlyUnits,
      resets_on: next.resetsOn,
    }))
    .where('organization_id', '=', organizationId)
    .execute()
  await transaction.deleteFrom('usage_limits').where('organization_id', '=', organizationId).execute()
  if (next.limits.length === 0) return
  await transaction
    .insertInto('usage_limits')
    .values(
      next.limits.map(({ kind, id, units }) => ({
        organization_id: organizationId,
        subject_kind: kind,
        subject_id: id,
        units,
      })),
    )
    .execute()
}

/** Of somebody who is gone there is no limit any more. */
export async function removeUsageLimit(transaction: Store, userId: string): Promise<void> {
  await transaction
    .deleteFrom('usage_limits')
    .where('subject_kind', '=', 'user')
    .where('subject_id', '=', userId)
    .execute()
}

/** A limit with what was used of it. */
export interface UsedLimit extends StoredLimit {
  readonly name: string
  readonly used: number
  /** Whom it binds. */
  readonly userIds: readonly string[]
}

/** The limits of people and groups that there still are, with what they used since a day. */
export async function readUsedLimits(store: Store, organizationId: string, since: string): Promise<UsedLimit[]> {
  const { rows } = await sql<Omit<UsedLimit, 'units' | 'used'> & { units: string; used: string }>`
    SELECT limits.subject_kind AS kind, limits.subject_id AS id, limits.units, coalesce(users.name, groups.name) AS name,
      bound.ids AS "userIds",
      (SELECT coalesce(sum(days.units), 0) FROM usage_days AS days
       WHERE days.organization_id = limits.organization_id AND days.day >= ${since}::date
         AND days.user_id = ANY (bound.ids)) AS used
    FROM usage_limits AS limits
    LEFT JOIN users ON limits.subject_kind = 'user' AND users.id = limits.subject_id
      AND users.organization_id = limits.organization_id AND users.deleted_at IS NULL
    LEFT JOIN groups ON limits.subject_kind = 'group' AND groups.id = limits.subject_id
      AND groups.organization_id = limits.organization_id
    CROSS JOIN LATERAL (
      SELECT CASE limits.subject_kind WHEN 'user' THEN ARRAY[limits.subject_id] ELSE
        ARRAY(SELECT members.user_id FROM group_members AS members WHERE members.group_id = limits.subject_id) END AS ids
    ) AS bound
    WHERE limits.organization_id = ${organizationId} AND (users.id IS NOT NULL OR groups.id IS NOT NULL)
    ORDER BY 1, 4, 2`.execute(store)
  return rows.map((row) => ({ ...row, units: Number(row.units), used: Number(row.used) }))
}

/** The units of somebody since a day; null: of everybody together. */
export async function readUnits(
  store: Store,
  organizationId: string,
  userId: string | null,
  since: string,
): Promise<number> {
  const row = await store
    .selectFrom('usage_days')
    .select((days) => days.fn.sum<string>('units').as('units'))
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId ?? EVERYBODY)
    .where('day', '>=', since)
    .executeTakeFirst()
  return Number(row?.units ?? 0)
}

/** Which part of the usage is asked for. */
export interface UsagePart {
  readonly organizationId: string
  readonly from: string
  readonly to: string
  /** Null: of everybody. */
  readonly userId: string | null
}

interface Dimension {
  readonly key: RawBuilder<unknown>
  readonly name: RawBuilder<unknown>
  readonly joins: RawBuilder<unknown>
}

const NOTHING = sql``
const DIMENSIONS: Readonly<Record<UsageDimension, Dimension>> = {
  day: { key: sql`to_char(usage.day, 'YYYY-MM-DD')`, name: sql`NULL::text`, joins: NOTHING },
  person: {
    key: sql`usage.user_id`,
    name: sql`max(users.name)`,
    joins: sql`LEFT JOIN users ON users.id = usage.user_id AND users.organization_id = usage.organization_id
      AND users.deleted_at IS NULL`,
  },
  group: {
    key: sql`groups.id`,
    name: sql`max(groups.name)`,
    joins: sql`JOIN group_members ON group_members.user_id = usage.user_id
      JOIN groups ON groups.id = group_members.group_id AND groups.organization_id = usage.organization_id`,
  },
  metric: { key: sql`usage.method || '/' || usage.client`, name: sql`NULL::text`, joins: NOTHING },
  map: {
    key: sql`usage.map_id`,
    name: sql`max(maps.title)`,
    joins: sql`LEFT JOIN maps ON maps.id = usage.map_id AND maps.organization_id = usage.organization_id
      AND maps.deleted_at IS NULL`,
  },
}

export interface UsageSum {
  readonly key: string
  readonly name: string | null
  readonly requests: number
  readonly units: number
}

/** Sums by one dimension: days in their order, all else with the most used first. */
export async function sumUsage(store: Store, part: UsagePart, by: UsageDimension, limit: number): Promise<UsageSum[]> {
  const { joins, key, name } = DIMENSIONS[by]
  const order = by === 'day' ? sql`1` : sql`4 DESC, 1`
  const { rows } = await sql<{ key: string; name: string | null; requests: string; units: string }>`
    SELECT ${key} AS key, ${name} AS name, sum(usage.requests) AS requests, sum(usage.requests * usage.weight) AS units
    FROM usage_requests AS usage ${joins} WHERE ${isMeant(part)}
    GROUP BY 1 ORDER BY ${order} LIMIT ${limit}`.execute(store)
  return rows.map((row) => ({ ...row, requests: Number(row.requests), units: Number(row.units) }))
}

/** The lines after another one, in the order of their key. */
export async function listUsage(
  store: Store,
  part: UsagePart,
  after: UsageLine | null,
  limit: number,
): Promise<UsageLine[]> {
  const isAfter =
    after === null
      ? sql`true`
      : sql`(day, user_id, method, client, map_id, weight) > (${after.day}::date, ${after.userId}, ${after.method},
          ${after.client}, ${after.mapId}, ${after.weight})`
  const { rows } = await sql<Omit<UsageLine, 'weight' | 'requests'> & { weight: string; requests: string }>`
    SELECT to_char(day, 'YYYY-MM-DD') AS day, user_id AS "userId", method, client, map_id AS "mapId", weight, requests
    FROM usage_requests AS usage WHERE ${isMeant(part)} AND ${isAfter}
    ORDER BY usage.day, usage.user_id, usage.method, usage.client, usage.map_id, usage.weight
    LIMIT ${limit}`.execute(store)
  return rows.map((row) => ({ ...row, weight: Number(row.weight), requests: Number(row.requests) }))
}

function isMeant({ organizationId, from, to, userId }: UsagePart): RawBuilder<boolean> {
  const whose = userId === null ? sql`true` : sql`usage.user_id = ${userId}`
  return sql<boolean>`usage.organization_id = ${organizationId} AND usage.day BETWEEN ${from}::date AND ${to}::date
    AND ${whose}`
}

/** That a share of a quota or limit was reached. */
export interface UsageNotice {
  readonly yearStart: string
  readonly kind: 'organization' | 'user' | 'group'
  readonly id: string
  readonly share: number
  readonly units: number
}

/** False when somebody has told of it already. */
export async function insertNotice(
  transaction: Store,
  organizationId: string,
  { id, kind, share, units, yearStart }: UsageNotice,
): Promise<boolean> {
  const row = await transaction
    .insertInto('usage_notices')
    .values({
      organization_id: organizationId,
      year_start: yearStart,
      subject_kind: kind,
      subject_id: id,
      share,
      units,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('share')
    .executeTakeFirst()
  return row !== undefined
}
