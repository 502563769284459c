import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'

/** A server that a test started; it ends with the test process even when nobody stops it. */
export interface ServerProcess {
  readonly pid: number
  /** The last lines that it printed, for error messages. */
  output(): string
  hasExited(): boolean
  /** Sends the signal and waits until the process is gone. */
  stop(signal: NodeJS.Signals): Promise<void>
}

const OUTPUT_LIMIT = 20_000
const SETPRIV = '/usr/bin/setpriv'
/** Running servers and the folders that go with them. */
const running = new Map<ChildProcess, string>()
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

/**
 * Starts a program in its folder; its output is kept for error messages. Where the kernel can, it ends the program even
 * when the test process is killed.
 */
export function startServerProcess(
  program: string,
  args: readonly string[],
  folder: string,
  user: SpawnOptions,
): ServerProcess {
  const command = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'QUIT', program, ...args] : [program, ...args]
  const child = spawn(command[0] ?? program, command.slice(1), {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_LIMIT)
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  child.on('error', (error) => collect(Buffer.from(error.message)))
  running.set(child, folder)
  child.once('exit', () => running.delete(child))
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null || child.pid === undefined
  return {
    pid: child.pid ?? -1,
    output: () => output,
    hasExited,
    async stop(signal) {
      if (hasExited()) return
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
    },
  }
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}
