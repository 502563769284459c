import { randomBytes } from 'node:crypto'
import type { Store } from '../db/database.ts'
import { deriveFrom } from './key-ring.ts'
import type { MasterKey } from './master-key.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'
import type { SecretBox } from './secret-box.ts'

/** What is signed. What a signature is good for lasts longer than a master key, so each purpose has a key of its own. */
export const SIGNING_PURPOSES = [
  'public-map',
  'map-query',
  'recovery-code',
  'answer-cache',
  'demo-password',
  'idempotency',
] as const
export type SigningPurpose = (typeof SIGNING_PURPOSES)[number]
export type SigningKeys = ReadonlyMap<SigningPurpose, Buffer>

/**
 * Reads the signing keys of a store, and makes those that are missing. In a store from before they were kept, everything
 * was signed with keys derived from its master key, which is handed in: these are kept then, so that links, handles and
 * recovery codes go on.
 */
export async function loadSigningKeys(store: Store, box: SecretBox, before: MasterKey | null): Promise<SigningKeys> {
  const known = await readSigningKeys(store, box)
  const missing = SIGNING_PURPOSES.filter((purpose) => !known.has(purpose))
  if (missing.length === 0) return known
  const rows = missing.map((purpose) => {
    const key = before === null ? randomBytes(32) : deriveFrom(before, `sign:${purpose}`)
    return { purpose, sealed_key: box.seal(key.toString('base64url'), SEALED_COLUMNS.signingKey.in(purpose)) }
  })
  // Of servers that start together, the first one's keys are everybody's.
  await store
    .insertInto('signing_keys')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return readSigningKeys(store, box)
}

async function readSigningKeys(store: Store, box: SecretBox): Promise<SigningKeys> {
  const rows = await store.selectFrom('signing_keys').selectAll().execute()
  const keys = new Map<SigningPurpose, Buffer>()
  for (const { purpose, sealed_key: sealed } of rows) {
    const known = SIGNING_PURPOSES.find((candidate) => candidate === purpose)
    if (known === undefined) continue
    keys.set(known, Buffer.from(box.open(sealed, SEALED_COLUMNS.signingKey.in(purpose)), 'base64url'))
  }
  return keys
}
