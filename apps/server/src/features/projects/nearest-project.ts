import type { Permission } from '@graticule/contract'
import {
  can,
  decideMove,
  type MapAsset,
  type Principal,
  privacyOf,
  projectsAround,
  type ShareableAsset,
  type WorkflowAsset,
} from '@graticule/policy'
import type { NamedContainer } from '../../platform/db/audience-column.ts'
import type { ProjectName } from './project.ts'

/** The folder that an asset is in, as answers tell it: null at the top, and for those who may not open the folder. */
export function nearestProject(
  principal: Principal,
  asset: ShareableAsset,
  [nearest]: readonly NamedContainer[],
): ProjectName | null {
  const [project] = projectsAround(asset)
  if (nearest === undefined || project === undefined) return null
  return can(principal, 'project.read', project).allowed ? { id: nearest.id, name: nearest.name } : null
}

/**
 * The folders around an asset that give it to anybody but its owner, from the inside out: those that the asker may open,
 * and, for the owner, the others without their names.
 */
export function projectsGiving(
  principal: Principal,
  asset: ShareableAsset & { readonly ownerId: string | null },
  containers: readonly NamedContainer[],
): { id: string; name: string | null }[] {
  const isOwner = principal.kind === 'user' && principal.userId === asset.ownerId
  return projectsAround(asset)
    .filter(({ ownerId, audience }) => ownerId !== asset.ownerId || privacyOf(audience) !== 'private')
    .flatMap((project): { id: string; name: string | null }[] => {
      const { allowed } = can(principal, 'project.read', project)
      const name = containers.find(({ id }) => id === project.id)?.name
      if (allowed && name !== undefined) return [{ id: project.id, name }]
      return isOwner ? [{ id: project.id, name: null }] : []
    })
}

/** Whether the asker may move an asset at all: its owner, and whoever owns the project that it is in. */
export function movePermission(principal: Principal, item: MapAsset | WorkflowAsset): Permission {
  const [from = null] = projectsAround(item)
  const decision = decideMove(principal, { item, from, to: null })
  return decision.allowed ? { allowed: true } : { allowed: false, reason: decision.reason }
}
