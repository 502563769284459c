import { AppError } from '@graticule/contract'
import type { ConnectStep } from '../provider.ts'
import type { WireRow } from './wire-query.ts'

/** What `readVersions` reads: the server's number and name, and the version of PostGIS or null. */
export const VERSION_QUERY = `SELECT current_setting('server_version_num'), current_setting('server_version'),
  (SELECT extversion FROM pg_extension WHERE extname = 'postgis')`

/** The oldest server, as `server_version_num` counts. */
const MIN_POSTGRES_NUMBER = 12_00_00
const MIN_POSTGRES = '12'
const MIN_POSTGIS = '2.4'

export interface Versions {
  /** For the connection page. */
  readonly text: string
  readonly hasPostgis: boolean
}

/**
 * What the database is. Throws one sentence for one that is too old; one without PostGIS can still be browsed and
 * queried, and what needs a geometry there is refused by `missingPostgis`.
 */
export function readVersions(row: WireRow | undefined): Versions {
  const [number, name, postgis] = row ?? []
  const server = name?.split(' ')[0] ?? 'of an unknown version'
  const found = `PostgreSQL ${server}${postgis ? ` with PostGIS ${postgis}` : ''}`
  if (!(Number(number) >= MIN_POSTGRES_NUMBER)) throw tooOld(`PostgreSQL ${MIN_POSTGRES}`, found, 'database')
  if (postgis && isOlder(postgis, MIN_POSTGIS)) throw tooOld(`PostGIS ${MIN_POSTGIS}`, found, 'postgis')
  return {
    text: `PostgreSQL ${server}, ${postgis ? `PostGIS ${postgis}` : 'no PostGIS: nothing can be mapped until it is installed'}`,
    hasPostgis: Boolean(postgis),
  }
}

/** What a statement that needs geometry ends with in a database that knows none. */
export function missingPostgis(database: string, cause?: unknown): AppError {
  return new AppError(
    'warehouse_failed',
    `PostGIS ${MIN_POSTGIS} or newer is needed for geometry, but the database "${database}" has no PostGIS; run CREATE EXTENSION postgis in it.`,
    { cause },
  )
}

function tooOld(needed: string, found: string, step: ConnectStep): AppError {
  const sentence = `${needed} or newer is needed, but the database is ${found}; upgrade it.`
  return new AppError('warehouse_failed', sentence, { details: { step } })
}

function isOlder(version: string, minimum: string): boolean {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10))
  const [major = 0, minor = 0] = minimum.split('.').map(Number)
  const [foundMajor = 0, foundMinor = 0] = parts
  return foundMajor < major || (foundMajor === major && foundMinor < minor)
}
