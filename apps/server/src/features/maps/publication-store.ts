import type { PublishedAs } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import type { Connection } from '../connections/connection.ts'

/** The id of no login: a map that was published with it is closed until somebody chooses anew. */
export const CLOSED_LOGIN = 'closed'

/** Whether a public map was closed, so that what it is read with next is chosen as for a new one. */
export function isClosed(publishedAs: PublishedAs | null): boolean {
  return publishedAs?.kind === 'login' && publishedAs.loginId === CLOSED_LOGIN
}

/** What a map was published to read its connections with, by their ids. */
export async function listPublications(db: Store, mapId: string): Promise<ReadonlyMap<string, PublishedAs>> {
  const rows = await db.selectFrom('map_publications').selectAll().where('map_id', '=', mapId).execute()
  return new Map(
    rows.map((row) => [
      row.connection_id,
      row.login_id === null ? { kind: 'own' } : { kind: 'login', loginId: row.login_id },
    ]),
  )
}

/** Keeps what a map reads a connection with; null: nothing is kept, so that it follows the connection. */
export async function putPublication(
  transaction: Store,
  mapId: string,
  connectionId: string,
  publishedAs: PublishedAs | null,
): Promise<void> {
  if (publishedAs === null) {
    await transaction
      .deleteFrom('map_publications')
      .where('map_id', '=', mapId)
      .where('connection_id', '=', connectionId)
      .execute()
    return
  }
  const login = { login_id: publishedAs.kind === 'own' ? null : publishedAs.loginId }
  await transaction
    .insertInto('map_publications')
    .values({ map_id: mapId, connection_id: connectionId, ...login })
    .onConflict((conflict) => conflict.columns(['map_id', 'connection_id']).doUpdateSet(login))
    .execute()
}

/** Forgets what a map that is public no longer was published with. */
export async function forgetPublications(transaction: Store, mapId: string): Promise<void> {
  await transaction.deleteFrom('map_publications').where('map_id', '=', mapId).execute()
}

/**
 * Closes a public map that goes over from one connection to another until it is published anew: whatever login was chosen
 * was not chosen for that one. Where nothing was chosen it follows the connections, unless people read the other one with
 * logins of their own.
 */
export async function carryPublications(
  transaction: Store,
  mapId: string,
  from: Pick<Connection, 'id'>,
  to: Pick<Connection, 'id' | 'credentialPolicy'>,
): Promise<void> {
  if (from.id === to.id) return
  const chosen = await transaction
    .selectFrom('map_publications')
    .select('map_id')
    .where('map_id', '=', mapId)
    .where('connection_id', 'in', [from.id, to.id])
    .limit(1)
    .executeTakeFirst()
  const mustClose = chosen !== undefined || (to.credentialPolicy === 'viewer' && (await isPublic(transaction, mapId)))
  if (mustClose) await putPublication(transaction, mapId, to.id, { kind: 'login', loginId: CLOSED_LOGIN })
}

async function isPublic(transaction: Store, mapId: string): Promise<boolean> {
  const grant = await transaction
    .selectFrom('grants')
    .select('asset_id')
    .where('asset_kind', '=', 'map')
    .where('asset_id', '=', mapId)
    .where('audience_kind', '=', 'public')
    .limit(1)
    .executeTakeFirst()
  return grant !== undefined
}
