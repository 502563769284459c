import { createHmac } from 'node:crypto'
import type { Statement } from '@graticule/sql'

/** On whose behalf a warehouse is asked; answers are shared only within one identity. */
export interface CacheIdentity {
  readonly organizationId: string
  readonly connectionId: string
  /** The database login, as the credential names it; never a secret. */
  readonly databaseIdentity: string
  readonly credentialVersion: number
  /** Of the organization's rights; what was kept under an earlier one is found no more. */
  readonly policyEpoch: string
}

/**
 * Makes the keys of the answer cache. Every part is length-prefixed before it is hashed, so no two lists of parts
 * read alike, and the hash is keyed, so whoever sees a key learns nothing about SQL or values.
 */
export class CacheKeys {
  readonly #secret: Uint8Array

  constructor(secret: Uint8Array) {
    this.#secret = secret
  }

  /**
   * The part of a tile's key that all tiles of one source share. The definition determines the statement of every
   * tile, so the key needs no compiling: `tileKey(prefix, z, x, y)` is one concatenation.
   */
  tilePrefix(identity: CacheIdentity, definition: unknown): string {
    return this.#digest(['tile', ...identityParts(identity), canonicalJson(definition)])
  }

  /** The key of one statement's answer, for widgets, statistics and extents. */
  statementKey(identity: CacheIdentity, statement: Statement, format: string): string {
    return this.#digest([
      'statement',
      ...identityParts(identity),
      format,
      statement.text,
      ...statement.values.map((value) => canonicalJson(value)),
    ])
  }

  #digest(parts: readonly string[]): string {
    const hmac = createHmac('sha256', this.#secret)
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
    return hmac.digest('base64url')
  }
}

/** The key of one tile; the prefix has a fixed length, so the pieces cannot run together. */
export function tileKey(prefix: string, z: number, x: number, y: number): string {
  return `${prefix}/${z}/${x}/${y}`
}

function identityParts(identity: CacheIdentity): string[] {
  const { organizationId, connectionId, databaseIdentity, credentialVersion, policyEpoch } = identity
  return [organizationId, connectionId, databaseIdentity, String(credentialVersion), policyEpoch]
}

/** JSON with sorted keys: equal values give equal text, and values of different types give different text. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return `number:${value}`
  if (value instanceof Date) return `date:${value.getTime()}`
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('base64')}`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  return value === undefined ? 'undefined' : JSON.stringify(value)
}
