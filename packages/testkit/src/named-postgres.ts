import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestDatabase } from './database.ts'
import { connectionStringOf, type PostgresAddress } from './postgres.ts'

/** The variable that points a suite at a server that somebody runs, of any version. */
const NAMED_POSTGRES_VARIABLE = 'GRATICULE_TEST_POSTGRES'

/** The superuser's address in `GRATICULE_TEST_POSTGRES`, such as `postgres://postgres:secret@127.0.0.1:5432/postgres`. */
export function readNamedPostgres(): PostgresAddress | null {
  const text = process.env[NAMED_POSTGRES_VARIABLE]
  if (!text) return null
  const url = URL.parse(text)
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new Error(
      `${NAMED_POSTGRES_VARIABLE} must be the address of a superuser, such as postgres://postgres:secret@127.0.0.1:5432/postgres.`,
    )
  }
  const address = {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
  }
  return { ...address, connectionString: connectionStringOf(address) }
}

/** A fresh database with PostGIS on such a server, in SQL that PostgreSQL 12 knows too. */
export async function createNamedDatabase(server: PostgresAddress): Promise<TestDatabase> {
  const name = `graticule_test_${randomBytes(6).toString('hex')}`
  await execute(server.connectionString, `CREATE DATABASE ${name} TEMPLATE template0`)
  const address = { ...server, database: name }
  const connectionString = connectionStringOf(address)
  const drop = (): Promise<void> =>
    execute(
      server.connectionString,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      `DROP DATABASE ${name}`,
    )
  try {
    await execute(connectionString, 'CREATE EXTENSION postgis')
  } catch (error) {
    await drop()
    throw error
  }
  return { ...address, connectionString, drop }
}

async function execute(connectionString: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
