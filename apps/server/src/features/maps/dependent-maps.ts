import { isListedFor, isShared, type Principal } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import { type Connection, connectionNames } from '../connections/connection.ts'
import type { DependentAsset } from '../connections/connection-service.ts'
import { mapAsset } from './map-record.ts'
import { listMapsOnConnection } from './map-store.ts'

/**
 * The maps that draw from a connection, or show readers a version that does; those that stand in no list of the
 * principal's come without their title.
 */
export async function listDependentMaps(
  store: Store,
  principal: Principal,
  connection: Connection,
): Promise<DependentAsset[]> {
  const rows = await listMapsOnConnection(store, connection.organizationId, connectionNames(connection))
  return rows
    .filter(({ facts, isDrawn }) => isDrawn || isShared(mapAsset(facts)))
    .map(({ facts, title }) => ({
      id: facts.id,
      title: isListedFor(principal, mapAsset(facts)) ? title : null,
    }))
}
