import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { deriveFrom, KeyRing } from './key-ring.ts'
import type { MasterKey } from './master-key.ts'
import type { SealContext } from './sealed-columns.ts'
import { SIGNING_PURPOSES, type SigningKeys, type SigningPurpose } from './signing-keys.ts'

const VERSION = 'v1'

/**
 * Seals secrets for the store: each under a fresh data key of its own, AES-256-GCM, with the data key wrapped by a
 * key derived from the master key and that key's id beside it, so that keys can be rotated one value at a time.
 * The context is the place of the value in the store, and is authenticated: a sealed value moved to another row does not
 * open.
 */
export class SecretBox {
  readonly #ring: KeyRing
  readonly #signingKeys: SigningKeys

  /** Without signing keys it seals and opens, and signs nothing. */
  constructor(ring: KeyRing, signingKeys: SigningKeys = new Map()) {
    this.#ring = ring
    this.#signingKeys = signingKeys
  }

  /** Of one key and what follows from it, for a store that keeps no signing keys. */
  static ofOneKey(key: MasterKey): SecretBox {
    const signingKeys = SIGNING_PURPOSES.map((purpose) => [purpose, deriveFrom(key, `sign:${purpose}`)] as const)
    return new SecretBox(new KeyRing([key]), new Map(signingKeys))
  }

  /** Of the key that seals. */
  get keyId(): string {
    return this.#ring.sealingKeyId
  }

  /** `v1.<key id>.<wrapped data key>.<sealed text>`, the last two in base64url. */
  seal(plainText: string, context: SealContext): string {
    const { keyId } = this
    const dataKey = randomBytes(32)
    const wrapped = encrypt(this.#ring.wrappingKey(keyId), dataKey, `key:${context}`)
    const sealed = encrypt(dataKey, Buffer.from(plainText, 'utf8'), `value:${context}`)
    return [VERSION, keyId, wrapped.toString('base64url'), sealed.toString('base64url')].join('.')
  }

  /** Throws a sentence when the value was sealed with a key that is not there or another context, or was changed. */
  open(sealedText: string, context: SealContext): string {
    const [version, keyId, wrapped, sealed] = sealedText.split('.')
    if (version !== VERSION || keyId === undefined || wrapped === undefined || sealed === undefined) {
      throw new Error('This is not a sealed secret of a version that is known here.')
    }
    const dataKey = decrypt(this.#ring.wrappingKey(keyId), Buffer.from(wrapped, 'base64url'), `key:${context}`)
    return decrypt(dataKey, Buffer.from(sealed, 'base64url'), `value:${context}`).toString('utf8')
  }

  /** An HMAC-SHA-256 of the text under a key of its own for each purpose, as base64url. It outlives master keys. */
  sign(purpose: SigningPurpose, text: string): string {
    const key = this.#signingKeys.get(purpose)
    if (key === undefined) throw new Error(`The signing key for ${purpose} was not loaded.`)
    return createHmac('sha256', key).update(text).digest('base64url')
  }

  /** Whether the signature is the one that `sign` makes; takes the same time for every wrong one. */
  verify(purpose: SigningPurpose, text: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(purpose, text))
    const given = Buffer.from(signature)
    return expected.length === given.length && timingSafeEqual(expected, given)
  }
}

/** Nonce, tag and cipher text in one. */
function encrypt(key: Buffer, plain: Buffer, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context, 'utf8'))
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body])
}

function decrypt(key: Buffer, box: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12))
  decipher.setAuthTag(box.subarray(12, 28))
  decipher.setAAD(Buffer.from(context, 'utf8'))
  return Buffer.concat([decipher.update(box.subarray(28)), decipher.final()])
}
