import { AppError } from '@graticule/contract'

/** One database identity of a connection, which holds sockets. */
export interface SeatHolder {
  /** Closes one socket that nothing runs on, if there is one. */
  closeIdleSocket(): Promise<void>
}

/** A turn: the right to run one statement on one socket. */
export interface Seat {
  /** Gives the turn back, exactly once. The socket stays open for its identity unless it is said to be closed. */
  exit(isSocketClosed?: boolean): void
}

interface Waiter {
  readonly holder: SeatHolder
  readonly admit: (turnsInARow: number) => void
}

/** How often in a row a socket may go on with its own identity while others wait; changing it costs a new login. */
const MAX_TURNS_IN_A_ROW = 8

/** The longest that anybody waits for another identity's socket to close, in milliseconds. */
const CLOSE_PATIENCE_MS = 2_000

/**
 * The sockets of one connection, shared out among its database identities. There are never more of them than seats: an
 * identity that needs a socket takes an idle one's seat, which is closed first, and when all are at work it waits for
 * the next, first come first served.
 */
export class SocketSeats {
  /** May change; what is beyond it closes when its statement is over. */
  maxSeats: number
  readonly #maxWaiting: number
  #running = 0
  /** Seats of sockets that nothing runs on, the least recently used identity first. */
  readonly #idle = new Map<SeatHolder, number>()
  #idleCount = 0
  readonly #waiting = new Set<Waiter>()

  constructor(maxSeats: number, maxWaiting: number) {
    this.maxSeats = maxSeats
    this.#maxWaiting = maxWaiting
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** True while no socket of the connection is open, and nobody waits for one. */
  get isEmpty(): boolean {
    return this.#running + this.#idleCount + this.#waiting.size === 0
  }

  /**
   * Waits for a turn. Throws `too_many_requests` when the queue is full, `warehouse_timeout` after `timeoutMs`, and the
   * signal's reason when it aborts.
   */
  async enter(holder: SeatHolder, timeoutMs: number, signal?: AbortSignal): Promise<Seat> {
    signal?.throwIfAborted()
    if (this.#takeIdle(holder)) return this.#seat(holder, 0)
    if (this.#running + this.#idleCount < this.maxSeats) {
      this.#running += 1
      return this.#seat(holder, 0)
    }
    if (this.#idleCount > 0) {
      await this.#takeFromAnother()
      if (!signal?.aborted) return this.#seat(holder, 0)
      this.#pass(null, 0)
      throw signal.reason
    }
    if (this.#waiting.size >= this.#maxWaiting) {
      throw new AppError('too_many_requests', 'Too many statements are waiting for this connection; try again shortly.')
    }
    return this.#seat(holder, await this.#waitForTurn(holder, timeoutMs, signal))
  }

  /** Frees the seats of an identity's idle sockets once they are closed; until then they count. */
  async leave(holder: SeatHolder, closed: Promise<void>): Promise<void> {
    const standIn: SeatHolder = { closeIdleSocket: () => closed }
    const count = this.#idle.get(holder) ?? 0
    this.#setIdle(holder, 0)
    this.#setIdle(standIn, count)
    await closed
    const freed = this.#idle.get(standIn) ?? 0
    this.#setIdle(standIn, 0)
    for (let index = 0; index < freed && this.#waiting.size > 0; index++) {
      this.#running += 1
      this.#pass(null, 0)
    }
  }

  #takeIdle(holder: SeatHolder): boolean {
    const count = this.#idle.get(holder) ?? 0
    if (count === 0) return false
    this.#setIdle(holder, count - 1)
    this.#running += 1
    return true
  }

  async #takeFromAnother(): Promise<void> {
    const [entry] = this.#idle
    if (entry === undefined) throw new Error('There is no idle socket to take.')
    const [holder, count] = entry
    this.#setIdle(holder, count - 1)
    this.#running += 1
    await closeSoon(holder)
  }

  #setIdle(holder: SeatHolder, count: number): void {
    this.#idleCount += count - (this.#idle.get(holder) ?? 0)
    // Last in the order of use, which is the order of a map.
    this.#idle.delete(holder)
    if (count > 0) this.#idle.set(holder, count)
  }

  #seat(holder: SeatHolder, turnsInARow: number): Seat {
    return { exit: (isSocketClosed = false) => this.#pass(isSocketClosed ? null : holder, turnsInARow) }
  }

  /** What becomes of a turn that is over: it passes straight to somebody who waits, so nobody can slip in between. */
  #pass(holder: SeatHolder | null, turnsInARow: number): void {
    const [oldest] = this.#waiting
    if (oldest === undefined) {
      this.#running -= 1
      if (holder === null) return
      if (this.#running + this.#idleCount < this.maxSeats) this.#setIdle(holder, (this.#idle.get(holder) ?? 0) + 1)
      else closeSoon(holder)
      return
    }
    if (holder === null || oldest.holder === holder) {
      oldest.admit(0)
      return
    }
    const own = turnsInARow < MAX_TURNS_IN_A_ROW ? this.#findWaiterOf(holder) : undefined
    if (own !== undefined) {
      own.admit(turnsInARow + 1)
      return
    }
    // Whoever waits longest by then gets it: this one may have left.
    closeSoon(holder).then(() => this.#pass(null, 0))
  }

  #findWaiterOf(holder: SeatHolder): Waiter | undefined {
    for (const waiter of this.#waiting) {
      if (waiter.holder === holder) return waiter
    }
    return undefined
  }

  #waitForTurn(holder: SeatHolder, timeoutMs: number, signal: AbortSignal | undefined): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(waiter)
      }
      const waiter: Waiter = {
        holder,
        admit: (turnsInARow) => {
          settle()
          resolve(turnsInARow)
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
}

/** A socket that does not close in time, or fails to, holds nobody up. */
async function closeSoon(holder: SeatHolder): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_PATIENCE_MS)
  })
  try {
    await Promise.race([holder.closeIdleSocket(), patience])
  } catch {
    // It is gone in any case.
  } finally {
    clearTimeout(timer)
  }
}
