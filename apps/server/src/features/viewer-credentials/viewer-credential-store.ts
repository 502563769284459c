import type { Store } from '../../platform/db/database.ts'
import type { ViewerCredentialRow } from '../../platform/db/tables.ts'

/** A stored login that went, and whose it was. */
export interface RemovedCredential {
  readonly id: string
  readonly userId: string
  readonly loginName: string
  readonly connectionId: string
  readonly connectionName: string
  readonly organizationId: string
}

export async function findCredential(
  db: Store,
  connectionId: string,
  userId: string,
): Promise<ViewerCredentialRow | null> {
  const row = await db
    .selectFrom('viewer_credentials')
    .selectAll()
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

/** All logins of one person. */
export async function listCredentials(db: Store, userId: string): Promise<ViewerCredentialRow[]> {
  return db.selectFrom('viewer_credentials').selectAll().where('user_id', '=', userId).execute()
}

/** Stores a login in place of the one that the person had. */
export async function putCredential(transaction: Store, row: ViewerCredentialRow): Promise<void> {
  const { connection_id, user_id, ...changes } = row
  await transaction
    .insertInto('viewer_credentials')
    .values({ connection_id, user_id, ...changes })
    .onConflict((conflict) => conflict.columns(['connection_id', 'user_id']).doUpdateSet(changes))
    .execute()
}

/** Notes that the warehouse refused a login, and forgets its secrets; false when that is known or it is gone. */
export async function rejectCredential(transaction: Store, id: string): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('viewer_credentials')
    .set({ state: 'rejected', secrets: null })
    .where('id', '=', id)
    .where('state', '=', 'valid')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Removes all logins of a person, of a connection, or the one that is both. */
export async function removeCredentials(
  transaction: Store,
  of: { readonly userId?: string; readonly connectionId?: string },
): Promise<RemovedCredential[]> {
  const { userId, connectionId } = of
  if (userId === undefined && connectionId === undefined) throw new Error('Say whose logins are to be removed.')
  let removal = transaction.deleteFrom('viewer_credentials').returning(['id', 'user_id', 'login_name', 'connection_id'])
  if (userId !== undefined) removal = removal.where('user_id', '=', userId)
  if (connectionId !== undefined) removal = removal.where('connection_id', '=', connectionId)
  const rows = await removal.execute()
  if (rows.length === 0) return []
  const connections = await transaction
    .selectFrom('connections')
    .select(['id', 'name', 'organization_id'])
    .where(
      'id',
      'in',
      rows.map((row) => row.connection_id),
    )
    .execute()
  return rows.map((row) => {
    const connection = connections.find(({ id }) => id === row.connection_id)
    if (connection === undefined) throw new Error('A login belongs to a connection.')
    return {
      id: row.id,
      userId: row.user_id,
      loginName: row.login_name,
      connectionId: connection.id,
      connectionName: connection.name,
      organizationId: connection.organization_id,
    }
  })
}

/** Those of these logins that may still be used: they are there, were not rejected, and their person may sign in. */
export async function listUsable(db: Store, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .selectFrom('viewer_credentials')
    .innerJoin('users', 'users.id', 'viewer_credentials.user_id')
    .select('viewer_credentials.id')
    .where('viewer_credentials.id', 'in', ids)
    .where('viewer_credentials.state', '=', 'valid')
    .where('users.disabled_at', 'is', null)
    .execute()
  return new Set(rows.map(({ id }) => id))
}
