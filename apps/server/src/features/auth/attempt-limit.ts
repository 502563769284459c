import { AppError } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock/clock.ts'
import { noteRateLimit } from '../../platform/limits/rate-limit-notes.ts'

export interface AttemptLimitOptions {
  /** What is limited, as programs are told. */
  readonly policy: string
  /** Failures within the window after which further attempts are refused. */
  readonly maxFailures: number
  readonly windowMs: number
  /** What the attempts are for, in the sentence of the refusal. */
  readonly purpose?: string
}

interface Window {
  startedAt: number
  failures: number
}

/** Counts failed attempts per key in fixed windows, in memory, for a bounded number of keys. */
export class AttemptLimit {
  readonly #options: AttemptLimitOptions
  readonly #clock: Clock
  /** Bounded by size and not by `max`, for which the room of all keys would be set aside at once, in every limit. */
  readonly #windows = new LRUCache<string, Window>({ maxSize: 50_000, sizeCalculation: () => 1 })

  constructor(options: AttemptLimitOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Counts an attempt as failed until `forgive` says otherwise. Throws `too_many_requests` beyond the limit. */
  count(key: string): void {
    const now = this.#clock.now().getTime()
    const { maxFailures, policy, windowMs, purpose = 'to sign in' } = this.#options
    const found = this.#windows.get(key)
    const window = found !== undefined && now - found.startedAt < windowMs ? found : { startedAt: now, failures: 0 }
    const retryAfterSeconds = Math.max(1, Math.ceil((window.startedAt + windowMs - now) / 1000))
    const isRefused = window.failures >= maxFailures
    if (!isRefused) window.failures += 1
    const remaining = maxFailures - window.failures
    noteRateLimit({
      policy,
      limit: maxFailures,
      windowSeconds: windowMs / 1000,
      remaining,
      resetSeconds: retryAfterSeconds,
    })
    if (isRefused) {
      throw new AppError(
        'too_many_requests',
        `Too many failed attempts ${purpose}; try again in ${describeWait(retryAfterSeconds)}.`,
        { details: { retryAfterSeconds } },
      )
    }
    this.#windows.set(key, window)
  }

  /** Takes back everything counted under a key. */
  forgive(key: string): void {
    this.#windows.delete(key)
  }

  /** Takes back one attempt. */
  forgiveOne(key: string): void {
    const window = this.#windows.get(key)
    if (window !== undefined) window.failures = Math.max(0, window.failures - 1)
  }
}

function describeWait(seconds: number): string {
  if (seconds < 90) return `${seconds} seconds`
  return `${Math.ceil(seconds / 60)} minutes`
}
