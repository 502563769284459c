import type { Privacy } from '@graticule/contract'

interface OwnedAsset {
  readonly id: string
  readonly organizationId: string
  /** Null for what belongs to nobody, such as the demo warehouse: no rule about owners ever matches it. */
  readonly ownerId: string | null
}

/** The facts about a map that decisions rest on. */
export interface MapAsset extends OwnedAsset {
  readonly kind: 'map'
  readonly privacy: Privacy
}

/** The facts about a connection that decisions rest on. */
export interface ConnectionAsset extends OwnedAsset {
  readonly kind: 'connection'
  readonly privacy: Privacy
  /** Its name first, then any aliases: a grant may name either. */
  readonly names: readonly string[]
}

/** The facts about an API token that decisions rest on. Tokens are never shared. */
export interface TokenAsset extends OwnedAsset {
  readonly kind: 'token'
}

export type Asset = MapAsset | ConnectionAsset | TokenAsset
export type AssetKind = Asset['kind']
