import { AppError } from '@graticule/contract'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { noteRateLimit } from '../../platform/limits/rate-limit-notes.ts'
import type { SecondFactorStore } from './second-factor-store.ts'

/** A code has a million values, of which three hold at a time: at this rate guessing one takes two years on average. */
const MAX_FAILURES = 5
const WINDOW_MS = 15 * 60_000

/**
 * Lets somebody's proofs through one after the other, and so many wrong ones. It counts in the store, because several
 * servers must not give several times as many guesses.
 */
export class ProofLimit {
  readonly #store: Store
  readonly #factors: SecondFactorStore
  readonly #clock: Clock

  constructor(store: Store, factors: SecondFactorStore, clock: Clock) {
    this.#store = store
    this.#factors = factors
    this.#clock = clock
  }

  /** Whether the proof is right, by a check inside the transaction. Throws `too_many_requests` after too many wrong ones. */
  async try(userId: string, check: (transaction: Store) => Promise<boolean>): Promise<boolean> {
    const now = this.#clock.now()
    const isRight = await this.#store.transaction().execute(async (transaction) => {
      const held = await this.#factors.holdAttempts(transaction, userId, now)
      const isRunning = now.getTime() - held.windowStartedAt.getTime() < WINDOW_MS
      const windowStartedAt = isRunning ? held.windowStartedAt : now
      const failures = isRunning ? held.failures : 0
      const waitMs = windowStartedAt.getTime() + WINDOW_MS - now.getTime()
      if (failures >= MAX_FAILURES) {
        note(0, waitMs)
        throw tooMany(waitMs)
      }
      const passed = await check(transaction)
      note(MAX_FAILURES - (passed ? 0 : failures + 1), waitMs)
      await this.#factors.setAttempts(transaction, userId, { windowStartedAt, failures: passed ? 0 : failures + 1 })
      return passed
    })
    return isRight
  }
}

function note(remaining: number, waitMs: number): void {
  const resetSeconds = Math.max(1, Math.ceil(waitMs / 1_000))
  noteRateLimit({ policy: 'proofs', limit: MAX_FAILURES, windowSeconds: WINDOW_MS / 1_000, remaining, resetSeconds })
}

function tooMany(waitMs: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000))
  const minutes = Math.ceil(retryAfterSeconds / 60)
  const wait = minutes === 1 ? 'a minute' : `${minutes} minutes`
  return new AppError('too_many_requests', `Too many wrong attempts; try again in ${wait}.`, {
    details: { retryAfterSeconds },
  })
}
