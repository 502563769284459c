import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { QUERY_HANDLE_PREFIX } from '../../platform/secrets/query-handle.ts'
import { CLOSED_LOGIN } from './publication-store.ts'

/**
 * What names stand for on a connection and what its public maps were looked at with are not changed at the same moment:
 * whoever changes one of them waits here for the other. Several are held in the order of their ids.
 */
export async function holdNames(transaction: Store, connectionId: string): Promise<void> {
  const key = `names on ${connectionId}`
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(transaction)
}

/**
 * Closes the public maps that draw a name on a connection, as it is to stand for other SQL than their publishers looked
 * at. Any text that a name could be read from counts, and so does a handle of a map that draws the name.
 */
export async function closePublicationsOfName(transaction: Store, connectionId: string, name: string): Promise<void> {
  await holdNames(transaction, connectionId)
  const pattern = `^[^a-z0-9]*${name}[^a-z0-9]*$`
  const handle = `^${QUERY_HANDLE_PREFIX}([A-Za-z0-9_-]+)[.]`
  const names = (map: string) => sql`EXISTS (
    SELECT FROM jsonb_array_elements(coalesce(${sql.ref(`${map}.document`)} -> 'datasets', '[]')
      || coalesce(${sql.ref(`${map}.published_document`)} -> 'datasets', '[]')) AS dataset
    WHERE dataset ->> 'source' ~ ${pattern})`
  const handles = (column: 'document' | 'published_document') => sql`EXISTS (
    SELECT FROM jsonb_array_elements(${sql.ref(`maps.${column}`)} -> 'datasets') AS dataset
    JOIN maps AS giving ON giving.id = substring(dataset ->> 'source' FROM ${handle})
    WHERE ${names('giving')})`
  await transaction
    .updateTable('map_publications')
    .from('maps')
    .set({ login_id: CLOSED_LOGIN })
    .whereRef('maps.id', '=', 'map_publications.map_id')
    .where('map_publications.connection_id', '=', connectionId)
    .where(sql<boolean>`(${names('maps')} OR ${handles('document')} OR ${handles('published_document')})`)
    .execute()
}

/**
 * Forgets that public maps read a connection with its stored login, when that or its owner becomes another. Where everybody
 * reads with a login of their own they are closed; elsewhere they read as everybody does.
 */
export async function forgetOwnPublications(transaction: Store, connectionIds: readonly string[]): Promise<void> {
  if (connectionIds.length === 0) return
  await transaction
    .deleteFrom('map_publications')
    .where('connection_id', 'in', connectionIds)
    .where('login_id', 'is', null)
    .execute()
}
