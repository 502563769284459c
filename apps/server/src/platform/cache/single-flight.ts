import { AppError } from '@graticule/contract'

interface Flight<Answer> {
  readonly controller: AbortController
  readonly answer: Promise<Answer>
  waiters: number
}

/**
 * Lets identical requests that arrive together share one piece of work. A waiter that leaves takes nobody with it;
 * when the last one leaves, the work's signal is aborted.
 */
export class SingleFlight<Answer> {
  readonly #flights = new Map<string, Flight<Answer>>()

  /** Pieces of work under way. */
  get size(): number {
    return this.#flights.size
  }

  /** Joins the work under way for the key, or starts it. Rejects with `client_closed_request` when `signal` aborts. */
  async run(key: string, work: (signal: AbortSignal) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    if (signal?.aborted) throw closedByClient()
    const flight = this.#flights.get(key) ?? this.#start(key, work)
    flight.waiters += 1
    if (!signal) return flight.answer.finally(() => this.#leave(key, flight))
    return new Promise<Answer>((resolve, reject) => {
      const onAbort = () => {
        this.#leave(key, flight)
        reject(closedByClient())
      }
      signal.addEventListener('abort', onAbort, { once: true })
      flight.answer.then(
        (answer) => {
          signal.removeEventListener('abort', onAbort)
          if (!signal.aborted) this.#leave(key, flight)
          resolve(answer)
        },
        (error: unknown) => {
          signal.removeEventListener('abort', onAbort)
          if (!signal.aborted) this.#leave(key, flight)
          reject(error)
        },
      )
    })
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Answer>): Flight<Answer> {
    const controller = new AbortController()
    const answer = Promise.resolve().then(() => work(controller.signal))
    const flight: Flight<Answer> = { controller, answer, waiters: 0 }
    this.#flights.set(key, flight)
    const forget = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key)
    }
    answer.then(forget, forget)
    return flight
  }

  #leave(key: string, flight: Flight<Answer>): void {
    flight.waiters -= 1
    if (flight.waiters > 0 || this.#flights.get(key) !== flight) return
    // Forgotten before it is aborted, so that whoever comes next starts afresh instead of joining a dying flight.
    this.#flights.delete(key)
    flight.controller.abort(closedByClient())
  }
}

function closedByClient(): AppError {
  return new AppError('client_closed_request', 'The request was cancelled before its answer was ready.')
}
