import { generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'oidc-provider'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
import type { SecretBox } from '../../platform/secrets/secret-box.ts'

export interface OAuthKeys {
  /** Signs ID tokens; access tokens are signed by nobody, because they are looked up. */
  readonly idToken: JWK
  /** Signs the cookies of a sign-in that is under way. */
  readonly cookies: string
}

/** Reads the keys of the authorization server, and makes them where nobody asked for any before. */
export async function loadOAuthKeys(store: Store, box: SecretBox, clock: Clock): Promise<OAuthKeys> {
  const known = await readOAuthKeys(store, box)
  if (known !== null) return known
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const idToken = { ...privateKey.export({ format: 'jwk' }), kid: createId(), use: 'sig', alg: 'RS256' }
  const keys = { 'id-token': JSON.stringify(idToken), cookies: randomBytes(32).toString('base64url') }
  // Of servers that ask together, the first one's keys are everybody's.
  await store
    .insertInto('oauth_keys')
    .values(
      Object.entries(keys).map(([purpose, key]) => ({
        purpose,
        sealed_key: box.seal(key, SEALED_COLUMNS.oauthKey.in(purpose)),
        created_at: clock.now(),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const made = await readOAuthKeys(store, box)
  if (made === null) throw new Error('The keys of the authorization server could not be kept.')
  return made
}

async function readOAuthKeys(store: Store, box: SecretBox): Promise<OAuthKeys | null> {
  const rows = await store.selectFrom('oauth_keys').selectAll().execute()
  const read = (purpose: string): string | null => {
    const row = rows.find((candidate) => candidate.purpose === purpose)
    return row === undefined ? null : box.open(row.sealed_key, SEALED_COLUMNS.oauthKey.in(purpose))
  }
  const [idToken, cookies] = [read('id-token'), read('cookies')]
  return idToken === null || cookies === null ? null : { idToken: JSON.parse(idToken), cookies }
}
