import { AppError } from '@graticule/contract'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock/clock.ts'
import { noteRateLimit } from '../limits/rate-limit-notes.ts'

const WINDOW_MS = 60_000
/** Enough for whoever fills in forms, and far too few to look for what is open in a network. */
const PER_PERSON = 120
const PER_ORGANIZATION = 600

interface Window {
  startedAt: number
  count: number
}

/** Counts how often people have the server reach what they have just entered. */
export class TryLimit {
  readonly #clock: Clock
  readonly #windows = new LRUCache<string, Window>({ maxSize: 20_000, sizeCalculation: () => 1 })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `too_many_requests` beyond what a person, or all of an organization together, may try in a minute. */
  count(organizationId: string, actorId: string | null): void {
    this.#count('hosts-per-organization', organizationId, PER_ORGANIZATION)
    this.#count('hosts-per-person', `${organizationId} ${actorId}`, PER_PERSON)
  }

  #count(policy: string, who: string, most: number): void {
    const key = `${policy} ${who}`
    const now = this.#clock.now().getTime()
    const found = this.#windows.get(key)
    const window = found !== undefined && now - found.startedAt < WINDOW_MS ? found : { startedAt: now, count: 0 }
    window.count += 1
    this.#windows.set(key, window)
    const retryAfterSeconds = Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now) / 1000))
    const remaining = Math.max(0, most - window.count)
    noteRateLimit({ policy, limit: most, windowSeconds: WINDOW_MS / 1000, remaining, resetSeconds: retryAfterSeconds })
    if (window.count <= most) return
    throw new AppError(
      'too_many_requests',
      `Too many hosts were tried in a minute; try again in ${retryAfterSeconds} seconds.`,
      { details: { retryAfterSeconds } },
    )
  }
}
