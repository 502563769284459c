import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '@graticule/testkit'
import { ENGINE_TEMPLATES, REPOSITORY, SERVER_MAIN } from './repository.ts'
import { findLogProblems } from './server-log.ts'

export interface ServerOptions {
  /** `GRATICULE_HOME`. */
  readonly home: string
  /**
   * `npm` is what a person types, on the machine's own Node; `launcher` what that starts, on this process's Node; `main`
   * the server alone, on the web app that is already built.
   */
  readonly via: 'npm' | 'launcher' | 'main'
  /** Where the checkout lies; the launcher of another clone can be started with it. */
  readonly repository?: string
  readonly env?: Readonly<Record<string, string>>
  readonly port?: number
  /** How long the first answer of `/health/ready` may take. */
  readonly readyWithinMs?: number
}

/** A real server in a process of its own. */
export interface RunningServer {
  readonly baseUrl: string
  readonly home: string
  readonly pid: number
  /** Milliseconds from the spawn to the first 200 of `/health/ready`. */
  readonly readyAfterMs: number
  /** Everything it wrote so far, both streams in order of arrival. */
  output(): string
  /** SIGTERM, then the exit code; throws when it has not ended after 20 s. */
  stop(): Promise<number | null>
  /** SIGKILL to the process that was started, and nothing else. */
  kill(): Promise<void>
  /** Resolves with the exit code, whenever the process ends. */
  exited: Promise<number | null>
}

/** Starts a server and waits until it is ready; on failure the error carries what the server wrote. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const port = options.port ?? (await findFreePort())
  const baseUrl = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const { child, output, exited } = launch(options, port)
  const deadline = startedAt + (options.readyWithinMs ?? 120_000)
  while (!(await isReady(baseUrl))) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}.\n${output()}`)
    }
    if (performance.now() > deadline) {
      // A launcher must be asked, or the server that it started would live on without it.
      await endWithin(child, exited, options.via === 'main' ? 'SIGKILL' : 'SIGTERM', 20_000, output)
      throw new Error(`The server was not ready in time.\n${output()}`)
    }
    await sleep(50)
  }
  return {
    baseUrl,
    home: options.home,
    pid: child.pid as number,
    readyAfterMs: performance.now() - startedAt,
    output,
    exited,
    stop: () => endWithin(child, exited, 'SIGTERM', 20_000, output),
    kill: async () => {
      await endWithin(child, exited, 'SIGKILL', 20_000, output)
    },
  }
}

/** Starts a server that is expected to refuse; resolves when it has ended. */
export async function startAndExpectExit(
  options: ServerOptions,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { child, output, exited } = launch(options, options.port ?? (await findFreePort()))
  const code = await Promise.race([exited, sleep(options.readyWithinMs ?? 60_000, 'running' as const)])
  if (code === 'running') {
    child.kill('SIGKILL')
    throw new Error(`The server kept running although it should have refused.\n${output()}`)
  }
  return { code, output: output() }
}

/** The lines of the server's output that no healthy run may contain. */
export function problemsOf(server: RunningServer, expected: readonly RegExp[] = []): readonly string[] {
  return findLogProblems(server.output()).filter((line) => !expected.some((pattern) => pattern.test(line)))
}

/** What the first start in demo mode leaves for programs. */
export interface DemoFile {
  readonly baseUrl: string
  readonly connection: string
  readonly apiToken: string
  readonly users: readonly { readonly role: string; readonly email: string; readonly password: string }[]
  readonly samples: readonly DemoSample[]
  readonly view: readonly [number, number, number]
  readonly publicMapId: string
}

export interface DemoSample {
  readonly table: string
  readonly geometry: 'point' | 'line' | 'polygon'
  readonly geometryColumn: string
  readonly numericColumn: string
  readonly categoryColumn: string
  readonly dateColumn: string
}

export function readDemoFile(home: string): DemoFile {
  const path = join(home, 'demo.json')
  if (!existsSync(path)) throw new Error(`${path} does not exist although the server is ready`)
  return JSON.parse(readFileSync(path, 'utf8')) as DemoFile
}

function launch(options: ServerOptions, port: number) {
  const repository = options.repository ?? REPOSITORY
  const [command, args] = commandLine(options.via, repository)
  const child = spawn(command, args, {
    cwd: repository,
    env: {
      ...inheritedEnvironment(options.via),
      PORT: String(port),
      GRATICULE_HOME: options.home,
      // Where the servers of tests are that people connect to.
      INTERNAL_HOSTS: '127.0.0.1',
      // Saves each server the making of its empty databases; a clone elsewhere makes its own.
      ...(options.repository ? {} : { GRATICULE_ENGINE_TEMPLATES: ENGINE_TEMPLATES }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, exited, output: () => Buffer.concat(chunks).toString('utf8') }
}

function commandLine(via: ServerOptions['via'], repository: string): [command: string, args: string[]] {
  switch (via) {
    case 'npm':
      return ['npm', ['start']]
    case 'launcher':
      return [process.execPath, [join(repository, 'scripts/start.mjs')]]
    case 'main':
      return [process.execPath, [SERVER_MAIN]]
  }
}

/** What a person's shell would hand on (npm's settings are in it), without what would change the server's behaviour. */
function inheritedEnvironment(via: ServerOptions['via']): NodeJS.ProcessEnv {
  const environment = environmentOfShell()
  if (via !== 'npm') return environment
  // The checkout's own programs, Node 24 among them, are not on a person's path.
  const path = (environment.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const isOfScript = (name: string): boolean => /^npm_(?:lifecycle|package|execpath|node_execpath|command)/.test(name)
  const rest = Object.entries(environment).filter(([name]) => !isOfScript(name) && name !== 'NODE')
  return { ...Object.fromEntries(rest), PATH: path.join(delimiter) }
}

function environmentOfShell(): NodeJS.ProcessEnv {
  const ours = /^(?:GRATICULE_|VITEST|(?:NODE_OPTIONS|NODE_ENV|DATABASE_URL|PUBLIC_URL|ALLOWED_HOSTS|HOST|LOG_LEVEL)$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

async function isReady(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

async function endWithin(
  child: ChildProcess,
  exited: Promise<number | null>,
  signal: NodeJS.Signals,
  timeoutMs: number,
  output: () => string,
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  const code = await Promise.race([exited, sleep(timeoutMs, 'running' as const)])
  if (code === 'running') {
    child.kill('SIGKILL')
    throw new Error(`The server did not end within ${timeoutMs} ms of ${signal}.\n${output()}`)
  }
  return code
}
