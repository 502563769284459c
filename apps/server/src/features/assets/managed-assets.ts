import type { MANAGED_ASSET_KINDS, UserSummary } from '@graticule/contract'
import type { UserCaller } from '../../http/caller.ts'
import type { Store } from '../../platform/db/database.ts'

/** One asset goes to another owner, by somebody who manages the assets of everybody. */
export interface AssetTransfer {
  readonly caller: UserCaller
  readonly to: UserSummary
  /** Decides again inside the transaction, and keeps the people as they are until it ends. Call it before any lock. */
  readonly hold: (transaction: Store) => Promise<void>
}

/** What a kind of asset does for those who manage the assets of everybody. */
export interface ManagedAssets {
  /**
   * Gives it to another, shared as it is, with its event; 404 when the organization has no such asset (any more), 422 for
   * a kind that goes to nobody else.
   */
  transfer(id: string, transfer: AssetTransfer): Promise<void>
  /** Deletes it whoever owns it, with its event; 404 as above, 409 while others depend on it. */
  removeManaged(caller: UserCaller, id: string): Promise<void>
}

export type ManagedKind = (typeof MANAGED_ASSET_KINDS)[number]
/** Every kind that is managed, so that none can be forgotten. */
export type ManagedKinds = Readonly<Record<ManagedKind, ManagedAssets>>

/** What the log says about a transfer. */
export function describeTransfer(from: UserSummary, to: UserSummary): Record<string, unknown> {
  return { from: from.email, fromId: from.id, to: to.email, toId: to.id, cause: 'asset.transferred' }
}
