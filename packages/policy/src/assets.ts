import type { Audience } from './audience.ts'

interface OwnedAsset {
  readonly id: string
  readonly organizationId: string
  /** Null for what belongs to nobody, such as the demo warehouse: no rule about owners ever matches it. */
  readonly ownerId: string | null
}

/** The facts about a map that decisions rest on. */
export interface MapAsset extends OwnedAsset {
  readonly kind: 'map'
  readonly audience: Audience
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
}

/** The facts about a workflow that decisions rest on. */
export interface WorkflowAsset extends OwnedAsset {
  readonly kind: 'workflow'
  readonly audience: Audience
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

export type Asset = MapAsset | ConnectionAsset | WorkflowAsset | ApplicationAsset | TokenAsset
export type AssetKind = Asset['kind']

/** Kinds of asset that can be shared at all. */
export type ShareableKind = Extract<Asset, { readonly audience: Audience }>['kind']
export type ShareableAsset = Extract<Asset, { readonly kind: ShareableKind }>
