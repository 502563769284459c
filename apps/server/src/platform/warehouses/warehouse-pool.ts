import { AppError } from '@graticule/contract'
import type { AdmitHost, EmbeddedEngine, Provider, Warehouse } from '@graticule/warehouses'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import { GovernedWarehouse, type Lease, outcomeOf } from './governed-warehouse.ts'
import { attributionOf, type StatementContext, type StatementRecord, type WarehouseTarget } from './warehouse-target.ts'

/** Where the warehouse that this process runs itself listens, and how to interrupt it. */
export interface EmbeddedWarehouse {
  readonly config: Record<string, unknown>
  readonly engine: EmbeddedEngine
}

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
  /** Statements at once on one warehouse, which is also the number of its sockets; 8 unless told. */
  readonly maxRunning?: number
  /** Statements that may wait for a turn on one warehouse; 500 unless told. */
  readonly maxWaiting?: number
  /** How long an unused warehouse stays open, in milliseconds; five minutes unless told. */
  readonly idleMs?: number
}

interface OpenEntry {
  readonly key: string
  readonly connectionId: string
  /** Of the policy by which its sockets were admitted. */
  readonly epoch: number
  readonly opening: Promise<Warehouse>
  readonly limit: ConcurrencyLimit
  leases: number
  lastUsedAt: number
  /** True once nobody new may use it; it closes when the last lease ends. */
  retired: boolean
}

/**
 * The open warehouses of this process: one per connection, database identity and credential version, so that a socket
 * never serves two identities and a changed credential never runs on an old login.
 */
export class WarehousePool {
  readonly #options: WarehousePoolOptions
  readonly #entries = new Map<string, OpenEntry>()
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
    return this.#entries.size
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
    try {
      const warehouse = await this.#openWarehouse(target, context, 1)
      await warehouse.close()
      return { version: warehouse.version, warnings: warehouse.warnings }
    } catch (error) {
      outcome = outcomeOf(error)
      throw error
    } finally {
      const durationMs = performance.now() - startedAt
      this.#options.onStatement({ target, context, durationMs, queuedMs: 0, rows: 0, outcome })
    }
  }

  /** Lets go of all warehouses of a connection; statements under way finish first. */
  retireConnection(connectionId: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.connectionId === connectionId) this.#retire(entry)
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
    if (this.#isClosed) throw new AppError('warehouse_unavailable', 'The server is stopping. Try again in a moment.')
    const entry = this.#findOrOpen(target, context, epoch)
    entry.leases += 1
    const release = () => {
      entry.leases -= 1
      entry.lastUsedAt = performance.now()
      if (entry.retired && entry.leases === 0) this.#closeEntry(entry)
    }
    try {
      const warehouse = await entry.opening
      return { warehouse, enter: (timeoutMs, signal) => entry.limit.enter(timeoutMs, signal), release }
    } catch (error) {
      release()
      throw error
    }
  }

  #findOrOpen(target: WarehouseTarget, context: StatementContext, epoch: number): OpenEntry {
    const key = entryKey(target, epoch)
    const found = this.#entries.get(key)
    if (found) return found
    // Another server may have changed the policy; what was admitted before it is used by nobody new.
    for (const entry of this.#entries.values()) {
      if (entry.connectionId === target.connectionId && entry.epoch < epoch) this.#retire(entry)
    }
    this.#makeRoom()
    // An embedded engine runs one statement at a time; who waits for it here can still leave the queue.
    const maxRunning = target.embedded ? 1 : (target.maxRunning ?? this.#options.maxRunning ?? 8)
    const entry: OpenEntry = {
      key,
      connectionId: target.connectionId,
      epoch,
      // Opening is part of the statement that needs it first, and carries its comment.
      opening: this.#openWarehouse(target, context, maxRunning),
      limit: new ConcurrencyLimit(maxRunning, this.#options.maxWaiting ?? 500),
      leases: 0,
      lastUsedAt: performance.now(),
      retired: false,
    }
    this.#entries.set(key, entry)
    // A door that did not open is not kept: the next request tries again.
    entry.opening.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return entry
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
    if (this.#entries.size < (this.#options.maxOpen ?? 50)) return
    const idle = [...this.#entries.values()]
      .filter((entry) => entry.leases === 0)
      .sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0]
    if (!idle) {
      throw new AppError('too_many_requests', 'All warehouse connections of the server are busy. Try again shortly.')
    }
    this.#retire(idle)
  }

  #retire(entry: OpenEntry): void {
    if (entry.retired) return
    entry.retired = true
    this.#entries.delete(entry.key)
    if (entry.leases === 0) this.#closeEntry(entry)
  }

  #closeEntry(entry: OpenEntry): void {
    const closing: Promise<void> = entry.opening
      .then((warehouse) => warehouse.close())
      // What never opened, or died before it was closed, needs no closing.
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }
}

function entryKey(target: WarehouseTarget, epoch: number): string {
  return JSON.stringify([target.connectionId, target.databaseIdentity, target.credentialVersion, epoch])
}
