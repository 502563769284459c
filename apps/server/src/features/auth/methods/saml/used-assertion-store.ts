import type { Store } from '../../../../platform/db/database.ts'

/** Uses an assertion up: true for exactly one of any number of callers, on however many servers. */
export async function useAssertion(
  store: Store,
  providerId: string,
  assertionHash: string,
  expiresAt: Date,
): Promise<boolean> {
  const row = await store
    .insertInto('used_assertions')
    .values({ provider_id: providerId, assertion_hash: assertionHash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(['provider_id', 'assertion_hash']).doNothing())
    .returning('provider_id')
    .executeTakeFirst()
  return row !== undefined
}

export async function deleteUsedAssertions(store: Store, expiredBefore: Date): Promise<void> {
  await store.deleteFrom('used_assertions').where('expires_at', '<', expiredBefore).execute()
}
