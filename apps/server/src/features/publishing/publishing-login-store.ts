import type { Store } from '../../platform/db/database.ts'
import type { PublishingLoginRow } from '../../platform/db/tables.ts'

/** The publishing logins of a connection, by name. */
export async function listPublishingLogins(db: Store, connectionId: string): Promise<PublishingLoginRow[]> {
  return db
    .selectFrom('publishing_logins')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .orderBy('name')
    .execute()
}

export async function findPublishingLogin(
  db: Store,
  connectionId: string,
  id: string,
): Promise<PublishingLoginRow | null> {
  const row = await db
    .selectFrom('publishing_logins')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ?? null
}

export async function insertPublishingLogin(transaction: Store, row: PublishingLoginRow): Promise<void> {
  await transaction.insertInto('publishing_logins').values(row).execute()
}

export async function updatePublishingLogin(
  transaction: Store,
  id: string,
  changes: Partial<Omit<PublishingLoginRow, 'id' | 'connection_id'>>,
): Promise<void> {
  await transaction.updateTable('publishing_logins').set(changes).where('id', '=', id).execute()
}

export async function deletePublishingLogin(transaction: Store, id: string): Promise<boolean> {
  const { numDeletedRows } = await transaction.deleteFrom('publishing_logins').where('id', '=', id).executeTakeFirst()
  return numDeletedRows === 1n
}

/** Notes that the warehouse refused a login, and forgets its secrets; false when that is known or it is another one. */
export async function rejectPublishingLogin(transaction: Store, credentialId: string): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('publishing_logins')
    .set({ state: 'rejected', secrets: null })
    .where('credential_id', '=', credentialId)
    .where('state', '=', 'valid')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Those of these stored logins that may still be used. */
export async function listUsableLogins(db: Store, credentialIds: readonly string[]): Promise<Set<string>> {
  if (credentialIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('publishing_logins')
    .select('credential_id')
    .where('credential_id', 'in', credentialIds)
    .where('state', '=', 'valid')
    .execute()
  return new Set(rows.map((row) => row.credential_id))
}

/** How many maps that are public now read with each publishing login of a connection. */
export async function countPublicMapsByLogin(db: Store, connectionId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('map_publications')
    .innerJoin('maps', 'maps.id', 'map_publications.map_id')
    .select(['map_publications.login_id', (select) => select.fn.countAll<string>().as('count')])
    .where('map_publications.connection_id', '=', connectionId)
    .where('map_publications.login_id', 'is not', null)
    .where('maps.deleted_at', 'is', null)
    .groupBy('map_publications.login_id')
    .execute()
  return new Map(rows.map((row) => [row.login_id ?? '', Number(row.count)]))
}
