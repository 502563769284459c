import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The kernel's limit for a socket's path is 104 bytes on macOS and 108 on Linux, with the final zero. */
const MAX_SOCKET_PATH_BYTES = 100

/** A private folder for the socket of one engine, named as PostgreSQL's clients expect it. */
export interface SocketDirectory {
  /** What a client takes as `host`. */
  readonly path: string
  readonly socketPath: string
  remove(): void
}

/**
 * Makes the folder for a socket, readable by this user alone. A wanted folder that lies too deep for a socket is
 * replaced by a short temporary one.
 */
export function makeSocketDirectory(wanted: string, port: number): SocketDirectory {
  const wantedPath = resolve(wanted)
  const isTooDeep = Buffer.byteLength(socketIn(wantedPath, port)) > MAX_SOCKET_PATH_BYTES
  const path = isTooDeep ? mkdtempSync(join(tmpdir(), 'graticule-')) : wantedPath
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const socketPath = socketIn(path, port)
  return {
    path,
    socketPath,
    remove: () => rmSync(isTooDeep ? path : socketPath, { recursive: true, force: true }),
  }
}

function socketIn(directory: string, port: number): string {
  return join(directory, `.s.PGSQL.${port}`)
}
