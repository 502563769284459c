import { hash, hkdfSync } from 'node:crypto'
import type { MasterKey } from './master-key.ts'

/**
 * The master keys that a process has: all of them open, one seals. Keys are added and never dropped, because a value that
 * was read a while ago may still be sealed with one that is gone from everywhere else.
 */
export class KeyRing {
  readonly #wrappingKeys = new Map<string, Buffer>()
  #sealingKeyId: string | null = null

  /** The first key seals until it is said otherwise. */
  constructor(keys: readonly MasterKey[] = []) {
    this.add(keys)
  }

  add(keys: readonly MasterKey[]): void {
    for (const key of keys) {
      const id = keyIdOf(key)
      this.#wrappingKeys.set(id, deriveFrom(key, 'wrap'))
      this.#sealingKeyId ??= id
    }
  }

  has(keyId: string): boolean {
    return this.#wrappingKeys.has(keyId)
  }

  get keyIds(): readonly string[] {
    return [...this.#wrappingKeys.keys()]
  }

  get sealingKeyId(): string {
    if (this.#sealingKeyId === null) throw new Error('There is no master key to seal with.')
    return this.#sealingKeyId
  }

  /** From now on this key seals. */
  sealWith(keyId: string): void {
    this.wrappingKey(keyId)
    this.#sealingKeyId = keyId
  }

  /** What wraps data keys. Throws a sentence when the key is not there. */
  wrappingKey(keyId: string): Buffer {
    const key = this.#wrappingKeys.get(keyId)
    if (key !== undefined) return key
    const known = this.keyIds.length === 1 ? `the key ${this.keyIds[0]}` : `the keys ${this.keyIds.join(', ')}`
    throw new Error(`This secret was sealed with the key ${keyId}, but the server has ${known}.`)
  }
}

/** The name of a key, which tells nothing of it. */
export function keyIdOf(key: MasterKey): string {
  return hash('sha256', deriveFrom(key, 'key-id'), 'hex').slice(0, 12)
}

/** A key of its own for each purpose. */
export function deriveFrom(key: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key.reveal(), '', `graticule:${purpose}`, 32))
}
