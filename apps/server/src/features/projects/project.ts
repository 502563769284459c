import type { UserSummary } from '@graticule/contract'
import type { Audience, ProjectAsset } from '@graticule/policy'
import type { NamedContainer } from '../../platform/db/audience-column.ts'

/** A stored project, or a subfolder of one. */
export interface Project {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  /** The folder that it is in; null for a project. */
  readonly parentId: string | null
  readonly name: string
  readonly description: string
  readonly audience: Audience
  /** The folders around it, from the inside out. */
  readonly containers: readonly NamedContainer[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A folder by what people call it. */
export interface ProjectName {
  readonly id: string
  readonly name: string
}

/** The facts about a folder that policy decides on. */
export function projectAsset(project: Project): ProjectAsset {
  return {
    kind: 'project',
    id: project.id,
    organizationId: project.organizationId,
    ownerId: project.owner.id,
    audience: project.audience,
    containers: project.containers,
  }
}
