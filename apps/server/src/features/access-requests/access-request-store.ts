import { type Insertable, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { AccessRequestsTable } from '../../platform/db/tables.ts'

/** A request that nobody has answered, with what its answerer must see. */
export interface OpenRequest {
  readonly id: string
  readonly map_id: string
  readonly requester_id: string
  readonly message: string
  readonly created_at: Date
  readonly map_title: string
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

/** False when the person waits for an answer about this map already. */
export async function insertRequest(store: Store, row: Insertable<AccessRequestsTable>): Promise<boolean> {
  const result = await store
    .insertInto('access_requests')
    .values(row)
    .onConflict((conflict) => conflict.columns(['map_id', 'requester_id']).where('decided_at', 'is', null).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** The open requests for the maps that a person owns at present, the oldest first. */
export async function listOpenFor(store: Store, ownerId: string, limit: number): Promise<OpenRequest[]> {
  return openRequests(store).where('maps.owner_id', '=', ownerId).limit(limit).execute()
}

/** One of them; null for one that is answered, gone, or about somebody else's map. */
export async function findOpenFor(store: Store, ownerId: string, id: string): Promise<OpenRequest | null> {
  const row = await openRequests(store)
    .where('maps.owner_id', '=', ownerId)
    .where('access_requests.id', '=', id)
    .executeTakeFirst()
  return row ?? null
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

function openRequests(store: Store) {
  return store
    .selectFrom('access_requests')
    .innerJoin('maps', 'maps.id', 'access_requests.map_id')
    .innerJoin('users', 'users.id', 'access_requests.requester_id')
    .select([
      'access_requests.id',
      'access_requests.map_id',
      'access_requests.requester_id',
      'access_requests.message',
      'access_requests.created_at',
      'maps.title as map_title',
      'users.name as requester_name',
      'users.email as requester_email',
      'users.role as requester_role',
    ])
    .where('access_requests.decided_at', 'is', null)
    .where('maps.deleted_at', 'is', null)
    .where('users.disabled_at', 'is', null)
    .where(sql<boolean>`users.organization_id = maps.organization_id`)
    .orderBy('access_requests.created_at')
    .orderBy('access_requests.id')
}
