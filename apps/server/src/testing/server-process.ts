import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url))

/** A process of ours under test. */
export interface StartedProcess {
  readonly child: ChildProcess
  /** Everything printed so far, on either channel. */
  output(): string
  /** Resolves when something like this was printed, and rejects when the process ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>
  /** The exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>
}

const running = new Set<ChildProcess>()

/** Starts a server with these settings, on a free port and without the demo. */
export function startServerProcess(environment: Readonly<Record<string, string>>): StartedProcess {
  return startProcess(MAIN, [], { PORT: '0', GRATICULE_DEMO: 'off', ...environment })
}

/** Starts a command of the administrator that the test ends before its time. */
export function startCliProcess(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): StartedProcess {
  return startProcess(CLI, words, environment)
}

/** Ends what a failed test has left. */
export function killStartedProcesses(): void {
  for (const child of running) child.kill('SIGKILL')
}

function startProcess(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): StartedProcess {
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let printed = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      printed += String(chunk)
      for (const listener of listeners) listener()
    })
  }
  const exited = once(child, 'exit').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  return {
    child,
    exited,
    output: () => printed,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(printed)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        exited.then(() => reject(new Error(`It ended without printing ${pattern}:\n${printed}`)))
        look()
      }),
  }
}
