import type { Insertable, Selectable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { PendingSignInsTable } from '../../platform/db/tables.ts'

export async function insertPendingSignIn(transaction: Store, row: Insertable<PendingSignInsTable>): Promise<void> {
  await transaction.insertInto('pending_sign_ins').values(row).execute()
}

export async function findPendingSignIn(
  store: Store,
  tokenHash: string,
  now: Date,
): Promise<Selectable<PendingSignInsTable> | null> {
  const row = await store
    .selectFrom('pending_sign_ins')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row ?? null
}

/** Ends it: of any number of callers at once exactly one gets true. */
export async function consumePendingSignIn(transaction: Store, tokenHash: string, now: Date): Promise<boolean> {
  const result = await transaction
    .deleteFrom('pending_sign_ins')
    .where('token_hash', '=', tokenHash)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

export async function deletePendingSignInsOf(transaction: Store, userId: string): Promise<void> {
  await transaction.deleteFrom('pending_sign_ins').where('user_id', '=', userId).execute()
}

export async function deleteDeadPendingSignIns(store: Store, now: Date): Promise<void> {
  await store.deleteFrom('pending_sign_ins').where('expires_at', '<=', now).execute()
}
