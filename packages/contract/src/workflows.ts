import { type Static, Type } from 'typebox'
import { PrivacySchema, SharingScopeSchema } from './roles.ts'
import { Permission, UserSummary } from './workspace.ts'

const Part = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())

/** The graph of a workflow, in the form of CARTO's `config`. What is in its nodes is kept as it came. */
export const WorkflowDocument = Type.Object({
  schemaVersion: Type.Literal('1.0.0'),
  nodes: Type.Array(Part, { maxItems: 5_000 }),
  edges: Type.Array(Part, { maxItems: 20_000 }),
  variables: Type.Optional(Type.Array(Part, { maxItems: 1_000 })),
  viewport: Type.Optional(Part),
})
export type WorkflowDocument = Static<typeof WorkflowDocument>

const Title = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Description = Type.String({ maxLength: 5_000 })

export const WorkflowSummary = Type.Object({
  id: Type.String(),
  title: Type.String(),
  description: Type.String(),
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  owner: UserSummary,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  nodeCount: Type.Integer(),
  /** The folder that it is in; null at the top, and for those who may not open the folder. */
  project: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  /** The projects around it that give it to others, whatever its own sharing; those that the asker may open, and the owner is told of the others without their names. */
  sharedThrough: Type.Array(Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) })),
  /** Whose tables it works on; null while none is chosen, and once that connection is gone. */
  connection: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  tags: Type.Array(Type.String()),
  /** Whether the person who asks keeps it among their favourites. */
  isFavourite: Type.Boolean(),
  permissions: Type.Object({ edit: Permission, delete: Permission, share: Permission, move: Permission }),
})
export type WorkflowSummary = Static<typeof WorkflowSummary>

/** GET /workspace-api/workflows/:id */
export const WorkflowDetail = Type.Intersect([WorkflowSummary, Type.Object({ document: WorkflowDocument })])
export type WorkflowDetail = Static<typeof WorkflowDetail>

export const WORKFLOW_SCOPES = ['all', 'mine', 'shared', 'favourites'] as const
export const WorkflowListQuery = Type.Object({
  scope: Type.Optional(Type.Enum([...WORKFLOW_SCOPES])),
  /** Only those right in this folder. */
  projectId: Type.Optional(Type.String({ maxLength: 64 })),
  search: Type.Optional(Type.String({ maxLength: 200 })),
  tag: Type.Optional(Type.String({ minLength: 1, maxLength: 50 })),
  orderBy: Type.Optional(Type.Enum(['updatedAt', 'createdAt', 'title'])),
  orderDirection: Type.Optional(Type.Enum(['asc', 'desc'])),
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
})
export type WorkflowListQuery = Static<typeof WorkflowListQuery>
export const WorkflowList = Type.Object({ workflows: Type.Array(WorkflowSummary), total: Type.Integer() })
export type WorkflowList = Static<typeof WorkflowList>

export const WorkflowCreateBody = Type.Object({
  title: Title,
  description: Type.Optional(Description),
  connectionId: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()])),
  /** Without one the workflow is empty. */
  document: Type.Optional(WorkflowDocument),
})
export type WorkflowCreateBody = Static<typeof WorkflowCreateBody>
/** PATCH: what is left out stays. */
export const WorkflowUpdateBody = Type.Object({ title: Type.Optional(Title), description: Type.Optional(Description) })
export type WorkflowUpdateBody = Static<typeof WorkflowUpdateBody>
