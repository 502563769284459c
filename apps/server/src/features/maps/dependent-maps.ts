import { can, type Principal } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import { type Connection, connectionNames } from '../connections/connection.ts'
import type { DependentAsset } from '../connections/connection-service.ts'
import { listMapsOnConnection } from './map-store.ts'

/** The maps that draw from a connection; those that the principal may not open come without their title. */
export async function listDependentMaps(
  store: Store,
  principal: Principal,
  connection: Connection,
): Promise<DependentAsset[]> {
  const rows = await listMapsOnConnection(store, connection.organizationId, connectionNames(connection))
  return rows.map((row) => {
    const asset = {
      kind: 'map',
      id: row.id,
      organizationId: row.organization_id,
      ownerId: row.owner_id,
      audience: row.audience,
    } as const
    return { id: row.id, title: can(principal, 'map.read', asset).allowed ? row.title : null }
  })
}
