import { sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import { QUERY_HANDLE_PREFIX } from '../../platform/secrets/query-handle.ts'
import { CLOSED_LOGIN } from './publication-store.ts'

/**
 * Closes the public maps that draw a name on a connection, as it is to stand for other SQL than their publishers looked
 * at. Any text that a name could be read from counts, and so does a handle, which may stand for the name.
 */
export async function closePublicationsOfName(transaction: Store, connectionId: string, name: string): Promise<void> {
  const pattern = `^(${QUERY_HANDLE_PREFIX}.*|[^a-z0-9]*${name}[^a-z0-9]*)$`
  const draws = (column: 'document' | 'published_document') => sql<boolean>`EXISTS (
    SELECT FROM jsonb_array_elements(${sql.ref(`maps.${column}`)} -> 'datasets') AS dataset
    WHERE dataset ->> 'source' ~ ${pattern})`
  await transaction
    .updateTable('map_publications')
    .from('maps')
    .set({ login_id: CLOSED_LOGIN })
    .whereRef('maps.id', '=', 'map_publications.map_id')
    .where('map_publications.connection_id', '=', connectionId)
    .where(sql<boolean>`(${draws('document')} OR ${draws('published_document')})`)
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
