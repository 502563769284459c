import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto'
import type { Clock } from '../clock/clock.ts'
import type { Store } from '../db/database.ts'
import { SEALED_COLUMNS } from '../secrets/sealed-columns.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** What a checkpoint says, and who signed it. */
export interface SignedText {
  readonly keyId: string
  /** In base64url. */
  readonly signature: string
}

/**
 * The Ed25519 keys that checkpoints are signed with. The private half is sealed like every other secret, and a key counts
 * only when it opens: whoever can write to the store alone cannot bring a key of their own.
 */
export class CheckpointKeys {
  readonly #store: Store
  readonly #secretBox: SecretBox
  readonly #clock: Clock
  readonly #known = new Map<string, KeyObject | null>()
  #signingKeyId: string | null = null

  constructor(store: Store, secretBox: SecretBox, clock: Clock) {
    this.#store = store
    this.#secretBox = secretBox
    this.#clock = clock
  }

  /** Signs with the newest key, which is made when there is none. */
  async sign(text: string): Promise<SignedText> {
    const keyId = await this.#findSigningKey()
    const key = await this.#open(keyId)
    if (key === null) throw new Error(`The key ${keyId} for checkpoints does not open with the master key.`)
    return { keyId, signature: sign(null, Buffer.from(text), key).toString('base64url') }
  }

  /** Whether one of our keys signed exactly this text. */
  async isGenuine(text: string, { keyId, signature }: SignedText): Promise<boolean> {
    const key = await this.#open(keyId)
    if (key === null) return false
    return verify(null, Buffer.from(text), createPublicKey(key), Buffer.from(signature, 'base64url'))
  }

  async #findSigningKey(): Promise<string> {
    if (this.#signingKeyId !== null) return this.#signingKeyId
    const rows = await this.#store.selectFrom('activity_keys').select('id').orderBy('created_at', 'desc').execute()
    for (const { id } of rows) {
      if ((await this.#open(id)) === null) continue
      this.#signingKeyId = id
      return id
    }
    this.#signingKeyId = await this.#create()
    return this.#signingKeyId
  }

  async #create(): Promise<string> {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const id = fingerprintOf(publicKey)
    const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await this.#store
      .insertInto('activity_keys')
      .values({
        id,
        public_key: publicPem,
        sealed_private_key: this.#secretBox.seal(privatePem, SEALED_COLUMNS.checkpointKey.in(id)),
        created_at: this.#clock.now(),
      })
      .execute()
    return id
  }

  /** The private key; null for one that is not ours, or no longer opens. */
  async #open(id: string): Promise<KeyObject | null> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const row = await this.#store
      .selectFrom('activity_keys')
      .select('sealed_private_key')
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) return null
    const key = this.#unseal(id, row.sealed_private_key)
    this.#known.set(id, key)
    return key
  }

  #unseal(id: string, sealed: string): KeyObject | null {
    try {
      const key = createPrivateKey(this.#secretBox.open(sealed, SEALED_COLUMNS.checkpointKey.in(id)))
      return fingerprintOf(createPublicKey(key)) === id ? key : null
    } catch {
      return null
    }
  }
}

/** Of a public key, by which checkpoints name it. */
function fingerprintOf(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'hex').slice(0, 32)
}
