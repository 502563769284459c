import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { EngineCommand, EngineKind, EngineReport } from './messages.ts'
import { isSameProcessAlive, parseProcessIdentity, readProcessIdentity } from './process-identity.ts'
import { makeSocketDirectory, type SocketDirectory } from './socket-directory.ts'

const PROCESS_FILE = fileURLToPath(new URL('./engine-process.ts', import.meta.url))

/** Part of the socket's name, so that both engines fit into one folder. */
const PORTS: Readonly<Record<EngineKind, number>> = { metadata: 5432, warehouse: 5433 }

/** Waits before the first, second, … restart of an engine that keeps crashing; the last one repeats. */
const RESTART_DELAYS_MS = [0, 250, 1_000, 5_000, 30_000] as const

/** An engine that has been open this long has recovered, and its next crash counts as the first again. */
const HEALTHY_AFTER_MS = 60_000

/** A clean close writes out what is in memory; an engine that takes longer than this is in a long statement. */
const CLOSE_TIMEOUT_MS = 10_000

/** What happens to an engine after it was first opened. */
export type EngineEvent =
  | {
      readonly type: 'exited'
      readonly signal: string | null
      readonly exitCode: number | null
      readonly reason: string
    }
  | { readonly type: 'reopened'; readonly durationMs: number }

export interface StartEngineOptions {
  readonly kind: EngineKind
  /** Made when it is missing. Only one server may use it: take the home lock first. */
  readonly dataDir: string
  /** Where the socket goes, unless its path would be too long. */
  readonly socketDir: string
  /** Where empty databases are kept for copying; GRATICULE_ENGINE_TEMPLATES unless told. Only tests set one. */
  readonly templatesDir?: string
  readonly onEvent?: (event: EngineEvent) => void
}

/** How an ordinary `pg` client reaches an engine: `host` is the folder of its Unix socket. */
export interface EngineConnection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
}

/** The URL of an engine's Unix socket, for the ordinary driver. */
export function engineUrl(connection: EngineConnection): string {
  const { host, port, user, database } = connection
  return `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
}

/** An embedded PostgreSQL in a process of its own, kept open until it is stopped. */
export interface Engine {
  readonly kind: EngineKind
  readonly connection: EngineConnection
  /** The process that runs now; undefined while the engine is being reopened. */
  readonly pid: number | undefined
  /** Resolves when the engine is open: at once, or after a restart that is under way. Rejects once stopped. */
  whenReady(): Promise<void>
  /**
   * Ends whatever the engine runs, by ending its process, and resolves when it is open again on the same data.
   * Every client's socket breaks; committed rows stay. Callers at the same time share one restart.
   */
  interrupt(): Promise<void>
  /** Closes cleanly and does not come back. */
  stop(): Promise<void>
}

/** Opens an embedded engine; resolves when clients can connect. Throws when it cannot be opened at all. */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const supervisor = new EngineSupervisor(options)
  await supervisor.start()
  return supervisor
}

class EngineSupervisor implements Engine {
  readonly kind: EngineKind
  readonly connection: EngineConnection
  readonly #options: StartEngineOptions
  readonly #socket: SocketDirectory
  readonly #claimPath: string
  #child: ChildProcess | undefined
  #ready: Promise<void> = Promise.resolve()
  #isOpen = false
  #isStopping = false
  #failuresInARow = 0
  #openedAt = 0

  constructor(options: StartEngineOptions) {
    this.kind = options.kind
    this.#options = options
    const port = PORTS[options.kind]
    this.#socket = makeSocketDirectory(options.socketDir, port)
    this.#claimPath = `${options.dataDir}.pid`
    this.connection = { host: this.#socket.path, port, user: 'postgres', database: 'postgres' }
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    this.#ready = this.#open()
    try {
      await this.#ready
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async whenReady(): Promise<void> {
    if (this.#isStopping) throw new Error(`The embedded ${this.kind} engine is stopped.`)
    await this.#ready
  }

  async interrupt(): Promise<void> {
    // While the engine is being reopened nothing runs in it, and that restart serves this caller too.
    if (this.#isOpen && this.#child) {
      this.#isOpen = false
      // Ending it on purpose is no crash: the next one is opened without delay.
      this.#failuresInARow = 0
      const exited = exitOf(this.#child)
      this.#child.kill('SIGKILL')
      await exited
    }
    await this.whenReady()
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = exitOf(child)
      send(child, { type: 'close' })
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
    }
    rmSync(this.#claimPath, { force: true })
    this.#socket.remove()
  }

  async #open(): Promise<void> {
    await this.#endOrphan()
    if (this.#isStopping) throw new Error(`The embedded ${this.kind} engine is stopped.`)
    const child = fork(PROCESS_FILE, [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child = child
    let errorOutput = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errorOutput = (errorOutput + text).slice(-4_000)
    })
    let isOpen = false
    let reason = ''
    await new Promise<void>((resolve, reject) => {
      child.on('message', (report: EngineReport) => {
        if (report.type === 'failed') {
          reason = report.reason
          return
        }
        isOpen = true
        this.#isOpen = true
        this.#openedAt = Date.now()
        resolve()
      })
      child.once('error', (error) => {
        this.#child = undefined
        reject(error)
      })
      child.once('exit', (exitCode, signal) => {
        this.#child = undefined
        this.#isOpen = false
        reason ||= errorOutput.trim()
        if (isOpen) this.#recover({ type: 'exited', exitCode, signal, reason })
        else {
          const how = signal ?? `exit code ${exitCode}`
          reject(
            new Error(
              `The embedded ${this.kind} engine could not be opened in ${this.#options.dataDir} (${reason || how}).`,
            ),
          )
        }
      })
      // The claim is on disk before the engine opens anything, so that a successor of ours finds it whatever happens.
      if (child.pid !== undefined) writeFileSync(this.#claimPath, JSON.stringify(readProcessIdentity(child.pid)))
      const { kind, dataDir } = this.#options
      const templatesDir = this.#options.templatesDir ?? process.env.GRATICULE_ENGINE_TEMPLATES ?? null
      send(child, { type: 'open', kind, dataDir, socketPath: this.#socket.socketPath, templatesDir })
    })
  }

  /** Comes after every exit of an open engine, wanted or not: only `stop` makes it stay down. */
  #recover(event: Extract<EngineEvent, { type: 'exited' }>): void {
    if (this.#isStopping) return
    if (Date.now() - this.#openedAt > HEALTHY_AFTER_MS) this.#failuresInARow = 0
    this.#ready = this.#reopen()
    // Those who wait get the error from their own await; nobody waiting is no reason to crash.
    this.#ready.catch(() => {})
    this.#options.onEvent?.(event)
  }

  async #reopen(): Promise<void> {
    const startedAt = Date.now()
    while (!this.#isStopping) {
      const delayMs = RESTART_DELAYS_MS[Math.min(this.#failuresInARow, RESTART_DELAYS_MS.length - 1)] ?? 0
      this.#failuresInARow += 1
      await sleep(delayMs)
      if (this.#isStopping) break
      try {
        await this.#open()
        this.#options.onEvent?.({ type: 'reopened', durationMs: Date.now() - startedAt })
        return
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        this.#options.onEvent?.({ type: 'exited', exitCode: null, signal: null, reason })
      }
    }
    throw new Error(`The embedded ${this.kind} engine is stopped.`)
  }

  /**
   * An engine in the middle of a long statement cannot notice that its server was killed, and goes on writing. The
   * home lock tells that no living server owns it, so it is ended before the folder is opened again.
   */
  async #endOrphan(): Promise<void> {
    const claim = readClaim(this.#claimPath)
    if (claim === null) return
    while (isSameProcessAlive(claim)) {
      process.kill(claim.pid, 'SIGKILL')
      await sleep(20)
    }
    rmSync(this.#claimPath, { force: true })
  }
}

function readClaim(path: string) {
  try {
    return parseProcessIdentity(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function send(child: ChildProcess, command: EngineCommand): void {
  // A child that is already gone is dealt with by its exit event.
  if (child.connected) child.send(command, () => {})
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}
