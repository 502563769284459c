import { AsyncLocalStorage } from 'node:async_hooks'

/** A limit that a request was counted against, as its sender may be told. */
export interface RateLimitNote {
  /** What is limited, as a name for programs. */
  readonly policy: string
  /** How many may come within the window. */
  readonly limit: number
  readonly windowSeconds: number
  /** How many may still come. */
  readonly remaining: number
  /** Seconds until all may come again. */
  readonly resetSeconds: number
}

const storage = new AsyncLocalStorage<RateLimitNote[]>()

/** Runs what belongs to a request, so that the limits that it meets are noted in this list. */
export function runWithRateLimits<Result>(notes: RateLimitNote[], work: () => Result): Result {
  return storage.run(notes, work)
}

/** Says that what runs now was counted; nothing for what the server does by itself. */
export function noteRateLimit(note: RateLimitNote): void {
  storage.getStore()?.push(note)
}
