import { listUsedWays, type Principal, type ShareableAsset } from '@graticule/policy'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { deleteUsesBefore, type NotedUse, upsertUses } from './use-store.ts'

const WRITE_AFTER_MS = 5_000
const MAX_BATCH = 1_000
/** Beyond this, uses are not noted: the next day brings another. */
const MAX_WAITING = 20_000
/** What was noted today is not noted again, as far as this many are remembered. */
const MAX_REMEMBERED = 100_000
const KEPT_DAYS = 800
const DAY_MS = 86_400_000

/**
 * Notes who uses what by which way, once a day each. Noting costs a look into memory; what is new is written in batches,
 * and a day of last use that is lost with a crash is not missed.
 */
export class UseLog {
  readonly #store: Store
  readonly #clock: Clock
  readonly #onError: (error: unknown) => void
  readonly #noted = new LRUCache<string, string>({ max: MAX_REMEMBERED })
  #waiting = new Map<string, NotedUse>()
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(store: Store, clock: Clock, onError: (error: unknown) => void) {
    this.#store = store
    this.#clock = clock
    this.#onError = onError
  }

  /** Whoever opens an asset has used it. Looking as somebody else is no use of theirs; a program is nobody. */
  note(principal: Principal, asset: ShareableAsset): void {
    if (principal.kind === 'user' && principal.organizationId === asset.organizationId) {
      if (principal.viewedBy !== undefined) return
      const ways = listUsedWays(principal, asset)
      // What is read through a map alone: the connection itself does not reach them.
      for (const way of ways.length === 0 ? ['map'] : ways) this.#add(asset, principal.userId, way)
    } else if (principal.kind !== 'token' && asset.kind === 'map') {
      this.#add(asset, null, 'public')
    }
  }

  /** Resolves when everything noted so far has been written, or could not be. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#writeWaiting())
    await this.#writing
  }

  /** Forgets what nobody has used for more than two years. */
  async sweep(): Promise<void> {
    await deleteUsesBefore(this.#store, dayOf(new Date(this.#clock.now().getTime() - KEPT_DAYS * DAY_MS)))
  }

  #add({ kind, id, organizationId }: ShareableAsset, userId: string | null, way: string): void {
    const key = `${kind} ${id} ${way} ${userId ?? ''}`
    const day = dayOf(this.#clock.now())
    if (this.#noted.get(key) === day || this.#waiting.size >= MAX_WAITING) return
    this.#noted.set(key, day)
    this.#waiting.set(key, { organizationId, userId, kind, assetId: id, way, day })
    this.#timer ??= setTimeout(() => this.flush(), WRITE_AFTER_MS).unref()
  }

  async #writeWaiting(): Promise<void> {
    const uses = [...this.#waiting.values()]
    this.#waiting = new Map()
    try {
      for (let start = 0; start < uses.length; start += MAX_BATCH) {
        await upsertUses(this.#store, uses.slice(start, start + MAX_BATCH))
      }
    } catch (error) {
      // What is opened again today is noted again.
      this.#noted.clear()
      this.#onError(error)
    }
  }
}

/** The day of a time in UTC, as `2026-11-30`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}
