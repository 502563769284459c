import type { Insertable } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { SignInLinksTable } from '../../platform/db/tables.ts'

type Purpose = SignInLinksTable['purpose']

export async function insertLink(store: Store, link: Insertable<SignInLinksTable>): Promise<void> {
  await store.insertInto('sign_in_links').values(link).execute()
}

export async function isLinkUsable(store: Store, tokenHash: string, purpose: Purpose, now: Date): Promise<boolean> {
  const row = await store
    .selectFrom('sign_in_links')
    .select('token_hash')
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return row !== undefined
}

/** Uses a link up: of any number of callers at once exactly one gets it, the others null. */
export async function consumeLink(
  transaction: Store,
  tokenHash: string,
  purpose: Purpose,
  now: Date,
): Promise<{ readonly userId: string | null } | null> {
  const row = await transaction
    .updateTable('sign_in_links')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('user_id as userId')
    .executeTakeFirst()
  return row ?? null
}

/** Ends a person's links, of one purpose or of all. */
export async function deleteLinksOf(transaction: Store, userId: string, purpose?: Purpose): Promise<void> {
  const links = transaction.deleteFrom('sign_in_links').where('user_id', '=', userId)
  await (purpose === undefined ? links : links.where('purpose', '=', purpose)).execute()
}

export async function deleteDeadLinks(store: Store, before: Date): Promise<void> {
  await store.deleteFrom('sign_in_links').where('expires_at', '<', before).execute()
}
