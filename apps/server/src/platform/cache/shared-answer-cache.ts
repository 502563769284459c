import { createClient, RESP_TYPES } from '@redis/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock/clock.ts'
import { type AnswerCache, type CachedAnswer, createAnswer } from './answer-cache.ts'
import type { AnswerSeal } from './answer-seal.ts'

/** Redis is asked for this long at most, in milliseconds: the warehouse knows the answer too. */
const PATIENCE_MS = 250

/** After a failure Redis is left alone for this long, in milliseconds, so that a slow one slows nobody down. */
const PAUSE_MS = 1_000

/** Clocks of two servers may be so far apart, in milliseconds; the age itself is told by Redis, which has one clock. */
const MAX_SKEW_MS = 5 * 60_000

/** Larger answers stay in the process that made them, in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Answers on the way to Redis, in bytes; beyond that they stay in the process that made them. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024

const MAX_RECONNECT_MS = 2_000

export interface SharedAnswerCacheOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  /** What this process holds. */
  readonly memory: AnswerCache
  readonly seal: AnswerSeal
  readonly clock: Clock
  readonly logger: Pick<FastifyBaseLogger, 'info' | 'warn'>
}

/**
 * Answers in Redis, shared by all servers of an installation, behind those that this process holds. Redis is a help and
 * never needed: without it every server keeps what it makes, and whatever cannot be opened is as if it were not there.
 */
export class SharedAnswerCache implements AnswerCache {
  readonly #memory: AnswerCache
  readonly #seal: AnswerSeal
  readonly #clock: Clock
  readonly #logger: SharedAnswerCacheOptions['logger']
  readonly #client: ReturnType<typeof createRedisClient>
  /** The same client, giving bytes. */
  readonly #bytes: ReturnType<typeof readingBytes>
  #pendingBytes = 0
  #pausedUntil = 0
  #isAway = false
  #isClosed = false

  constructor({ url, memory, seal, clock, logger }: SharedAnswerCacheOptions) {
    this.#memory = memory
    this.#seal = seal
    this.#clock = clock
    this.#logger = logger
    this.#client = createRedisClient(url)
    this.#bytes = readingBytes(this.#client)
    this.#client.on('error', (error: unknown) => this.#noteAway(error))
    this.#client.on('ready', () => this.#noteBack())
    // It goes on trying by itself; what fails is told by the events.
    this.#client.connect().catch((error: unknown) => this.#noteAway(error))
  }

  get sizeBytes(): number {
    return this.#memory.sizeBytes
  }

  recall(key: string): CachedAnswer | undefined {
    return this.#memory.recall(key)
  }

  async find(key: string, connectionId: string): Promise<CachedAnswer | undefined> {
    const held = this.#memory.recall(key)
    if (held || !this.#isUsable()) return held
    const name = this.#seal.nameOf(key, connectionId)
    const found = await this.#attempt(async () => {
      // Sent as one: the age comes from how long Redis goes on keeping it, by the clock of Redis alone.
      const [sealed, leftMs] = await Promise.all([this.#bytes.get(name), this.#client.pTTL(name)])
      return { sealed, leftMs }
    })
    if (!found?.sealed || found.leftMs <= 0) return undefined
    const opened = this.#seal.open(name, found.sealed)
    const now = this.#clock.now().getTime()
    const ageMs = opened ? opened.keepMs - found.leftMs : -1
    // Whoever can write to Redis may have put the end off.
    if (!opened || ageMs < 0 || Math.abs(now - ageMs - opened.createdAt) > MAX_SKEW_MS) return undefined
    const answer = createAnswer(key, opened.body, now - ageMs, opened.hasDroppedFeatures)
    this.#memory.set(key, connectionId, answer, found.leftMs)
    return answer
  }

  set(key: string, connectionId: string, answer: CachedAnswer, keepMs: number): void {
    this.#memory.set(key, connectionId, answer, keepMs)
    const bytes = answer.body.byteLength
    if (bytes > MAX_BODY_BYTES || this.#pendingBytes + bytes > MAX_PENDING_BYTES || !this.#isUsable()) return
    const ageMs = Math.max(0, this.#clock.now().getTime() - answer.createdAt)
    const leftMs = Math.floor(keepMs)
    if (leftMs < 1) return
    const name = this.#seal.nameOf(key, connectionId)
    const sealed = this.#seal.seal(name, { ...answer, keepMs: leftMs + ageMs })
    this.#pendingBytes += bytes
    const expiration = { type: 'PX', value: leftMs } as const
    this.#attempt(() => this.#client.set(name, sealed, { expiration })).finally(() => {
      this.#pendingBytes -= bytes
    })
  }

  /** In Redis too, in the background; keys of what changed are not made again, so nothing waits for it. */
  forgetConnection(connectionId: string): void {
    this.#memory.forgetConnection(connectionId)
    if (this.#isUsable()) this.#unlinkAll(`${this.#seal.prefixOf(connectionId)}*`).catch(() => undefined)
  }

  clear(): void {
    this.#memory.clear()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#memory.close()
    if (this.#client.isOpen) this.#client.destroy()
  }

  async #unlinkAll(pattern: string): Promise<void> {
    for await (const names of this.#client.scanIterator({ MATCH: pattern, COUNT: 1_000 })) {
      if (names.length > 0) await this.#client.unlink(names)
    }
  }

  #isUsable(): boolean {
    return !this.#isClosed && this.#client.isReady && performance.now() >= this.#pausedUntil
  }

  /** Undefined when Redis fails or does not answer in time; then it is left alone for a moment. */
  async #attempt<Answer>(work: () => Promise<Answer>): Promise<Answer | undefined> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Redis did not answer within ${PATIENCE_MS} ms.`)), PATIENCE_MS)
    })
    try {
      const working = work()
      working.catch(() => undefined)
      return await Promise.race([working, patience])
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS
      this.#noteAway(error)
      return undefined
    } finally {
      clearTimeout(timer)
      if (performance.now() >= this.#pausedUntil && this.#client.isReady) this.#noteBack()
    }
  }

  /** Said once for each time that it goes. */
  #noteAway(error: unknown): void {
    if (this.#isAway || this.#isClosed) return
    this.#isAway = true
    this.#logger.warn({ err: error }, 'Redis does not answer; each server keeps its own answers meanwhile')
  }

  #noteBack(): void {
    if (!this.#isAway || this.#isClosed) return
    this.#isAway = false
    this.#logger.info('Redis answers again')
  }
}

function createRedisClient(url: string) {
  return createClient({
    url,
    name: 'graticule',
    // What cannot be asked now is asked of the warehouse.
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    pingInterval: 30_000,
    socket: {
      connectTimeout: 2_000,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_MS),
    },
  })
}

function readingBytes(client: ReturnType<typeof createRedisClient>) {
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
}
