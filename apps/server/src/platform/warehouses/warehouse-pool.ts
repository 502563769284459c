import { AppError } from '@graticule/contract'
import type { AdmitHost, EmbeddedEngine, Provider, Warehouse } from '@graticule/warehouses'
import { GovernedWarehouse, type Lease, outcomeOf, type Turn } from './governed-warehouse.ts'
import { type SeatHolder, SocketSeats } from './socket-seats.ts'
import { attributionOf, type StatementContext, type StatementRecord, type WarehouseTarget } from './warehouse-target.ts'

/** Where the warehouse that this process runs itself listens, and how to interrupt it. */
export interface EmbeddedWarehouse {
  readonly config: Record<string, unknown>
  readonly engine: EmbeddedEngine
}

/** The longest that trying out a login waits for one of the connection's sockets, in milliseconds. */
const PROBE_TIMEOUT_MS = 30_000

export interface WarehousePoolOptions {
  readonly findProvider: (providerId: string) => Provider
  /** Null when the process runs no warehouse of its own. */
  readonly embeddedWarehouse: EmbeddedWarehouse | null
  /** Decides about every socket to a warehouse that this process does not run itself. */
  readonly admitHost: (target: WarehouseTarget, context: StatementContext) => AdmitHost
  /** Grows when the policy changes by which sockets were admitted; asked for every statement. */
  readonly readEpoch: (organizationId: string) => Promise<number>
  /** Told once for every statement. */
  readonly onStatement: (record: StatementRecord) => void
  /** Told when an idle socket of a warehouse dies. */
  readonly onError?: (error: Error, target: WarehouseTarget) => void
  /** Warehouses open at once; 50 unless told. */
  readonly maxOpen?: number
  /** Statements at once on one connection, which is also the number of its sockets over all logins; 8 unless told. */
  readonly maxRunning?: number
  /** Statements that may wait for a turn on one connection; 500 unless told. */
  readonly maxWaiting?: number
  /** How long an unused warehouse stays open, in milliseconds; five minutes unless told. */
  readonly idleMs?: number
}

/** One login's way to one connection. */
interface Entry extends SeatHolder {
  readonly key: string
  readonly connectionId: string
  /** Of the policy by which its sockets were admitted. */
  readonly epoch: number
  readonly databaseIdentity: string
  readonly seats: SocketSeats
  /** Null while it is closed. */
  opening: Promise<Warehouse> | null
  /** Settles when what was closed last has let go of its sockets. */
  closed: Promise<void>
  /** Statements that wait or run. */
  leases: number
  /** Statements that run or open the warehouse. */
  running: number
  lastUsedAt: number
  /** True once nobody new may use it; it closes when the last lease ends. */
  retired: boolean
  readonly ended: AbortController
}

/**
 * The open warehouses of this process: one per connection, database identity and credential version, so that a socket
 * never serves two identities and a changed credential never runs on an old login.
 */
export class WarehousePool {
  readonly #options: WarehousePoolOptions
  readonly #entries = new Map<string, Entry>()
  /** By connection, as all its logins share its sockets. */
  readonly #seats = new Map<string, SocketSeats>()
  /** Retired, but with statements that finish first. */
  readonly #finishing = new Set<Entry>()
  readonly #closing = new Set<Promise<void>>()
  readonly #sweeper: NodeJS.Timeout
  #isClosed = false

  constructor(options: WarehousePoolOptions) {
    this.#options = options
    this.#sweeper = setInterval(() => this.sweep(), 30_000)
    this.#sweeper.unref()
  }

  /** Warehouses open or being opened. */
  get openCount(): number {
    return [...this.#entries.values()].filter((entry) => entry.opening !== null).length
  }

  /** The logins other than `owner` that hold, or may soon hold, a socket. */
  listPersonalIdentities(): string[] {
    const names = [...this.#entries.values(), ...this.#finishing].map((entry) => entry.databaseIdentity)
    return [...new Set(names)].filter((name) => name !== 'owner')
  }

  /** The warehouse behind a target as one request may use it. Opens nothing before the first statement. */
  use(target: WarehouseTarget, context: StatementContext): GovernedWarehouse {
    return new GovernedWarehouse(target, context, () => this.#lease(target, context), this.#options.onStatement)
  }

  /**
   * Opens a configuration that is not stored yet, tells what it found, and closes it again. Reported like a statement,
   * whatever becomes of it.
   */
  async probe(target: WarehouseTarget, context: StatementContext): Promise<Pick<Warehouse, 'version' | 'warnings'>> {
    const startedAt = performance.now()
    let outcome = 'ok'
    const seats = this.#seatsOf(target)
    try {
      const seat = await seats.enter({ closeIdleSocket: async () => undefined }, PROBE_TIMEOUT_MS)
      try {
        const warehouse = await this.#openWarehouse(target, context, 1)
        await warehouse.close()
        return { version: warehouse.version, warnings: warehouse.warnings }
      } finally {
        seat.exit(true)
        this.#forgetSeats(target.connectionId)
      }
    } catch (error) {
      outcome = outcomeOf(error)
      throw error
    } finally {
      const durationMs = performance.now() - startedAt
      this.#options.onStatement({ target, context, durationMs, queuedMs: 0, rows: 0, text: null, outcome })
    }
  }

  /** Lets go of all warehouses of a connection; statements under way finish first. */
  retireConnection(connectionId: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.connectionId === connectionId) this.#retire(entry)
    }
  }

  /** Lets go of one login: nobody new uses it, and its sockets are closed when what waits or runs has finished. */
  retireIdentity(databaseIdentity: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.databaseIdentity === databaseIdentity) this.#retire(entry)
    }
  }

  /** Ends one login at once: what waits or runs under it is told the reason, and its sockets are closed. */
  endIdentity(databaseIdentity: string, reason: AppError): void {
    for (const entry of [...this.#entries.values(), ...this.#finishing]) {
      if (entry.databaseIdentity !== databaseIdentity) continue
      this.#retire(entry)
      entry.ended.abort(reason)
    }
  }

  /** Closes what nobody has used for a while. */
  sweep(now: number = performance.now()): void {
    const idleMs = this.#options.idleMs ?? 5 * 60_000
    for (const entry of this.#entries.values()) {
      if (entry.leases === 0 && now - entry.lastUsedAt > idleMs) this.#retire(entry)
    }
  }

  /** Closes everything; statements under way finish first. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#sweeper)
    for (const entry of this.#entries.values()) this.#retire(entry)
    await Promise.all(this.#closing)
  }

  async #lease(target: WarehouseTarget, context: StatementContext): Promise<Lease> {
    const epoch = target.embedded ? 0 : await this.#options.readEpoch(target.organizationId)
    if (this.#isClosed) throw new AppError('warehouse_unavailable', 'The server is stopping; try again in a moment.')
    const entry = this.#findOrAdd(target, epoch)
    entry.leases += 1
    return {
      ended: entry.ended.signal,
      enter: (timeoutMs, signal) => this.#enter(entry, target, context, timeoutMs, signal),
      release: () => {
        entry.leases -= 1
        entry.lastUsedAt = performance.now()
        if (entry.retired && entry.leases === 0) this.#closeWarehouse(entry)
      },
    }
  }

  async #enter(
    entry: Entry,
    target: WarehouseTarget,
    context: StatementContext,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Turn> {
    const seat = await entry.seats.enter(entry, timeoutMs, signal)
    entry.running += 1
    let isOver = false
    const exit = () => {
      if (isOver) return
      isOver = true
      entry.running -= 1
      seat.exit()
    }
    try {
      // Opening is part of the statement that needs it first, and carries its comment.
      return { warehouse: await this.#open(entry, target, context), exit }
    } catch (error) {
      exit()
      throw error
    }
  }

  #findOrAdd(target: WarehouseTarget, epoch: number): Entry {
    const key = entryKey(target, epoch)
    const found = this.#entries.get(key)
    if (found) return found
    // Another server may have changed the policy; what was admitted before it is used by nobody new.
    for (const entry of this.#entries.values()) {
      if (entry.connectionId === target.connectionId && entry.epoch < epoch) this.#retire(entry)
    }
    const entry: Entry = {
      key,
      connectionId: target.connectionId,
      databaseIdentity: target.databaseIdentity,
      epoch,
      seats: this.#seatsOf(target),
      opening: null,
      closed: Promise.resolve(),
      leases: 0,
      running: 0,
      lastUsedAt: performance.now(),
      retired: false,
      ended: new AbortController(),
      // A seat is free when the socket is gone, also when all of them are being closed.
      closeIdleSocket: async () => (entry.opening === null ? entry.closed : (await entry.opening).closeIdleSocket()),
    }
    this.#entries.set(key, entry)
    return entry
  }

  #open(entry: Entry, target: WarehouseTarget, context: StatementContext): Promise<Warehouse> {
    if (entry.opening !== null) return entry.opening
    if (!entry.retired) this.#makeRoom()
    const opening = this.#openWarehouse(target, context, this.#maxRunning(target))
    entry.opening = opening
    // A door that did not open is not kept: who waits at it fails alike, and the next request tries again.
    opening.catch(() => this.#retire(entry))
    return opening
  }

  /** The connection's seats; as long as something of the connection is open they are the same. */
  #seatsOf(target: WarehouseTarget): SocketSeats {
    const maxSeats = this.#maxRunning(target)
    const found = this.#seats.get(target.connectionId)
    if (found) {
      found.maxSeats = maxSeats
      return found
    }
    const seats = new SocketSeats(maxSeats, this.#options.maxWaiting ?? 500)
    this.#seats.set(target.connectionId, seats)
    return seats
  }

  #forgetSeats(connectionId: string): void {
    const isUsed = [...this.#entries.values()].some((entry) => entry.connectionId === connectionId)
    if (!isUsed && this.#seats.get(connectionId)?.isEmpty) this.#seats.delete(connectionId)
  }

  /** An embedded engine runs one statement at a time; who waits for it here can still leave the queue. */
  #maxRunning(target: WarehouseTarget): number {
    return target.embedded ? 1 : (target.maxRunning ?? this.#options.maxRunning ?? 8)
  }

  async #openWarehouse(target: WarehouseTarget, context: StatementContext, maxConnections: number): Promise<Warehouse> {
    const provider = this.#options.findProvider(target.providerId)
    const onError = (error: Error) => this.#options.onError?.(error, target)
    const options = { maxConnections, onError, attribution: attributionOf(target, context) }
    if (!target.embedded) {
      const admitHost = this.#options.admitHost(target, context)
      return provider.open({ config: target.readConfig(), admitHost, ...options })
    }
    const embedded = this.#options.embeddedWarehouse
    if (!embedded) {
      throw new AppError(
        'warehouse_unavailable',
        'This connection is to the embedded demo warehouse, which this server was started without.',
      )
    }
    return provider.open({ config: embedded.config, embedded: embedded.engine, ...options })
  }

  #makeRoom(): void {
    if (this.openCount < (this.#options.maxOpen ?? 50)) return
    const idle = [...this.#entries.values()]
      .filter((entry) => entry.opening !== null && entry.running === 0)
      .sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0]
    if (!idle) {
      throw new AppError('too_many_requests', 'All warehouse connections of the server are busy; try again shortly.')
    }
    // Whoever waits for a turn there opens it again.
    if (idle.leases === 0) this.#retire(idle)
    else this.#closeWarehouse(idle)
  }

  #retire(entry: Entry): void {
    if (entry.retired) return
    entry.retired = true
    this.#entries.delete(entry.key)
    if (entry.leases === 0) this.#closeWarehouse(entry)
    else this.#finishing.add(entry)
  }

  #closeWarehouse(entry: Entry): void {
    this.#finishing.delete(entry)
    const { connectionId, opening, seats } = entry
    entry.opening = null
    const closed: Promise<void> = (opening ?? Promise.resolve(null))
      .then((warehouse) => warehouse?.close())
      // What never opened, or died before it was closed, needs no closing.
      .catch(() => undefined)
    entry.closed = closed
    const closing = seats.leave(entry, closed).finally(() => {
      this.#forgetSeats(connectionId)
      this.#closing.delete(closing)
    })
    this.#closing.add(closing)
  }
}

function entryKey(target: WarehouseTarget, epoch: number): string {
  return JSON.stringify([target.connectionId, target.databaseIdentity, target.credentialVersion, epoch])
}
