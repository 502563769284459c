import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** What is written about an answer outside of this process. */
export interface SealedAnswer {
  readonly body: Buffer
  readonly hasDroppedFeatures: boolean
  /** By this server's clock, in milliseconds since the epoch. */
  readonly createdAt: number
  /** How old the answer may become where it is kept, in milliseconds. */
  readonly keepMs: number
}

const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Version, flags, moment, and how long it is kept. */
const HEAD_BYTES = 1 + 1 + 8 + 8

/**
 * Names and seals answers for a place that others can look into. Names are HMACs. Bodies are AES-256-GCM under a key of
 * each name's own, with the name authenticated: what is moved to another name, changed, or sealed by another
 * installation does not open.
 */
export class AnswerSeal {
  readonly #secret: Uint8Array

  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /** How an answer is called there; the connection comes first, so that all of one connection can be found. */
  nameOf(key: string, connectionId: string): string {
    return `${this.prefixOf(connectionId)}${this.#derive('name', key).toString('base64url')}`
  }

  prefixOf(connectionId: string): string {
    return `graticule:answer:${this.#derive('connection', connectionId).toString('base64url').slice(0, 16)}:`
  }

  seal(name: string, answer: SealedAnswer): Buffer {
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt8(VERSION, 0)
    head.writeUInt8(answer.hasDroppedFeatures ? 1 : 0, 1)
    head.writeDoubleBE(answer.createdAt, 2)
    head.writeDoubleBE(answer.keepMs, 10)
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#derive('body', name), nonce)
    cipher.setAAD(Buffer.from(name))
    const sealed = [cipher.update(head), cipher.update(answer.body), cipher.final()]
    return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()])
  }

  /** Null for whatever this installation did not seal under this name. */
  open(name: string, sealed: Buffer): SealedAnswer | null {
    if (sealed.byteLength < NONCE_BYTES + HEAD_BYTES + TAG_BYTES) return null
    const decipher = createDecipheriv('aes-256-gcm', this.#derive('body', name), sealed.subarray(0, NONCE_BYTES))
    decipher.setAAD(Buffer.from(name))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    const plain = Buffer.alloc(sealed.byteLength - NONCE_BYTES - TAG_BYTES)
    try {
      decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)).copy(plain)
      decipher.final()
    } catch {
      return null
    }
    if (plain.readUInt8(0) !== VERSION) return null
    return {
      hasDroppedFeatures: plain.readUInt8(1) === 1,
      createdAt: plain.readDoubleBE(2),
      keepMs: plain.readDoubleBE(10),
      body: plain.subarray(HEAD_BYTES),
    }
  }

  #derive(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${purpose}:`).update(text).digest()
  }
}
