import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitForPort } from './pgbouncer.ts'
import { findProgram } from './postgres-binaries.ts'
import { findFreePort, startServerProcess } from './server-process.ts'

export interface TestRedis {
  /** `redis://…` */
  readonly url: string
  readonly port: number
  /** Sends a signal: `SIGSTOP` makes it hang, `SIGCONT` go on. */
  signal(signal: NodeJS.Signals): void
  stop(): Promise<void>
}

/** Starts a Redis of its own on 127.0.0.1, on a free port or the one given, that keeps nothing on disk. */
export async function startRedis(givenPort?: number): Promise<TestRedis> {
  const program = findProgram('redis-server', 'redis-server')
  const folder = await mkdtemp(join(tmpdir(), 'graticule-redis-'))
  const port = givenPort ?? (await findFreePort())
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder]
  const server = startServerProcess(program, options, folder, {})
  const stop = async (): Promise<void> => {
    await server.stop('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(server, port)
  } catch (error) {
    await stop()
    throw error
  }
  const signal = (name: NodeJS.Signals): void => {
    process.kill(server.pid, name)
  }
  return { url: `redis://127.0.0.1:${port}`, port, signal, stop }
}
