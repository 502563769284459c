import { hash } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import { SINK_KINDS } from './sinks/index.ts'
import type { Sink } from './sinks/sink.ts'
import type { StreamStore } from './stream-store.ts'

/** Events are looked for this often, in milliseconds. */
const LOOK_EVERY_MS = 1_000
/** A destination that fails is tried again after twice as long each time, up to this. */
const MAX_PAUSE_MS = 5_000
const DELIVERY_TIMEOUT_MS = 10_000
/** Nobody else delivers for this long, should this server die in the middle. */
const LEASE_MS = 30_000
const BATCH = 200

export interface ActivityStreamOptions {
  readonly store: StreamStore
  readonly serverId: string
  readonly logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
}

/** Opens the destination that an address names. Throws a sentence for one that is not understood. */
export function openSink(address: URL): Sink {
  const kind = SINK_KINDS.find(({ protocols }) => protocols.includes(address.protocol))
  if (kind === undefined) {
    const known = SINK_KINDS.flatMap(({ protocols }) => protocols).join(' ')
    throw new Error(`An address of ACTIVITY_STREAMS begins with one of ${known}`)
  }
  return kind.open(address)
}

/** The address as it can be told: without secrets. */
export function describeDestination(address: URL): string {
  return `${address.protocol}//${address.host}${address.pathname}`
}

/**
 * Sends the events of every chain to one destination, in their order. The log itself is the buffer: what is not yet
 * delivered is read from it again after an outage or a restart. An event may come twice, never not at all.
 */
export class ActivityStream {
  readonly #options: ActivityStreamOptions
  readonly #sink: Sink
  readonly #id: string
  readonly #name: string
  readonly #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #isFailing = false

  constructor(address: URL, options: ActivityStreamOptions) {
    this.#sink = openSink(address)
    this.#name = describeDestination(address)
    this.#id = hash('sha256', this.#name, 'hex').slice(0, 16)
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Ends after the delivery that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await this.#options.store.release(this.#id, this.#options.serverId).catch(() => undefined)
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    let pauseMs = LOOK_EVERY_MS
    while (!signal.aborted) {
      try {
        await this.#deliverWaiting()
        pauseMs = LOOK_EVERY_MS
        if (this.#isFailing) this.#options.logger.info({ destination: this.#name }, 'activity is streamed again')
        this.#isFailing = false
      } catch (error) {
        if (!this.#isFailing) {
          this.#options.logger.warn({ err: error, destination: this.#name }, 'activity waits for its destination')
        }
        this.#isFailing = true
        pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
      }
      await pause(pauseMs, signal)
    }
  }

  async #deliverWaiting(): Promise<void> {
    const { serverId, store } = this.#options
    await store.begin(this.#id)
    const now = new Date()
    const waiting = await store.lease(this.#id, serverId, now, new Date(now.getTime() + LEASE_MS))
    for (const { chain, seq } of waiting) await this.#deliverChain(chain, seq)
  }

  async #deliverChain(chain: string, deliveredSeq: string): Promise<void> {
    const { serverId, store } = this.#options
    // The lease holds for a few batches; what is left comes in the next round.
    const endsAt = Date.now() + LEASE_MS / 3
    let seq = deliveredSeq
    while (!this.#stopping.signal.aborted && Date.now() < endsAt) {
      const events = await store.read(chain, seq, BATCH)
      const last = events.at(-1)
      if (last === undefined) return
      await this.#sink.deliver(events, AbortSignal.timeout(DELIVERY_TIMEOUT_MS))
      seq = last.seq
      await store.advance(this.#id, chain, serverId, seq)
    }
  }
}

/** Waits, unless told to stop. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
