import type { PublicationWish, UserSummary } from '@graticule/contract'
import type { Audience, Principal, ShareableAsset, ShareableKind } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'

/** An asset by what people call it. */
export interface NamedAsset {
  readonly asset: ShareableAsset
  readonly name: string
  /** Null for what belongs to nobody. */
  readonly owner: UserSummary | null
}

/** What a kind of asset does so that it can be shared. */
export interface ShareableAssets {
  /** The asset by its id, or by a name that people use for it; 404 when the principal may not know of it. */
  findShareable(principal: Principal, idOrName: string): Promise<NamedAsset>
  /** Those of these that there are, whoever may know of them; read in the transaction that is handed in, if any. */
  listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]>
  /** Shares it with exactly this audience; 403 and 404 as policy says, 422 with the rule for what cannot be shared so. `publication` is of maps. */
  setAudience(caller: UserCaller, idOrName: string, audience: Audience, publication?: PublicationWish): Promise<void>
}

/** Every kind that can be shared, so that none can be forgotten. */
export type ShareableKinds = Readonly<Record<ShareableKind, ShareableAssets>>
