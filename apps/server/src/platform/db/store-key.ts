import type { Store } from './database.ts'

/** Another server's key has sealed what lies in this store. */
export class StoreKeyError extends Error {}

/**
 * Marks an unmarked store with the id of this server's key, and refuses one that is marked with another: its secrets
 * could not be opened, and links and tokens that are derived from the key would differ from server to server.
 */
export async function claimStore(store: Store, keyId: string): Promise<void> {
  const sealed = await store
    .selectFrom('connections')
    .select('secrets')
    .where('secrets', 'is not', null)
    .where('secrets', 'not like', `v1.${keyId}.%`)
    .limit(1)
    .executeTakeFirst()
  if (sealed) throw refusal(sealed.secrets?.split('.')[1] ?? '', keyId)
  await store
    .insertInto('store_key')
    .values({ id: 1, key_id: keyId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const claimed = await store.selectFrom('store_key').select('key_id').where('id', '=', 1).executeTakeFirstOrThrow()
  if (claimed.key_id !== keyId) throw refusal(claimed.key_id, keyId)
}

function refusal(storeKeyId: string, keyId: string): StoreKeyError {
  return new StoreKeyError(
    `The secrets in this metadata store are sealed with the key ${storeKeyId}, but this server has the key ${keyId}. ` +
      'Give all servers of one store the same key: set GRATICULE_SECRET_KEY to what secret.key in the home folder of the first one holds.',
  )
}
