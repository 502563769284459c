import type { MapAsset, UserPrincipal, WorkflowAsset } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'
import type { NamedAsset } from '../sharing/shareable-assets.ts'

/** Where an asset goes. */
export interface Placement {
  readonly caller: UserCaller
  /** The folder; null: to the top. */
  readonly projectId: string | null
  /** Throws when it may not go there as it is now, under its lock. */
  readonly decide: (asset: MapAsset | WorkflowAsset) => Promise<void>
  /** The type of the event that this belongs to, if it is not a move of its own. */
  readonly cause?: string
}

/** What a kind of asset does so that it can be inside of projects. */
export interface ContainedAssets {
  /** Those of these that there are, whoever may know of them. */
  listShareable(ids: readonly string[], transaction?: Store): Promise<NamedAsset[]>
  /** Puts one into a folder or to the top, with its event; 404 for one that is gone. Where it is already nothing happens. */
  place(transaction: Store, id: string, placement: Placement): Promise<void>
  /** Puts all that is in these folders to the top, each with its event; says how many. */
  release(transaction: Store, caller: UserCaller, projectIds: readonly string[]): Promise<number>
  /** How many of them are right in each folder, as far as the person may open them. */
  countByProject(principal: UserPrincipal): Promise<ReadonlyMap<string, number>>
}

/** Every kind that can be inside of projects, so that none can be forgotten. */
export type ContainedKinds = Readonly<Record<'map' | 'workflow', ContainedAssets>>
