import type { RequestableKind, RequestedAccess } from '@graticule/contract'
import { type Insertable, type RawBuilder, sql } from 'kysely'
import { ASSET_TABLES } from '../../platform/db/compile-predicate.ts'
import type { Store } from '../../platform/db/database.ts'
import type { AccessRequestsTable } from '../../platform/db/tables.ts'

/** A request that nobody has answered, with what its answerer must see. */
export interface OpenRequest {
  readonly id: string
  readonly asset_kind: RequestableKind
  readonly asset_id: string
  readonly asset_title: string
  readonly wanted: RequestedAccess
  readonly requester_id: string
  readonly message: string
  readonly created_at: Date
  readonly requester_name: string
  readonly requester_email: string
  readonly requester_role: string
}

/** How many requests of a person wait for an answer. */
export async function countOpenOf(store: Store, requesterId: string): Promise<number> {
  const row = await store
    .selectFrom('access_requests')
    .select((select) => select.fn.countAll<string>().as('total'))
    .where('requester_id', '=', requesterId)
    .where('decided_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(row.total)
}

/** The column that holds the name of each, and whether a deleted one keeps its row. */
const NAMES: Readonly<Record<RequestableKind, { readonly column: string; readonly rests: boolean }>> = {
  map: { column: 'title', rests: true },
  workflow: { column: 'title', rests: true },
  application: { column: 'name', rests: true },
  project: { column: 'name', rests: false },
}

/** False when the person waits for an answer about the same already. */
export async function insertRequest(store: Store, row: Insertable<AccessRequestsTable>): Promise<boolean> {
  const result = await store
    .insertInto('access_requests')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['asset_kind', 'asset_id', 'requester_id', 'wanted'])
        .where('decided_at', 'is', null)
        .doNothing(),
    )
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** The open requests for what a person owns at present, the oldest first. */
export async function listOpenFor(store: Store, ownerId: string, limit: number): Promise<OpenRequest[]> {
  const { rows } = await sql<OpenRequest>`${selectOpen(ownerId)} LIMIT ${limit}`.execute(store)
  return rows
}

/** One of them; null for one that is answered, gone, or about something of somebody else's. */
export async function findOpenFor(store: Store, ownerId: string, id: string): Promise<OpenRequest | null> {
  const { rows } = await sql<OpenRequest>`
    SELECT * FROM (${selectOpen(ownerId)}) AS requests WHERE requests.id = ${id}`.execute(store)
  return rows[0] ?? null
}

/** Marks a request as answered; false when it was answered before. Of two at once the second waits for the first. */
export async function decideRequest(transaction: Store, id: string, at: Date): Promise<boolean> {
  const result = await transaction
    .updateTable('access_requests')
    .set({ decided_at: at })
    .where('id', '=', id)
    .where('decided_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

export async function deleteRequestsOf(transaction: Store, requesterId: string): Promise<void> {
  await transaction.deleteFrom('access_requests').where('requester_id', '=', requesterId).execute()
}

/** Removes what was asked before the time, answered or not. */
export async function deleteRequests(store: Store, before: Date): Promise<void> {
  await store.deleteFrom('access_requests').where('created_at', '<', before).execute()
}

function selectOpen(ownerId: string): RawBuilder<unknown> {
  const owned = (Object.keys(NAMES) as RequestableKind[]).map((kind) => {
    const { column, rests } = NAMES[kind]
    return sql`
      SELECT ${sql.lit(kind)} AS kind, id, organization_id, ${sql.ref(column)} AS title
      FROM ${sql.table(ASSET_TABLES[kind])}
      WHERE owner_id = ${ownerId} ${rests ? sql`AND deleted_at IS NULL` : sql``}`
  })
  return sql`
    SELECT requests.id, requests.asset_kind, requests.asset_id, assets.title AS asset_title, requests.wanted,
      requests.requester_id, requests.message, requests.created_at, users.name AS requester_name,
      users.email AS requester_email, users.role AS requester_role
    FROM access_requests AS requests
    JOIN (${sql.join(owned, sql` UNION ALL `)}) AS assets
      ON assets.kind = requests.asset_kind AND assets.id = requests.asset_id
    JOIN users ON users.id = requests.requester_id
    WHERE requests.decided_at IS NULL AND users.disabled_at IS NULL AND users.organization_id = assets.organization_id
    ORDER BY requests.created_at, requests.id`
}
