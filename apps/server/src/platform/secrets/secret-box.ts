import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import type { MasterKey } from './master-key.ts'

const VERSION = 'v1'

/**
 * Seals secrets for the store: each under a fresh data key of its own, AES-256-GCM, with the data key wrapped by a
 * key derived from the master key and that key's id beside it, so that keys can be rotated one value at a time.
 * The context (such as `connection:<id>`) is authenticated: a sealed value moved to another row does not open.
 */
export class SecretBox {
  readonly #wrappingKey: Buffer
  readonly #master: MasterKey
  readonly keyId: string

  constructor(master: MasterKey) {
    this.#master = master
    this.#wrappingKey = this.#derive('wrap')
    this.keyId = hash('sha256', this.#derive('key-id'), 'hex').slice(0, 12)
  }

  /** `v1.<key id>.<wrapped data key>.<sealed text>`, all base64url. */
  seal(plainText: string, context: string): string {
    const dataKey = randomBytes(32)
    const wrapped = encrypt(this.#wrappingKey, dataKey, `key:${context}`)
    const sealed = encrypt(dataKey, Buffer.from(plainText, 'utf8'), `value:${context}`)
    return [VERSION, this.keyId, wrapped.toString('base64url'), sealed.toString('base64url')].join('.')
  }

  /** Throws a sentence when the value was sealed with another key or context, or was changed. */
  open(sealedText: string, context: string): string {
    const [version, keyId, wrapped, sealed] = sealedText.split('.')
    if (version !== VERSION || wrapped === undefined || sealed === undefined) {
      throw new Error('This is not a sealed secret of a version that is known here.')
    }
    if (keyId !== this.keyId) {
      throw new Error(`This secret was sealed with the key ${keyId}, but the server has the key ${this.keyId}.`)
    }
    const dataKey = decrypt(this.#wrappingKey, Buffer.from(wrapped, 'base64url'), `key:${context}`)
    return decrypt(dataKey, Buffer.from(sealed, 'base64url'), `value:${context}`).toString('utf8')
  }

  /** An HMAC-SHA-256 of the text under a key of its own for each purpose, as base64url. */
  sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#derive(`sign:${purpose}`))
      .update(text)
      .digest('base64url')
  }

  /** Whether the signature is the one that `sign` makes; takes the same time for every wrong one. */
  verify(purpose: string, text: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(purpose, text))
    const given = Buffer.from(signature)
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  #derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#master.reveal(), '', `graticule:${purpose}`, 32))
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
