import { can, type Principal, projectsAround, type ShareableAsset } from '@graticule/policy'
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
