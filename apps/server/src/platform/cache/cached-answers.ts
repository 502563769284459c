import type { Clock } from '../clock/clock.ts'
import { type AnswerCache, type CachedAnswer, createAnswer } from './answer-cache.ts'
import { type Freshness, isFresh } from './freshness.ts'
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

/** Answers from the cache when one is fresh enough; otherwise has it made once for all who are waiting for it. */
export class CachedAnswers {
  readonly #cache: AnswerCache
  readonly #clock: Clock
  readonly #flights = new SingleFlight<CachedAnswer>()

  constructor(cache: AnswerCache, clock: Clock) {
    this.#cache = cache
    this.#clock = clock
  }

  /** The cached answer, unless it is too old for this request. */
  find(key: string, freshness: Freshness): CachedAnswer | undefined {
    const answer = this.#cache.get(key)
    return answer && isFresh(answer.createdAt, freshness, this.#clock.now().getTime()) ? answer : undefined
  }

  /** The signal given to `produce` aborts when the last one who waits for the answer has left. */
  async obtain(
    key: string,
    connectionId: string,
    freshness: Freshness,
    produce: (signal: AbortSignal) => Promise<ProducedAnswer>,
    signal?: AbortSignal,
  ): Promise<ObtainedAnswer> {
    const found = this.find(key, freshness)
    if (found) return { answer: found, isHit: true }
    const answer = await this.#flights.run(
      key,
      async (flightSignal) => {
        // The age counts from the question, not from the answer: the data may change while the warehouse works.
        const createdAt = this.#clock.now().getTime()
        const produced = await produce(flightSignal)
        const made = createAnswer(key, produced.body, createdAt, produced.hasDroppedFeatures)
        if (!freshness.isUnkept) this.#cache.set(key, connectionId, made)
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
  ): Promise<{ readonly value: Value; readonly isHit: boolean }> {
    const { answer, isHit } = await this.obtain(
      key,
      connectionId,
      freshness,
      async (flightSignal) => ({ body: Buffer.from(JSON.stringify(await produce(flightSignal))) }),
      signal,
    )
    return { value: JSON.parse(answer.body.toString('utf8')) as Value, isHit }
  }

  forgetConnection(connectionId: string): void {
    this.#cache.forgetConnection(connectionId)
  }
}
