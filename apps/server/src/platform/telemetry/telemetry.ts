import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What is measured while the server runs, for `/metrics`. Labels are few and bounded: never names or ids. */
export class Telemetry {
  readonly #registry = new Registry()
  readonly #loopDelay: ReturnType<typeof monitorEventLoopDelay>
  readonly #requests: Histogram<'method' | 'route' | 'status'>
  readonly #statements: Histogram<'purpose' | 'outcome'>
  readonly #tiles: (outcome: string) => void
  readonly #cacheLookups: (outcome: string) => void

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 10 })
    this.#loopDelay = monitorEventLoopDelay({ resolution: 10 })
    this.#loopDelay.enable()
    const loopDelay = this.#loopDelay
    new Gauge({
      name: 'graticule_event_loop_delay_p99_seconds',
      help: '99th percentile of the event loop delay since the last collection.',
      registers,
      collect() {
        // An empty histogram answers NaN or its resolution; either way nothing was delayed.
        const value = loopDelay.count > 0 ? loopDelay.percentile(99) / 1e9 : 0
        this.set(value)
        loopDelay.reset()
      },
    })
    this.#requests = new Histogram({
      name: 'graticule_http_request_duration_seconds',
      help: 'HTTP requests by route pattern and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    })
    this.#statements = new Histogram({
      name: 'graticule_warehouse_statement_duration_seconds',
      help: 'Statements sent to warehouses, by what they were for and how they ended.',
      labelNames: ['purpose', 'outcome'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    })
    this.#tiles = countOutcomes(
      'graticule_tiles_total',
      'Tiles answered: with features, empty, or with features dropped.',
      this.#registry,
    )
    this.#cacheLookups = countOutcomes(
      'graticule_cache_lookups_total',
      'Look-ups in the cache of answers.',
      this.#registry,
    )
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  report(): Promise<string> {
    return this.#registry.metrics()
  }

  noteRequest(method: string, route: string, status: number, durationMs: number): void {
    this.#requests.observe({ method, route, status: String(status) }, durationMs / 1000)
  }

  /** `outcome` is `ok` or the error code it ended with. */
  noteStatement(purpose: string, outcome: string, durationMs: number): void {
    this.#statements.observe({ purpose, outcome }, durationMs / 1000)
  }

  noteTile(outcome: 'full' | 'empty' | 'dropped'): void {
    this.#tiles(outcome)
  }

  noteCacheLookup(outcome: 'hit' | 'miss' | 'joined'): void {
    this.#cacheLookups(outcome)
  }

  /** Stops measuring. */
  close(): void {
    this.#loopDelay.disable()
    this.#registry.clear()
  }
}

/** A counter by outcome that costs next to nothing to raise: it reaches the registry when somebody collects. */
function countOutcomes(name: string, help: string, registry: Registry): (outcome: string) => void {
  const counts = new Map<string, number>()
  new Counter({
    name,
    help,
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      for (const [outcome, count] of counts) this.inc({ outcome }, count)
      counts.clear()
    },
  })
  return (outcome) => {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  }
}
