import { AppError, CONNECTION_LIMITS } from '@graticule/contract'
import type { Store } from '../../platform/db/database.ts'

/** The connections that somebody keeps at hand. */
export async function listBookmarked(store: Store, userId: string): Promise<ReadonlySet<string>> {
  const rows = await store
    .selectFrom('connection_bookmarks')
    .select('connection_id')
    .where('user_id', '=', userId)
    .execute()
  return new Set(rows.map((row) => row.connection_id))
}

/** False when it is kept already; 422 when somebody keeps as many as they can. */
export async function addBookmark(
  transaction: Store,
  userId: string,
  connectionId: string,
  at: Date,
): Promise<boolean> {
  await transaction.selectFrom('users').select('id').where('id', '=', userId).forNoKeyUpdate().execute()
  const kept = await listBookmarked(transaction, userId)
  if (kept.has(connectionId)) return false
  if (kept.size >= CONNECTION_LIMITS.bookmarks) {
    throw new AppError(
      'rule_violated',
      `You have ${CONNECTION_LIMITS.bookmarks} bookmarks, which is as many as there can be; remove some first.`,
      { details: { rule: 'bookmarks.limit' } },
    )
  }
  await transaction
    .insertInto('connection_bookmarks')
    .values({ user_id: userId, connection_id: connectionId, created_at: at })
    .execute()
  return true
}

/** False when it was not kept. */
export async function removeBookmark(transaction: Store, userId: string, connectionId: string): Promise<boolean> {
  const { numDeletedRows } = await transaction
    .deleteFrom('connection_bookmarks')
    .where('user_id', '=', userId)
    .where('connection_id', '=', connectionId)
    .executeTakeFirstOrThrow()
  return numDeletedRows === 1n
}
