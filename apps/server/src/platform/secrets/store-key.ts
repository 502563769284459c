import { type Selectable, sql } from 'kysely'
import type { Store } from '../db/database.ts'
import { migrateDatabase } from '../db/migrate.ts'
import type { StoreKeyTable } from '../db/tables.ts'
import { KeyRing, keyIdOf } from './key-ring.ts'
import type { KeySource } from './key-sources/key-source.ts'
import type { MasterKey } from './master-key.ts'
import { listSealingKeys } from './resealing.ts'
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.ts'
import { SecretBox } from './secret-box.ts'
import { loadSigningKeys } from './signing-keys.ts'

/** The master keys at hand are not those of the store, or cannot be changed now; in a sentence. */
export class StoreKeyError extends Error {}

/** The keys of one process, and what it seals and signs with. */
export interface OpenedKeys {
  readonly ring: KeyRing
  readonly secretBox: SecretBox
}

/**
 * Brings the store to the newest version and opens it with the master keys of a place. A new store takes the newest of
 * them, which is made when there is none. Where a key is missing nothing is touched: secrets could not be opened.
 */
export async function openStoreKeys(store: Store, source: KeySource): Promise<OpenedKeys> {
  let keys = await source.read()
  await requireKeys(keys, await readKeyIdOf(store))
  await migrateDatabase(store)
  const isUnclaimed = (await findStoreKey(store)) === null
  if (isUnclaimed && keys.length === 0) {
    await source.editor?.addKey(true)
    keys = await source.read()
  }
  await requireAllKeys(store, keys)
  return claim(store, keys)
}

/** The keys of a place, for what only opens and seals. */
export async function openRing(source: KeySource): Promise<KeyRing> {
  const keys = await source.read()
  if (keys.length > 0) return new KeyRing(keys)
  throw new StoreKeyError(`There is no master key in ${source.name}; run this where the server runs, or set its key.`)
}

/** The keys of a place, for what seals beside a server: with the key of the store, and never with another. */
export async function openSealingRing(store: Store, source: KeySource) {
  const ring = await openRing(source)
  const { changed_at: changedAt, key_id: keyId } = await requireStoreKey(store)
  requireRing(ring, keyId)
  ring.sealWith(keyId)
  return { ring, keyId, changedAt }
}

/** Which key seals in this store; null before a server has started on it. */
export async function findStoreKey(store: Store): Promise<Selectable<StoreKeyTable> | null> {
  const row = await store.selectFrom('store_key').selectAll().where('id', '=', 1).executeTakeFirst()
  return row ?? null
}

/** As `findStoreKey`, where a server has started. */
export async function requireStoreKey(store: Store): Promise<Selectable<StoreKeyTable>> {
  const row = await findStoreKey(store)
  if (row === null) throw new StoreKeyError('No server has started on this metadata store yet; start one first.')
  return row
}

/** Throws when the key that seals in the store is none of these. */
export function requireRing(ring: KeyRing, keyId: string): void {
  if (ring.has(keyId)) return
  throw new StoreKeyError(
    `This store is sealed with the key ${keyId}, but here there is only ${ring.keyIds.join(', ')}; nothing was changed.`,
  )
}

/** As `findStoreKey`, in a store of any age. */
async function readKeyIdOf(store: Store): Promise<string | null> {
  const { rows } = await sql<{ found: string | null }>`SELECT to_regclass('store_key')::text AS found`.execute(store)
  if (!rows[0]?.found) return null
  const row = await store.selectFrom('store_key').select('key_id').where('id', '=', 1).executeTakeFirst()
  return row?.key_id ?? null
}

async function requireAllKeys(store: Store, keys: readonly MasterKey[]): Promise<void> {
  const columns: readonly SealedColumn[] = Object.values(SEALED_COLUMNS)
  for (const column of columns.filter(({ isDispensable }) => !isDispensable)) {
    for (const { keyId } of await listSealingKeys(store, column)) await requireKeys(keys, keyId)
  }
}

async function requireKeys(keys: readonly MasterKey[], keyId: string | null): Promise<void> {
  const ids = keys.map(keyIdOf)
  if (keyId === null || ids.includes(keyId)) return
  const known = ids.length === 0 ? 'no key' : ids.length === 1 ? `the key ${ids[0]}` : `the keys ${ids.join(', ')}`
  throw new StoreKeyError(
    `The secrets in this metadata store are sealed with the key ${keyId}, but this server has ${known}. ` +
      'Give all servers of one store the same key: set GRATICULE_SECRET_KEY to what secret.key in the home folder of the first one holds.',
  )
}

/** Marks a store that is not marked yet with the newest key, in one step with the signing keys. */
async function claim(store: Store, keys: readonly MasterKey[]): Promise<OpenedKeys> {
  const ring = new KeyRing(keys)
  const signingKeys = await store.transaction().execute(async (transaction) => {
    const wasInUse = await hasSecrets(transaction)
    const claimed = await transaction
      .insertInto('store_key')
      .values({ id: 1, key_id: ring.sealingKeyId })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    const isNew = claimed.numInsertedOrUpdatedRows === 1n && !wasInUse
    const { key_id: keyId } = await transaction
      .selectFrom('store_key')
      .select('key_id')
      .where('id', '=', 1)
      .executeTakeFirstOrThrow()
    await requireKeys(keys, keyId)
    ring.sealWith(keyId)
    const before = isNew ? null : (keys.find((key) => keyIdOf(key) === keyId) ?? null)
    return loadSigningKeys(transaction, new SecretBox(ring), before)
  })
  return { ring, secretBox: new SecretBox(ring, signingKeys) }
}

async function hasSecrets(store: Store): Promise<boolean> {
  for (const column of Object.values(SEALED_COLUMNS)) {
    if ((await listSealingKeys(store, column)).length > 0) return true
  }
  return false
}
