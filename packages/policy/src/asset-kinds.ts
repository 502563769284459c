import { type Role, SHAREABLE_ASSET_KINDS } from '@graticule/contract'
import { type Action, ROLE_TABLE } from './actions.ts'
import type { AssetKind, ContainedKind, ShareableKind } from './assets.ts'
import type { AudienceKind } from './audience.ts'

interface AssetKindDefinition {
  /** The action that asks "may this person know that the asset exists?". */
  readonly read: Action
  /** The action of setting its audience; null for a kind that is never shared. */
  readonly share: Action | null
  /** Whom assets of the kind can be shared with. */
  readonly audiences: readonly AudienceKind[]
}

/** The one registry of kinds: a new kind of asset does not type-check before it stands here. */
export const ASSET_KINDS = {
  map: { read: 'map.read', share: 'map.share', audiences: ['organization', 'group', 'user', 'public'] },
  connection: { read: 'connection.use', share: 'connection.share', audiences: ['organization', 'group', 'user'] },
  workflow: { read: 'workflow.read', share: 'workflow.share', audiences: ['organization', 'group', 'user'] },
  application: { read: 'application.read', share: 'application.share', audiences: ['organization', 'group', 'user'] },
  /** Of a project and of each subfolder. */
  project: { read: 'project.read', share: 'project.share', audiences: ['organization', 'group', 'user'] },
  token: { read: 'token.read', share: null, audiences: [] },
  'named-source': { read: 'named-source.read', share: null, audiences: [] },
  'oauth-client': { read: 'oauth-client.read', share: null, audiences: [] },
} as const satisfies Readonly<Record<AssetKind, AssetKindDefinition>>

/** The action that asks "may this person know that the asset exists?". */
export const READ_ACTION: Readonly<Record<AssetKind, Action>> = {
  map: ASSET_KINDS.map.read,
  connection: ASSET_KINDS.connection.read,
  workflow: ASSET_KINDS.workflow.read,
  application: ASSET_KINDS.application.read,
  project: ASSET_KINDS.project.read,
  token: ASSET_KINDS.token.read,
  'named-source': ASSET_KINDS['named-source'].read,
  'oauth-client': ASSET_KINDS['oauth-client'].read,
}

/** The action of sharing each kind that can be shared. */
export const SHARE_ACTION = {
  map: ASSET_KINDS.map.share,
  connection: ASSET_KINDS.connection.share,
  workflow: ASSET_KINDS.workflow.share,
  application: ASSET_KINDS.application.share,
  project: ASSET_KINDS.project.share,
} as const satisfies Readonly<Record<ShareableKind, Action>>

/** The kinds that can be shared. */
export const SHAREABLE_KINDS: readonly ShareableKind[] = SHAREABLE_ASSET_KINDS

/** The kinds that can be inside of a project and the action of moving each. A subfolder is a project inside of another. */
export const MOVE_ACTION = {
  map: 'map.move',
  workflow: 'workflow.move',
  project: 'project.update',
} as const satisfies Readonly<Record<ContainedKind, Action>>

/** Whether assets of the kind can be inside of a project. */
export function isContainedKind(kind: AssetKind): kind is ContainedKind {
  return Object.hasOwn(MOVE_ACTION, kind)
}

/** Whether sharing an asset of the kind with somebody of this role can ever reach them: with it, or with what is inside. */
export function canReceive(role: Role, kind: ShareableKind): boolean {
  const reached: readonly AssetKind[] = kind === 'project' ? ['project', 'map', 'workflow'] : [kind]
  return reached.some((candidate) => ROLE_TABLE[READ_ACTION[candidate]][role] !== 'none')
}
