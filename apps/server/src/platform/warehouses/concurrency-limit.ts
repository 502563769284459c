import { AppError } from '@graticule/contract'

interface Waiter {
  readonly admit: () => void
}

/** Lets a fixed number of statements run at once; the rest wait their turn, first come first served. */
export class ConcurrencyLimit {
  readonly #maxRunning: number
  readonly #maxWaiting: number
  #running = 0
  readonly #waiting = new Set<Waiter>()

  constructor(maxRunning: number, maxWaiting: number) {
    this.#maxRunning = maxRunning
    this.#maxWaiting = maxWaiting
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Waits for a turn and returns the function that gives it back; call it exactly once. Throws `too_many_requests`
   * when the queue is full, `warehouse_timeout` after `timeoutMs`, and the signal's reason when it aborts.
   */
  async enter(timeoutMs: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#running < this.#maxRunning) {
      this.#running += 1
      return () => this.#exit()
    }
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new AppError('too_many_requests', 'Too many statements are waiting for this connection. Try again shortly.')
    }
    await this.#waitForTurn(timeoutMs, signal)
    return () => this.#exit()
  }

  #waitForTurn(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(waiter)
      }
      const waiter: Waiter = {
        admit: () => {
          settle()
          resolve()
        },
      }
      const onAbort = () => {
        settle()
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        settle()
        const seconds = Math.round(timeoutMs / 1000)
        reject(
          new AppError(
            'warehouse_timeout',
            `The connection was busy with other statements for ${seconds} seconds, so this one was not started.`,
          ),
        )
      }, timeoutMs)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
    })
  }

  /** The turn passes straight to the one who waited longest, so nobody can slip in between. */
  #exit(): void {
    const next = this.#waiting.values().next()
    if (next.done) this.#running -= 1
    else next.value.admit()
  }
}
