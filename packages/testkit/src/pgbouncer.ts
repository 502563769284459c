import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectionStringOf, type PostgresAddress } from './postgres.ts'
import { findProgram } from './postgres-binaries.ts'
import { findFreePort, type ServerProcess, startServerProcess } from './server-process.ts'
import { giveTo, serverUser } from './system-user.ts'

export interface TestPgBouncer extends PostgresAddress {
  stop(): Promise<void>
}

export interface PgBouncerOptions {
  /** Sockets to the server for each user and database. Default 4. */
  readonly poolSize?: number
}

/** Starts a PgBouncer in transaction mode in front of a test server, for the database of the address given. */
export async function startPgBouncer(
  server: PostgresAddress,
  { poolSize = 4 }: PgBouncerOptions = {},
): Promise<TestPgBouncer> {
  const program = findProgram('pgbouncer', 'pgbouncer')
  const user = serverUser()
  const folder = await mkdtemp(join(tmpdir(), 'graticule-pgbouncer-'))
  const port = await findFreePort()
  const configuration = join(folder, 'pgbouncer.ini')
  const users = join(folder, 'users.txt')
  writeFileSync(users, `"${server.user}" "${server.password}"\n`)
  writeFileSync(
    configuration,
    [
      '[databases]',
      `* = host=${server.host} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      `default_pool_size = ${poolSize}`,
      'max_client_conn = 200',
      '',
    ].join('\n'),
  )
  giveTo(user, folder, configuration, users)
  const bouncer = startServerProcess(program, [configuration], folder, user)
  const stop = async (): Promise<void> => {
    await bouncer.stop('SIGINT')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await waitForPort(bouncer, port)
  } catch (error) {
    await stop()
    throw error
  }
  const address = { host: '127.0.0.1', port, database: server.database, user: server.user, password: server.password }
  return { ...address, connectionString: connectionStringOf(address), stop }
}

/** Resolves once something listens; throws with the server's output when it ended instead. */
export async function waitForPort(server: ServerProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (server.hasExited()) break
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    await sleep(25)
  }
  throw new Error(`The server did not start.\n${server.output()}`)
}
