import { Kysely, PostgresAdapter, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './tables.ts'

/** The metadata store. Stores of the features take this; nothing else may hold it. */
export type Store = Kysely<Database>

export interface OpenDatabaseOptions {
  /** Sockets in the pool. */
  readonly maxConnections?: number
  /** Told when a socket breaks; the pool replaces it, and a statement that ran on it fails besides. */
  readonly onError?: (error: Error) => void
}

/**
 * Opens the metadata store at a PostgreSQL URL: a server, or the embedded engine's Unix socket
 * (`postgresql://user@localhost/name?host=/folder`). Nothing connects before the first statement.
 */
export function openDatabase(url: string, options: OpenDatabaseOptions = {}): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 30_000,
    keepAlive: true,
    application_name: 'graticule',
  })
  const onError = (error: Error): void => options.onError?.(error)
  pool.on('error', onError)
  // The pool listens to idle sockets only; one that breaks while in use would otherwise end the process.
  pool.on('connect', (client) => client.on('error', onError))
  return new Kysely<Database>({ dialect: new StoreDialect({ pool }) })
}

class StoreDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new LocklessAdapter()
  }
}

/**
 * Session-level advisory locks mean nothing behind a pooler and are shared by all clients of the embedded engine, so
 * migrations are serialised by a row lock in `migrateDatabase` instead.
 */
class LocklessAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** JSON text for a jsonb column. */
export function toJson(value: unknown): string {
  return JSON.stringify(value)
}
