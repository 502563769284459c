import type { Clock } from '../clock/clock.ts'
import { type AnswerCache, type CachedAnswer, createAnswer } from './answer-cache.ts'
import { type Freshness, isFresh, keepMsOf } from './freshness.ts'
import { SingleFlight } from './single-flight.ts'

/** What was just made, before it has a tag and an age. */
export interface ProducedAnswer {
  readonly body: Uint8Array
  readonly hasDroppedFeatures?: boolean
}

/** An answer and whether it came without asking the warehouse. */
export interface ObtainedAnswer {
  readonly answer: CachedAnswer
  readonly isHit: boolean
}

/** An answer that is a JSON value. */
export interface ObtainedJson<Value> extends ObtainedAnswer {
  readonly value: Value
}

/** Answers from the cache when one is fresh enough; otherwise has it made once for all who are waiting for it. */
export class CachedAnswers {
  readonly #cache: AnswerCache
  readonly #clock: Clock
  readonly #flights = new SingleFlight<CachedAnswer>()

  constructor(cache: AnswerCache, clock: Clock) {
    this.#cache = cache
    this.#clock = clock
  }

  /** The answer that this process holds, unless it is too old for this request. */
  recall(key: string, freshness: Freshness): CachedAnswer | undefined {
    return this.#ifFresh(this.#cache.recall(key), freshness)
  }

  /** The signal given to `produce` aborts when the last one who waits for the answer has left. */
  async obtain(
    key: string,
    connectionId: string,
    freshness: Freshness,
    produce: (signal: AbortSignal) => Promise<ProducedAnswer>,
    signal?: AbortSignal,
  ): Promise<ObtainedAnswer> {
    const found = await this.#find(key, connectionId, freshness)
    if (found) return { answer: found, isHit: true }
    const answer = await this.#flights.run(
      key,
      async (flightSignal) => {
        // The age counts from the question, not from the answer: the data may change while the warehouse works.
        const createdAt = this.#clock.now().getTime()
        const startedAt = performance.now()
        const produced = await produce(flightSignal)
        const made = createAnswer(key, produced.body, createdAt, produced.hasDroppedFeatures)
        const keepMs = keepMsOf(freshness) - (performance.now() - startedAt)
        if (!freshness.isUnkept && keepMs > 0) this.#cache.set(key, connectionId, made, keepMs)
        return made
      },
      signal,
    )
    return { answer, isHit: false }
  }

  /** As `obtain`, for an answer that is a JSON value. */
  async obtainJson<Value>(
    key: string,
    connectionId: string,
    freshness: Freshness,
    produce: (signal: AbortSignal) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<ObtainedJson<Value>> {
    const { answer, isHit } = await this.obtain(
      key,
      connectionId,
      freshness,
      async (flightSignal) => ({ body: Buffer.from(JSON.stringify(await produce(flightSignal))) }),
      signal,
    )
    return { answer, isHit, value: JSON.parse(answer.body.toString('utf8')) as Value }
  }

  forgetConnection(connectionId: string): void {
    this.#cache.forgetConnection(connectionId)
  }

  async #find(key: string, connectionId: string, freshness: Freshness): Promise<CachedAnswer | undefined> {
    // Whoever asks for a fresh answer finds none that is.
    if (freshness.maxAgeSeconds === 0) return undefined
    return this.recall(key, freshness) ?? this.#ifFresh(await this.#cache.find(key, connectionId), freshness)
  }

  #ifFresh(answer: CachedAnswer | undefined, freshness: Freshness): CachedAnswer | undefined {
    return answer && isFresh(answer.createdAt, freshness, this.#clock.now().getTime()) ? answer : undefined
  }
}
