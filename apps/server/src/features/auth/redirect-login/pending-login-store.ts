import type { Insertable } from 'kysely'
import type { Store } from '../../../platform/db/database.ts'
import type { PendingLoginRow, PendingLoginsTable } from '../../../platform/db/tables.ts'

export async function insertPendingLogin(store: Store, login: Insertable<PendingLoginsTable>): Promise<void> {
  await store.insertInto('pending_logins').values(login).execute()
}

/** Uses a login up: of any number of callers at once exactly one gets it, the others null. */
export async function consumePendingLogin(store: Store, stateHash: string, now: Date): Promise<PendingLoginRow | null> {
  const row = await store
    .updateTable('pending_logins')
    .set({ used_at: now })
    .where('state_hash', '=', stateHash)
    .where('used_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

/** A login whether or not it has been used. */
export async function findPendingLogin(store: Store, stateHash: string): Promise<PendingLoginRow | null> {
  const row = await store
    .selectFrom('pending_logins')
    .selectAll()
    .where('state_hash', '=', stateHash)
    .executeTakeFirst()
  return row ?? null
}

export async function deletePendingLogins(store: Store, expiredBefore: Date): Promise<void> {
  await store.deleteFrom('pending_logins').where('expires_at', '<', expiredBefore).execute()
}

/** Keeps what a provider posted, sealed; the first one only, and none for a login that has been used. */
export async function keepAnswer(store: Store, stateHash: string, answer: string): Promise<void> {
  await store
    .updateTable('pending_logins')
    .set({ answer })
    .where('state_hash', '=', stateHash)
    .where('used_at', 'is', null)
    .where('answer', 'is', null)
    .execute()
}
