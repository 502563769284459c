import type { ShareableKind } from '@graticule/policy'
import { type RawBuilder, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'

/** On which day, in UTC, somebody used an asset by a way. */
export interface NotedUse {
  readonly organizationId: string
  /** Null for a visitor. */
  readonly userId: string | null
  readonly kind: ShareableKind
  readonly assetId: string
  readonly way: string
  readonly day: string
}

/** Keeps the latest day of each; who or whose organization is gone meanwhile is left out. No use stands in it twice. */
export async function upsertUses(store: Store, uses: readonly NotedUse[]): Promise<void> {
  await sql`
    INSERT INTO asset_uses (organization_id, user_id, asset_kind, asset_id, path, last_used_on)
    SELECT noted."organizationId", noted."userId", noted.kind, noted."assetId", noted.way, noted.day
    FROM jsonb_to_recordset(${JSON.stringify(uses)}::jsonb)
      AS noted ("organizationId" text, "userId" text, kind text, "assetId" text, way text, day date)
    JOIN organizations ON organizations.id = noted."organizationId"
    LEFT JOIN users ON users.id = noted."userId"
    WHERE noted."userId" IS NULL OR users.id IS NOT NULL
    ORDER BY noted.kind, noted."assetId", noted.way, noted."userId"
    ON CONFLICT (asset_kind, asset_id, path, user_id)
    DO UPDATE SET last_used_on = greatest(asset_uses.last_used_on, excluded.last_used_on)
  `.execute(store)
}

export async function deleteUsesBefore(store: Store, day: string): Promise<void> {
  await store.deleteFrom('asset_uses').where('last_used_on', '<', day).execute()
}

/** A day as its text, whatever the driver makes of dates. */
export const dayText = (day: RawBuilder<unknown>) => sql<string | null>`to_char(${day}, 'YYYY-MM-DD')`

/** The last day on which each person used the asset. */
export async function readLastUsesBy(
  store: Store,
  kind: ShareableKind,
  assetId: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await store
    .selectFrom('asset_uses')
    .select(['user_id', dayText(sql`max(last_used_on)`).as('day')])
    .where('asset_kind', '=', kind)
    .where('asset_id', '=', assetId)
    .where('user_id', 'is not', null)
    .groupBy('user_id')
    .execute()
  return new Map(rows.map((row) => [row.user_id ?? '', row.day ?? '']))
}
