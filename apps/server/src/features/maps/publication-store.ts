import type { PublishedAs } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'

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
 * Closes public maps that read one connection with a publishing login and go over to another connection: the login named
 * there is not of the other one, so that none is used until somebody chooses.
 */
export async function carryPublications(
  transaction: Store,
  mapId: string,
  fromConnectionId: string,
  toConnectionId: string,
): Promise<void> {
  if (fromConnectionId === toConnectionId) return
  const row = await transaction
    .selectFrom('map_publications')
    .select('login_id')
    .where('map_id', '=', mapId)
    .where('connection_id', '=', fromConnectionId)
    .where('login_id', 'is not', null)
    .executeTakeFirst()
  if (row === undefined) return
  await transaction
    .insertInto('map_publications')
    .values({ map_id: mapId, connection_id: toConnectionId, login_id: row.login_id })
    .onConflict((conflict) => conflict.columns(['map_id', 'connection_id']).doNothing())
    .execute()
}
