import { MAX_PROJECT_DEPTH } from '@graticule/contract'
import { MOVE_ACTION } from './asset-kinds.ts'
import type { ContainedKind, MapAsset, ProjectAsset, WorkflowAsset } from './assets.ts'
import { can, type Decision } from './can.ts'
import type { Principal } from './principal.ts'

/** A map or workflow that is to be put into a project, into another, or out of its project to the top. */
export interface ItemMove {
  readonly item: MapAsset | WorkflowAsset
  /** The folder that it is in; null at the top. */
  readonly from: ProjectAsset | null
  /** Where it is to go; null: to the top. */
  readonly to: ProjectAsset | null
}

/** A folder that is to be put into another, or to the top, where it is a project of its own. */
export interface FolderMove {
  readonly folder: ProjectAsset
  readonly to: ProjectAsset | null
  /** How many levels of folders there are inside of it, itself among them. */
  readonly height: number
}

/**
 * Whether this principal may move a map or workflow: its owner, into projects that they may put something into; and the
 * owner of a project within that project, and out of it. Who owns the item never changes by it.
 */
export function decideMove(principal: Principal, { item, from, to }: ItemMove): Decision {
  if (item.organizationId !== (to?.organizationId ?? item.organizationId)) return abroad()
  const own = can(principal, MOVE_ACTION[item.kind], item)
  if (own.allowed) {
    return to === null ? allow(item.kind, 'owner') : can(principal, 'project.fill', to)
  }
  const arranges = from !== null && can(principal, 'project.update', from).allowed
  if (!arranges) return own
  if (to === null || rootOf(to) === rootOf(from)) return allow(item.kind, 'project')
  return {
    allowed: false,
    reason: `You can move what others put into your project within it, or out of it; only the owner of this ${item.kind} puts it into another project.`,
    rule: 'move.elsewhere',
  }
}

/**
 * Whether this principal may move a folder: its owner, into folders of their own that are not inside of it, as deep as
 * folders go. The facts must be read so that they still hold when it happens.
 */
export function decideFolderMove(principal: Principal, { folder, to, height }: FolderMove): Decision {
  if (folder.organizationId !== (to?.organizationId ?? folder.organizationId)) return abroad()
  const own = can(principal, 'project.update', folder)
  if (!own.allowed) return own
  if (to === null) return allow('project', 'owner')
  const into = can(principal, 'project.update', to)
  if (!into.allowed) {
    return { allowed: false, reason: 'Only the owner of a project puts folders into it.', rule: into.rule }
  }
  if ([to, ...to.containers].some(({ id }) => id === folder.id)) {
    return { allowed: false, reason: 'A folder cannot be moved into itself.', rule: 'move.cycle' }
  }
  return decideDepth(to, height)
}

/** Whether folders of this many levels have room inside of another. */
export function decideDepth(parent: ProjectAsset, height = 1): Decision {
  if (parent.containers.length + 1 + height <= MAX_PROJECT_DEPTH) return allow('project', 'depth')
  const reason = `Folders can be ${MAX_PROJECT_DEPTH} levels deep at most; choose one higher up.`
  return { allowed: false, reason, rule: 'move.depth' }
}

function allow(kind: ContainedKind, rule: string): Decision {
  const word = kind === 'project' ? 'folder' : kind
  return { allowed: true, reason: `You can move this ${word}.`, rule: `move.${rule}` }
}

function abroad(): Decision {
  return { allowed: false, reason: 'This belongs to another organization.', rule: 'organization' }
}

/** The project that a folder is in, however deep. */
function rootOf(folder: ProjectAsset): string {
  return folder.containers.at(-1)?.id ?? folder.id
}
