import { READ_ACTION } from './asset-kinds.ts'
import type { MapAsset, ProjectAsset, ShareableAsset } from './assets.ts'
import { NOBODY } from './audience.ts'
import { can } from './can.ts'
import type { Principal } from './principal.ts'

/**
 * Whether somebody has access to an asset. To a project also who may not look into it but gets at the maps inside, as
 * guests do who are named there.
 */
export function reaches(principal: Principal, asset: ShareableAsset): boolean {
  if (can(principal, READ_ACTION[asset.kind], asset).allowed) return true
  return asset.kind === 'project' && can(principal, 'map.read', mapInside(asset)).allowed
}

/** A map in a project as far as the project decides: nobody's, and shared with nobody itself. */
export function mapInside({ id, organizationId, ownerId, audience, containers }: ProjectAsset): MapAsset {
  return {
    kind: 'map',
    id: '',
    organizationId,
    ownerId: null,
    audience: NOBODY,
    isListed: true,
    isLocked: false,
    isCollaborative: false,
    containers: [{ id, ownerId, audience }, ...containers],
  }
}
