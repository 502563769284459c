import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** One answer as it goes out on the wire, ready to be sent again. */
export interface CachedAnswer {
  /** Empty for a tile without features. */
  readonly body: Buffer
  /** A strong entity tag, quotes included. */
  readonly etag: string
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
  get(key: string): CachedAnswer | undefined
  set(key: string, connectionId: string, answer: CachedAnswer): void
  forgetConnection(connectionId: string): void
  clear(): void
  /** Bytes held, bodies and keys. */
  readonly sizeBytes: number
}

interface Entry {
  readonly connectionId: string
  readonly answer: CachedAnswer
}

// What an entry costs beyond its body: the key, the tag and the objects around them, roughly.
const ENTRY_OVERHEAD_BYTES = 400

/** Keeps answers in this process, least recently used out first, never more than `maxBytes` of them. */
export class MemoryAnswerCache implements AnswerCache {
  readonly #entries: LRUCache<string, Entry>

  constructor(maxBytes: number) {
    this.#entries = new LRUCache({
      maxSize: maxBytes,
      // One answer may not push everything else out.
      maxEntrySize: Math.max(1, Math.floor(maxBytes / 8)),
      sizeCalculation: (entry) => entry.answer.body.byteLength + ENTRY_OVERHEAD_BYTES,
    })
  }

  get sizeBytes(): number {
    return this.#entries.calculatedSize
  }

  get(key: string): CachedAnswer | undefined {
    return this.#entries.get(key)?.answer
  }

  set(key: string, connectionId: string, answer: CachedAnswer): void {
    this.#entries.set(key, { connectionId, answer })
  }

  forgetConnection(connectionId: string): void {
    for (const [key, entry] of this.#entries.entries()) {
      if (entry.connectionId === connectionId) this.#entries.delete(key)
    }
  }

  clear(): void {
    this.#entries.clear()
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
    createdAt,
    hasDroppedFeatures,
  }
}
