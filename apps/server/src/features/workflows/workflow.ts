import type { UserSummary, WorkflowDocument } from '@graticule/contract'
import type { Audience, WorkflowAsset } from '@graticule/policy'
import type { NamedContainer } from '../../platform/db/audience-column.ts'

/** A stored workflow without its graph. */
export interface Workflow {
  readonly id: string
  readonly organizationId: string
  readonly owner: UserSummary
  readonly title: string
  readonly description: string
  readonly audience: Audience
  /** The folders around it, from the inside out. */
  readonly containers: readonly NamedContainer[]
  readonly nodeCount: number
  readonly connection: { readonly id: string; readonly name: string } | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The graph that a new workflow has. */
export const EMPTY_WORKFLOW: WorkflowDocument = { schemaVersion: '1.0.0', nodes: [], edges: [] }

/** The facts about a workflow that policy decides on. */
export function workflowAsset(workflow: Workflow): WorkflowAsset {
  return {
    kind: 'workflow',
    id: workflow.id,
    organizationId: workflow.organizationId,
    ownerId: workflow.owner.id,
    audience: workflow.audience,
    containers: workflow.containers,
  }
}
