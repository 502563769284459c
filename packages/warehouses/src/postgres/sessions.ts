import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Pool, PoolClient, PoolConfig } from 'pg'
import type { AdmitHost, EmbeddedEngine, RunOptions } from '../provider.ts'
import { AdmittedSocket } from './admitted-socket.ts'
import { sendCancelRequest } from './cancel-request.ts'
import { DEFAULT_CONNECT_TIMEOUT_SECONDS, DEFAULT_PORT, type PostgresConfig, tlsOptions } from './config.ts'
import { cancelledError, type EndedBy, isServerError, isUnknownStartupOption, mapConnectError } from './errors.ts'

export type PgModule = typeof import('pg').default

/**
 * Sent when a session starts, where no pooler stands in between: no just-in-time compiler, which takes longer than a
 * tile, and an end to statements whose client is gone (PostgreSQL 14). Each is tried until the server knows them all.
 */
const STARTUP_OPTIONS = ['-c jit=off -c client_connection_check_interval=5000', '-c jit=off', ''] as const
const IDLE_TIMEOUT_MS = 30_000
/** A socket is opened anew after this time, and its host decided about again. */
const ADMITTED_SECONDS = 300
/** A server that does not react to a cancel within this time loses the socket instead. */
const CANCEL_PATIENCE_MS = 5000
/** How long a server may take to hang up after it was asked to. */
const CLOSE_PATIENCE_MS = 2000
const REOPEN_PATIENCE_MS = 30_000
const REOPEN_POLL_MS = 100

export interface SessionsOptions {
  readonly config: PostgresConfig
  readonly embedded?: EmbeddedEngine | undefined
  readonly admitHost?: AdmitHost | undefined
  readonly maxConnections: number
  readonly onError: (error: Error) => void
}

/** One statement's hold on one socket. */
export interface Session {
  readonly client: PoolClient
  /** Set once we ended the statement ourselves. */
  endedBy(): EndedBy
  /**
   * Gives the socket back, or throws it away when what it runs next could be hurt. `reset` is a statement that takes away
   * what the last one may have left on the session; the socket goes back after it, and nobody waits for that.
   */
  close(error?: unknown, reset?: string): Promise<void>
}

/** The sockets of one database identity, and the only place that cancels what runs on them. */
export class Sessions {
  readonly pg: PgModule
  readonly #pool: Pool
  readonly #options: SessionsOptions
  #turn: Promise<void> = Promise.resolve()
  /** Sockets that nobody waits for and that are idle soon: reset for whoever comes next, or opened for one who left. */
  readonly #returning = new Set<Promise<void>>()
  /** Idle sockets that somebody is about to take. */
  #claimed = 0
  /** Set once all sockets are being closed. */
  #closed: Promise<void> | undefined

  private constructor(pg: PgModule, pool: Pool, options: SessionsOptions) {
    this.pg = pg
    this.#pool = pool
    this.#options = options
  }

  /** Really connects once. Throws what `mapConnectError` says. */
  static async open(options: SessionsOptions): Promise<Sessions> {
    const { default: pg } = await import('pg')
    for (const startupOptions of STARTUP_OPTIONS) {
      const pool = new pg.Pool(poolConfig(options, startupOptions))
      pool.on('error', options.onError)
      // A socket that breaks while a statement runs reports it twice; the statement's own error is the one to handle.
      pool.on('connect', (client) => client.on('error', () => undefined))
      try {
        const client = await pool.connect()
        client.release()
        return new Sessions(pg, pool, options)
      } catch (error) {
        await pool.end()
        if (startupOptions === '' || !isUnknownStartupOption(error)) throw mapConnectError(error, options.config)
      }
    }
    throw new Error('Unreachable: the last attempt returns or throws.')
  }

  /** Waits for a socket and starts the clock. Aborting or running out of time cancels what the session runs. */
  async session({ signal, timeoutMs }: RunOptions): Promise<Session> {
    if (signal?.aborted) throw cancelledError(signal.reason)
    const endTurn = this.#options.embedded ? await this.#takeTurn(signal) : () => undefined
    let client: PoolClient
    try {
      client = await this.#acquire(signal)
    } catch (error) {
      endTurn()
      throw error
    }
    let endedBy: EndedBy
    let cancelling: Promise<void> | undefined
    let isClosed = false
    const end = (reason: EndedBy): void => {
      if (isClosed || endedBy) return
      endedBy = reason
      cancelling = this.#cancel(client, () => isClosed)
    }
    const onAbort = (): void => end('abort')
    const timer = setTimeout(() => end('timeout'), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    return {
      client,
      endedBy: () => endedBy,
      close: async (error, reset) => {
        if (isClosed) return
        isClosed = true
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        if (this.#options.embedded && endedBy) {
          // The engine takes seconds to come back; the next statement waits for that, this answer does not.
          client.release(true)
          cancelling?.finally(endTurn)
          return
        }
        // Until the server has hung up on the cancel request, its signal may still be on the way to this session.
        await cancelling
        const wasCancelled = isServerError(error) && error.code === '57014'
        const isBroken = error !== undefined && !leavesSessionUsable(error)
        const isUnsafe = (endedBy !== undefined && !wasCancelled) || isBroken || isInTransaction(client)
        if (isUnsafe) await this.#discard(client)
        else if (reset === undefined) client.release()
        else this.#reset(client, reset)
        endTurn()
      },
    }
  }

  /** Resolves when the server has let go of every socket, or does not answer. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    return this.#closed
  }

  /** Closes a socket that nothing runs on, if there is one; resolves when the server has let go of it. */
  async closeIdle(): Promise<void> {
    if (this.#closed) return this.#closed
    const client = await this.#take(() => null)
    if (client) await this.#discard(client)
  }

  async #closeAll(): Promise<void> {
    const pool = this.#pool
    let left = pool.totalCount
    const gone = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_PATIENCE_MS)
      const onRemove = (): void => {
        left -= 1
        if (left > 0) return
        clearTimeout(timer)
        resolve()
      }
      pool.on('remove', onRemove)
      if (left === 0) onRemove()
    })
    await pool.end()
    await gone
  }

  /** Throws a socket away. The pool counts it out at once, so whoever counts sockets must wait for this. */
  #discard(client: PoolClient): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_PATIENCE_MS)
      const onRemove = (removed: PoolClient) => {
        if (removed !== client) return
        clearTimeout(timer)
        this.#pool.off('remove', onRemove)
        resolve()
      }
      this.#pool.on('remove', onRemove)
      client.release(true)
    })
  }

  /** A socket that is being reset is waited for: one that is opened beside it would be more than there are turns. */
  #connect(): Promise<PoolClient> {
    return this.#take(() => this.#pool.connect())
  }

  /**
   * An idle socket, or one that soon is; what `otherwise` gives when there is neither.
   * Looking and claiming are one step: between two, somebody else's claim would make both of them miscount.
   */
  async #take<Other>(otherwise: () => Other | Promise<Other>): Promise<PoolClient | Other> {
    while (this.#pool.idleCount <= this.#claimed) {
      if (this.#returning.size === 0) return otherwise()
      await Promise.race(this.#returning)
    }
    return this.#claim()
  }

  #claim(): Promise<PoolClient> {
    this.#claimed += 1
    return new Promise<PoolClient>((resolve, reject) => {
      // A callback, because the pool calls it in the moment in which the socket stops being idle.
      this.#pool.connect((error, client) => {
        this.#claimed -= 1
        if (client) resolve(client)
        else reject(error)
      })
    })
  }

  /** A session that cannot be reset is no session for the next person. */
  #reset(client: PoolClient, reset: string): void {
    this.#expect(
      client.query(reset).then(
        () => client.release(),
        () => this.#discard(client),
      ),
    )
  }

  #expect(work: Promise<void>): void {
    const over: Promise<void> = work.finally(() => this.#returning.delete(over))
    this.#returning.add(over)
  }

  async #acquire(signal: AbortSignal | undefined): Promise<PoolClient> {
    const connecting = this.#options.embedded ? this.#connectToEngine(signal) : this.#connect()
    try {
      return await abandonable(connecting, signal)
    } catch (error) {
      if (signal?.aborted) {
        this.#expect(
          connecting.then(
            (client) => client.release(),
            () => undefined,
          ),
        )
        throw cancelledError(signal.reason)
      }
      throw mapConnectError(error, this.#options.config)
    }
  }

  /** An engine that was ended, by whomever, is back within seconds; until then its socket is missing or refuses. */
  async #connectToEngine(signal: AbortSignal | undefined): Promise<PoolClient> {
    const deadline = performance.now() + REOPEN_PATIENCE_MS
    for (;;) {
      try {
        return await this.#pool.connect()
      } catch (error) {
        if (signal?.aborted || isServerError(error) || performance.now() > deadline) throw error
        await sleep(REOPEN_POLL_MS)
      }
    }
  }

  async #cancel(client: PoolClient, isOver: () => boolean): Promise<void> {
    const { config, embedded } = this.#options
    try {
      if (embedded) {
        destroySocket(client)
        await embedded.interrupt()
        return
      }
      const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
      await sendCancelRequest({
        host: config.host,
        // The very server that runs the statement, which a second look-up of the name need not find.
        address: addressOf(client) ?? config.host,
        port: config.port ?? DEFAULT_PORT,
        tls: tlsOptions(config),
        processId: processID,
        secretKey,
      })
      setTimeout(() => {
        if (!isOver()) destroySocket(client)
      }, CANCEL_PATIENCE_MS).unref()
    } catch (error) {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)))
      destroySocket(client)
    }
  }

  /** An embedded engine runs one statement at a time, and ending it must hurt no other: they wait here, not there. */
  async #takeTurn(signal: AbortSignal | undefined): Promise<() => void> {
    const before = this.#turn
    let endTurn = (): void => undefined
    const mine = new Promise<void>((resolve) => {
      endTurn = resolve
    })
    this.#turn = before.then(() => mine)
    try {
      await abandonable(before, signal)
      return endTurn
    } catch (error) {
      endTurn()
      throw cancelledError(error)
    }
  }
}

function poolConfig(
  { config, maxConnections, embedded, admitHost }: SessionsOptions,
  startupOptions: string,
): PoolConfig {
  return {
    host: config.host,
    port: config.port ?? DEFAULT_PORT,
    database: config.database,
    user: config.user,
    // A function, because pg would look for an absent password in the environment and in ~/.pgpass.
    password: () => config.password ?? '',
    ssl: tlsOptions(config),
    application_name: 'graticule',
    connectionTimeoutMillis: (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_TIMEOUT_SECONDS) * 1000,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    ...(admitHost && { stream: () => new AdmittedSocket(admitHost), maxLifetimeSeconds: ADMITTED_SECONDS }),
    max: embedded ? 1 : maxConnections,
    ...(startupOptions === '' ? {} : { options: startupOptions }),
  }
}

/** The promise, or a rejection as soon as the signal aborts. */
async function abandonable<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return promise
  let onAbort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The errors that are the last thing a session says; their severity comes in the server's language. */
function leavesSessionUsable(error: unknown): boolean {
  return isServerError(error) && !/^(57P|08|25P03)/.test(error.code)
}

function isInTransaction(client: Client): boolean {
  const status = client.getTransactionStatus()
  return status === 'T' || status === 'E'
}

/** Undefined over a Unix socket, which has no address. */
function addressOf(client: Client): string | undefined {
  return (client.connection.stream as Socket).remoteAddress
}

function destroySocket(client: Client): void {
  client.connection.stream.destroy(new Error('The connection was given up.'))
}
