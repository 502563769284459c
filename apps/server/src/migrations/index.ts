import type { Migration } from 'kysely/migration'
import * as firstTables from './0001-first-tables.ts'
import * as severalServers from './0002-several-servers.ts'

/** Every migration in order. A released one is never edited; a change is a new line. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-several-servers': severalServers,
}
