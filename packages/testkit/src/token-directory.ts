import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitForPort } from './pgbouncer.ts'
import { findFreePort, startServerProcess } from './server-process.ts'

/** An LDAP server that lets people in by access tokens of an OpenID provider in place of passwords. */
export interface TokenDirectory {
  readonly port: number
  /** Who tried to come in, and how it ended. */
  output(): string
  stop(): Promise<void>
}

/** Starts one on a free port of 127.0.0.1, in a process of its own; people are `uid=` their `preferred_username`. */
export async function startTokenDirectory(issuer: string): Promise<TokenDirectory> {
  const folder = await mkdtemp(join(tmpdir(), 'graticule-tokens-'))
  const port = await findFreePort()
  const program = fileURLToPath(new URL('./token-directory-process.ts', import.meta.url))
  const server = startServerProcess(process.execPath, [program, JSON.stringify({ port, issuer })], folder, {})
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
  return { port, output: () => server.output(), stop }
}
