import type { CredentialPolicy } from '@graticule/contract'
import type { Audience } from './audience.ts'

interface OwnedAsset {
  readonly id: string
  readonly organizationId: string
  /** Null for what belongs to nobody, such as the demo warehouse: no rule about owners ever matches it. */
  readonly ownerId: string | null
}

/** A project or subfolder that something is in, by what decides who reaches what is inside of it. */
export interface Container {
  readonly id: string
  readonly ownerId: string | null
  readonly audience: Audience
}

/** What can be inside of a project. */
interface ContainedAsset extends OwnedAsset {
  readonly audience: Audience
  /** The folder that it is in and those above that one, from the inside out; empty at the top. */
  readonly containers: readonly Container[]
}

/** The facts about a map that decisions rest on. */
export interface MapAsset extends ContainedAsset {
  readonly kind: 'map'
  /** False for one that opens by its address alone: only its owner's lists and searches show it. */
  readonly isListed: boolean
  /** Whether a password stands before its public link; its other audiences need none. */
  readonly isLocked: boolean
  /** Whether those who may open it and whose role makes maps may edit it as well. */
  readonly isCollaborative: boolean
}

/** The facts about a connection that decisions rest on. */
export interface ConnectionAsset extends OwnedAsset {
  readonly kind: 'connection'
  readonly audience: Audience
  /** Its name first, then any aliases: a grant may name either. */
  readonly names: readonly string[]
  readonly credentialPolicy: CredentialPolicy
}

/** The facts about a workflow that decisions rest on. */
export interface WorkflowAsset extends ContainedAsset {
  readonly kind: 'workflow'
}

/** The facts about a project, or about a subfolder of one, that decisions rest on. */
export interface ProjectAsset extends ContainedAsset {
  readonly kind: 'project'
}

/** The facts about an application of the gallery that decisions rest on. */
export interface ApplicationAsset extends OwnedAsset {
  readonly kind: 'application'
  readonly audience: Audience
}

/** The facts about an API token that decisions rest on. Tokens are never shared. */
export interface TokenAsset extends OwnedAsset {
  readonly kind: 'token'
}

/** The facts about an OAuth client that decisions rest on. Everybody of the organization who could make one sees it. */
export interface OAuthClientAsset extends OwnedAsset {
  readonly kind: 'oauth-client'
}

/** The facts about a named source that decisions on itself rest on. Using it is decided by whoever may read the source. */
export interface NamedSourceAsset extends OwnedAsset {
  readonly kind: 'named-source'
}

export type Asset =
  | MapAsset
  | ConnectionAsset
  | WorkflowAsset
  | ApplicationAsset
  | ProjectAsset
  | TokenAsset
  | NamedSourceAsset
  | OAuthClientAsset
export type AssetKind = Asset['kind']

/** Kinds of asset that can be shared at all. */
export type ShareableKind = Extract<Asset, { readonly audience: Audience }>['kind']
export type ShareableAsset = Extract<Asset, { readonly kind: ShareableKind }>

/** Kinds of asset that can be inside of a project. */
export type ContainedKind = Extract<Asset, { readonly containers: readonly Container[] }>['kind']

/** The folders around an asset as assets of their own, from the inside out. */
export function projectsAround(asset: Asset): ProjectAsset[] {
  if (!('containers' in asset)) return []
  const { organizationId, containers } = asset
  return containers.map(({ id, ownerId, audience }, index) => ({
    kind: 'project',
    id,
    organizationId,
    ownerId,
    audience,
    containers: containers.slice(index + 1),
  }))
}
