import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** One answer as it goes out on the wire, ready to be sent again. */
export interface CachedAnswer {
  /** Empty for a tile without features. */
  readonly body: Buffer
  /** A strong entity tag, quotes included. */
  readonly etag: string
  /** Stands for the key in headers: equal for equal keys, and nothing can be read from it. */
  readonly fingerprint: string
  /** Milliseconds since the epoch at which the warehouse was asked. */
  readonly createdAt: number
  /** True when features were left out to stay within the tile budget. */
  readonly hasDroppedFeatures: boolean
}

/**
 * Where answers of warehouses are kept for a short while. Keys come only from `CacheKeys`, so that two database
 * identities can never meet; the connection travels along so that a change of it can forget everything at once.
 */
export interface AnswerCache {
  /** What this process holds, without waiting. */
  recall(key: string): CachedAnswer | undefined
  /** As `recall`, and looks further where there is further to look. Never rejects. */
  find(key: string, connectionId: string): Promise<CachedAnswer | undefined>
  /** Keeps an answer until it is so many milliseconds old. */
  set(key: string, connectionId: string, answer: CachedAnswer, keepMs: number): void
  forgetConnection(connectionId: string): void
  /** Forgets everything that this process holds. */
  clear(): void
  /** Bytes held by this process, bodies and keys. */
  readonly sizeBytes: number
  close(): Promise<void>
}

interface Entry {
  readonly connectionId: string
  readonly answer: CachedAnswer
}

// What an entry costs beyond its body: the key, the tag and the objects around them, roughly.
const ENTRY_OVERHEAD_BYTES = 500

/** Ends of answers are looked at this coarsely, in milliseconds, which saves a look at the clock for each. */
const TTL_RESOLUTION_MS = 50

/** Keeps answers in this process, least recently used out first, never more than `maxBytes` of them. */
export class MemoryAnswerCache implements AnswerCache {
  readonly #entries: LRUCache<string, Entry>

  constructor(maxBytes: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      // One answer may not push everything else out.
      maxEntrySize: Math.max(1, Math.floor(maxBytes / 8)),
      sizeCalculation: (entry) => entry.answer.body.byteLength + ENTRY_OVERHEAD_BYTES,
      ttlResolution: TTL_RESOLUTION_MS,
    })
  }

  get sizeBytes(): number {
    return this.#entries.calculatedSize
  }

  recall(key: string): CachedAnswer | undefined {
    return this.#entries.get(key)?.answer
  }

  async find(key: string): Promise<CachedAnswer | undefined> {
    return this.recall(key)
  }

  set(key: string, connectionId: string, answer: CachedAnswer, keepMs: number): void {
    if (keepMs >= 1) this.#entries.set(key, { connectionId, answer }, { ttl: Math.floor(keepMs) })
  }

  forgetConnection(connectionId: string): void {
    for (const [key, entry] of this.#entries.entries()) {
      if (entry.connectionId === connectionId) this.#entries.delete(key)
    }
  }

  clear(): void {
    this.#entries.clear()
  }

  async close(): Promise<void> {
    this.clear()
  }
}

/**
 * Makes an answer out of a body. The entity tag is a digest of the bytes and of the key, which stands for one database
 * identity: a tag that somebody else was given, or under a login that is gone, never matches.
 */
export function createAnswer(
  key: string,
  body: Uint8Array,
  createdAt: number,
  hasDroppedFeatures = false,
): CachedAnswer {
  const digest = createHash('sha256').update(`${key.length}:${key}`).update(body).digest('base64url')
  const etag = `"${digest.slice(0, 27)}"`
  return {
    // A view into a larger buffer would keep all of that buffer alive.
    body: body.byteLength === body.buffer.byteLength ? Buffer.from(body.buffer) : Buffer.from(body),
    etag,
    fingerprint: fingerprintOf(key),
    createdAt,
    hasDroppedFeatures,
  }
}

/** A short name of a key: 72 bits of a digest, and the key itself is an HMAC, so nothing leads back. */
function fingerprintOf(key: string): string {
  return createHash('sha256').update(`fingerprint:${key}`).digest('base64url').slice(0, 12)
}
