import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { createAuthority, type TestAuthority } from './certificates.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { ensureTemplate, SUPERUSER } from './postgres-template.ts'
import { findFreePort, type ServerProcess, startServerProcess } from './server-process.ts'
import { giveTo, type SystemUser, serverUser } from './system-user.ts'

export interface PostgresOptions {
  /** How TCP logins prove who they are; sockets in the file system are always trusted. Default `trust`. */
  readonly authentication?: 'trust' | 'scram'
  /** Serve TLS with a certificate of a throw-away authority. */
  readonly ssl?: boolean
  /** Refuse TCP logins without TLS. */
  readonly requireSsl?: boolean
  /** Extra lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

/** What a client needs to log in as the superuser. */
export interface PostgresAddress {
  readonly connectionString: string
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

export interface TestPostgres extends PostgresAddress {
  /** Folder of the Unix socket; usable as `host`. */
  readonly socketDirectory: string
  readonly pid: number
  /** Present when the server speaks TLS. */
  readonly authority?: TestAuthority
  /** The server's own log so far. */
  log(): string
  /** Ends the server at once, as a crash would. */
  crash(): Promise<void>
  /** Ends the server and removes its data. */
  stop(): Promise<void>
}

const START_ATTEMPTS = 5

/** Starts a PostgreSQL server with PostGIS of its own on a free port of 127.0.0.1, in a temp folder, without fsync. */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const binaries = findPostgresBinaries()
  const user = serverUser()
  const template = await ensureTemplate(binaries, user)
  const folder = await mkdtemp(join(tmpdir(), 'graticule-pg-'))
  giveTo(user, folder)
  try {
    const data = join(folder, 'data')
    await copyTree(template, data)
    const authority = options.ssl ? writeTlsFiles(folder, data, user) : undefined
    writeFileSync(join(data, 'pg_hba.conf'), hostRules(options))
    const { server, port } = await launch(binaries, folder, data, user, options)
    const address = {
      host: '127.0.0.1',
      port,
      database: 'postgres',
      user: SUPERUSER.name,
      password: SUPERUSER.password,
    }
    const stop = async (signal: NodeJS.Signals): Promise<void> => {
      await server.stop(signal)
      await rm(folder, { recursive: true, force: true })
    }
    return {
      ...address,
      connectionString: connectionStringOf(address),
      socketDirectory: folder,
      pid: server.pid,
      ...(authority ? { authority } : {}),
      log: () => server.output(),
      crash: () => server.stop('SIGQUIT'),
      stop: () => stop('SIGINT'),
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** `postgres://…` of an address. */
export function connectionStringOf(address: Omit<PostgresAddress, 'connectionString'>): string {
  const { user, password, host, port, database } = address
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`
}

/** `cp` keeps the owner and shares blocks where the file system can; Node's own copy does neither. */
async function copyTree(from: string, to: string): Promise<void> {
  try {
    await promisify(execFile)('cp', ['-a', '--reflink=auto', from, to])
  } catch {
    await cp(from, to, { recursive: true, preserveTimestamps: true })
  }
}

function writeTlsFiles(folder: string, data: string, user: SystemUser): TestAuthority {
  const tlsFolder = join(folder, 'tls')
  mkdirSync(tlsFolder)
  const authority = createAuthority(tlsFolder)
  const { certificate, key } = authority.issue('localhost')
  const files = [
    [join(data, 'server.crt'), certificate],
    [join(data, 'server.key'), key],
    [join(data, 'root.crt'), authority.certificate],
  ] as const
  for (const [path, text] of files) {
    writeFileSync(path, text, { mode: 0o600 })
    giveTo(user, path)
  }
  return authority
}

function hostRules(options: PostgresOptions): string {
  const method = options.authentication === 'scram' ? 'scram-sha-256' : 'trust'
  const kind = options.requireSsl ? 'hostssl' : 'host'
  return ['local all all trust', `${kind} all all 127.0.0.1/32 ${method}`, ''].join('\n')
}

async function launch(
  binaries: string,
  folder: string,
  data: string,
  user: SystemUser,
  options: PostgresOptions,
): Promise<{ server: ServerProcess; port: number }> {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '100',
    password_encryption: 'scram-sha-256',
    ...(options.ssl ? { ssl: 'on', ssl_ca_file: 'root.crt' } : {}),
    ...options.settings,
  }
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    const args = ['-D', data, '-p', String(port)]
    for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
    const server = startServerProcess(join(binaries, 'postgres'), args, folder, user)
    try {
      await waitUntilReady(server, folder, port)
      return { server, port }
    } catch (error) {
      await server.stop('SIGQUIT')
      // Another process may have taken the port between our look and the server's bind.
      if (attempt === START_ATTEMPTS || !server.output().includes('Address already in use')) throw error
    }
  }
}

async function waitUntilReady(server: ServerProcess, socketDirectory: string, port: number): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const client = new pg.Client({ host: socketDirectory, port, user: SUPERUSER.name, database: 'postgres' })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => undefined)
      if (server.hasExited() || Date.now() > deadline) {
        throw new Error(`PostgreSQL did not start.\n${server.output()}`, { cause: error })
      }
      await sleep(30)
    }
  }
}
