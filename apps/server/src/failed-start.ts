import { ConfigError } from './config.ts'
import { describeStoreFailure, hasSqlState } from './platform/db/store-errors.ts'
import { HomeInUseError } from './platform/engine/home-lock.ts'
import { KeySourceError } from './platform/secrets/key-sources/key-source.ts'
import { StoreKeyError } from './platform/secrets/store-key.ts'

/** SQLSTATEs of a database that cannot be logged in to: wrong role, wrong password, no such database, no right to it. */
const LOGIN_STATES = ['28000', '28P01', '3D000', '42501']

/** Why a process could not start, in a sentence where we know one. */
export function explainFailedStart(error: unknown): string {
  if (error instanceof ConfigError) return error.mistakes.join('\n')
  const isTold = [HomeInUseError, KeySourceError, StoreKeyError].some((kind) => error instanceof kind)
  if (error instanceof Error && isTold) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : 'that'
    return `Port ${port} is in use by another program. Stop it, or set PORT to another port.`
  }
  if (error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')) {
    return 'The address in HOST does not belong to this machine. Use 127.0.0.1, or 0.0.0.0 for all addresses.'
  }
  const storeFailure = describeStoreFailure(error)?.code
  if (storeFailure === 'insufficient_storage') {
    return 'No disk space is left for GRATICULE_HOME or the metadata store. Free some space and start again.'
  }
  if (storeFailure === 'store_unavailable') {
    return 'The metadata store did not answer within 30 seconds. Check DATABASE_URL and that the server runs.'
  }
  if (hasSqlState(error, ...LOGIN_STATES)) {
    return `The metadata store refused the login that DATABASE_URL describes: ${error instanceof Error ? error.message : ''}.`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
