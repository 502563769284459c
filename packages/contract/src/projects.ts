import { type Static, Type } from 'typebox'
import { LIBRARY_ASSET_KINDS } from './asset-kinds.ts'
import { PrivacySchema, SharingScopeSchema } from './roles.ts'
import { SharingPreview } from './sharing.ts'
import { Permission, UserSummary } from './workspace.ts'

// Projects: folders for maps and workflows, whose sharing reaches what is inside.

/** How many levels of folders there can be, the project itself among them. */
export const MAX_PROJECT_DEPTH = 8
/** How many projects and subfolders an organization can have together. */
export const MAX_PROJECTS = 5_000
/** How many shortcuts one folder holds. */
export const MAX_SHORTCUTS = 500
/** How many things are moved at once. */
export const MAX_MOVED = 500

const Id = Type.String({ minLength: 1, maxLength: 64 })
const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })
const Description = Type.String({ maxLength: 5_000 })

/** A project, or a subfolder of one: the same thing inside of another. */
export const ProjectSummary = Type.Object({
  id: Type.String(),
  /** The folder that it is in; null for a project, and for a subfolder whose folder one may not open. */
  parentId: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
  description: Type.String(),
  owner: UserSummary,
  privacy: PrivacySchema,
  sharingScope: SharingScopeSchema,
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
  /** How many maps that one may open are right in it; those in subfolders are counted there. */
  mapCount: Type.Integer(),
  workflowCount: Type.Integer(),
  permissions: Type.Object({
    /** Rename and describe it, make subfolders, arrange what is inside. */
    edit: Permission,
    delete: Permission,
    share: Permission,
    /** Put something of one's own into it. */
    fill: Permission,
  }),
})
export type ProjectSummary = Static<typeof ProjectSummary>

/** GET /v3/projects: all folders that one may open, each with the id of the one it is in, by name. */
export const ProjectTree = Type.Object({ projects: Type.Array(ProjectSummary) })
export type ProjectTree = Static<typeof ProjectTree>

/** GET /v3/projects/:id */
export const ProjectDetail = Type.Intersect([
  ProjectSummary,
  Type.Object({
    /** The folders around it that one may open, from the project down to the one that it is in. */
    path: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  }),
])
export type ProjectDetail = Static<typeof ProjectDetail>

export const ProjectCreateBody = Type.Object({
  name: Name,
  description: Type.Optional(Description),
  parentId: Type.Optional(
    Type.Union([Id, Type.Null()], {
      description: 'The folder that it is a subfolder of; absent: a project at the top.',
    }),
  ),
})
export type ProjectCreateBody = Static<typeof ProjectCreateBody>

/** PATCH: what is left out stays. */
export const ProjectUpdateBody = Type.Object({
  name: Type.Optional(Name),
  description: Type.Optional(Description),
})
export type ProjectUpdateBody = Static<typeof ProjectUpdateBody>

/** DELETE /v3/projects/:id */
export const ProjectDeleteQuery = Type.Object({
  contents: Type.Optional(
    Type.Literal('to-top', {
      description:
        'Moves all maps and workflows inside to the top and deletes the subfolders. Without it only an empty folder is deleted.',
    }),
  ),
})
export type ProjectDeleteQuery = Static<typeof ProjectDeleteQuery>

export const MOVABLE_KINDS = ['map', 'workflow', 'project'] as const
/** Something that can be inside of a project. */
export const MovableKey = Type.Object({ kind: Type.Enum([...MOVABLE_KINDS]), id: Id })
export type MovableKey = Static<typeof MovableKey>

/** POST /v3/projects/move, and its preview: where these go. */
export const MoveBody = Type.Object({
  projectId: Type.Union([Id, Type.Null()], { description: 'The folder that they go into; null: to the top.' }),
  items: Type.Array(MovableKey, { minItems: 1, maxItems: MAX_MOVED, uniqueItems: true }),
})
export type MoveBody = Static<typeof MoveBody>

/** What became of one of them, or would. The request itself answers 200 although some fail. */
export const MoveResult = Type.Intersect([
  MovableKey,
  Type.Object({ success: Type.Boolean(), failureReason: Type.Optional(Type.String()) }),
])
export type MoveResult = Static<typeof MoveResult>
export const MoveResults = Type.Object({ results: Type.Array(MoveResult) })
export type MoveResults = Static<typeof MoveResults>

/** POST /v3/projects/move/preview: what would be moved, and who would gain and lose access to any of it. */
export const MovePreview = Type.Intersect([MoveResults, Type.Omit(SharingPreview, ['peopleCount', 'breaks'])])
export type MovePreview = Static<typeof MovePreview>

/** A sign in a folder that points to a map, a workflow or an application which lies elsewhere. It opens nothing. */
export const ProjectShortcut = Type.Object({
  id: Type.String(),
  kind: Type.Enum([...LIBRARY_ASSET_KINDS]),
  /** What it points to. */
  assetId: Type.String(),
  name: Type.String(),
  owner: UserSummary,
  /** The folder that it points into; null where that is the top, or a folder that one may not open. */
  place: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  createdAt: Type.String({ format: 'date-time' }),
})
export type ProjectShortcut = Static<typeof ProjectShortcut>

/** GET /v3/projects/:id/shortcuts: those of a folder that point to what lists show to whoever asks, by name. */
export const ProjectShortcuts = Type.Object({ shortcuts: Type.Array(ProjectShortcut) })
export type ProjectShortcuts = Static<typeof ProjectShortcuts>

/** POST /v3/projects/:id/shortcuts: what it is to point to. */
export const ShortcutBody = Type.Object({ kind: Type.Enum([...LIBRARY_ASSET_KINDS]), assetId: Id })
export type ShortcutBody = Static<typeof ShortcutBody>

/** PATCH /v3/projects/:id/shortcuts/:shortcutId: the folder that it goes into. */
export const ShortcutMoveBody = Type.Object({ projectId: Id })
export type ShortcutMoveBody = Static<typeof ShortcutMoveBody>
