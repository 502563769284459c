import type { PostureReport } from '@graticule/contract'
import type { Store } from '../../platform/db/database.ts'
import { toJson } from '../../platform/db/database.ts'

/** What is kept of a connection's checks. */
export interface StoredPosture {
  readonly attemptedAt: Date
  readonly checkedAt: Date | null
  readonly report: PostureReport | null
  readonly failure: string | null
}

/** A connection that is due, by what finds it. */
export interface DueConnection {
  readonly connectionId: string
  readonly organizationId: string
}

export async function findPosture(store: Store, connectionId: string): Promise<StoredPosture | null> {
  const row = await store
    .selectFrom('connection_postures')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .executeTakeFirst()
  if (!row) return null
  return { attemptedAt: row.attempted_at, checkedAt: row.checked_at, report: row.report, failure: row.failure }
}

/** Notes that a check begins. Nothing happens when the connection is gone. */
export async function beginAttempt(store: Store, connectionId: string, at: Date): Promise<void> {
  await store
    .insertInto('connection_postures')
    .columns(['connection_id', 'attempted_at'])
    .expression((select) =>
      select
        .selectFrom('connections')
        .select(['connections.id', select.val(at).as('attempted_at')])
        .where('connections.id', '=', connectionId),
    )
    .onConflict((conflict) => conflict.column('connection_id').doUpdateSet({ attempted_at: at, failure: null }))
    .execute()
}

/** Connections to real warehouses whose last check began before then, or that never had one; the longest waiting first. */
export async function listDue(store: Store, before: Date, limit: number): Promise<DueConnection[]> {
  const rows = await store
    .selectFrom('connections')
    .innerJoin('organizations', 'organizations.id', 'connections.organization_id')
    .leftJoin('connection_postures', 'connection_postures.connection_id', 'connections.id')
    .select(['connections.id', 'connections.organization_id'])
    .where('connections.embedded', '=', false)
    .where('organizations.suspended_at', 'is', null)
    .where('connections.created_at', '<', before)
    .where((where) =>
      where.or([
        where('connection_postures.attempted_at', 'is', null),
        where('connection_postures.attempted_at', '<', before),
      ]),
    )
    .orderBy('connection_postures.attempted_at', (order) => order.asc().nullsFirst())
    .limit(limit)
    .execute()
  return rows.map((row) => ({ connectionId: row.id, organizationId: row.organization_id }))
}

/** True for the one server that may check the connection now; of several that try at once, one gets it. */
export async function claimDue(store: Store, connectionId: string, before: Date, now: Date): Promise<boolean> {
  const claimed = await store
    .insertInto('connection_postures')
    .columns(['connection_id', 'attempted_at'])
    .expression((select) =>
      select
        .selectFrom('connections')
        .select(['connections.id', select.val(now).as('attempted_at')])
        .where('connections.id', '=', connectionId),
    )
    .onConflict((conflict) =>
      conflict
        .column('connection_id')
        .doUpdateSet({ attempted_at: now, failure: null })
        .where('connection_postures.attempted_at', '<', before),
    )
    .returning('connection_id')
    .execute()
  return claimed.length > 0
}

/** The report before, and whether the connection still has the login that was checked; both stay so until the end. */
export async function holdPosture(
  transaction: Store,
  connectionId: string,
  credentialVersion: number,
): Promise<{ readonly before: PostureReport | null } | null> {
  const connection = await transaction
    .selectFrom('connections')
    .select('id')
    .where('id', '=', connectionId)
    .where('credential_version', '=', credentialVersion)
    .forShare()
    .executeTakeFirst()
  if (!connection) return null
  const row = await transaction
    .selectFrom('connection_postures')
    .select('report')
    .where('connection_id', '=', connectionId)
    .forUpdate()
    .executeTakeFirst()
  return { before: row?.report ?? null }
}

export async function saveReport(
  transaction: Store,
  connectionId: string,
  report: PostureReport,
  at: Date,
): Promise<void> {
  await transaction
    .updateTable('connection_postures')
    .set({ checked_at: at, report: toJson(report), failure: null })
    .where('connection_id', '=', connectionId)
    .execute()
}

export async function saveFailure(store: Store, connectionId: string, failure: string): Promise<void> {
  await store.updateTable('connection_postures').set({ failure }).where('connection_id', '=', connectionId).execute()
}
