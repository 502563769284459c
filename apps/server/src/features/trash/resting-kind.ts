import type { TrashItem, TrashRestorePreview } from '@graticule/contract'
import type { UserCaller } from '../../http/caller.ts'

/** How something comes back. */
export interface Restoration {
  /** Shared as it was, which is a confirmation of its own. */
  readonly isShared: boolean
  /** Another name than it had, where the kind can have one. */
  readonly name?: string | undefined
}

/** What the list of the trash says of an item of such a kind besides what it says of all. */
export type RestingDescription = Partial<Pick<TrashItem, 'contents' | 'namedBy' | 'privacy' | 'sharingScope'>>

/** A kind that rests in the trash in a way of its own. */
export interface RestingKind {
  describe(ids: readonly string[]): Promise<ReadonlyMap<string, RestingDescription>>
  preview(caller: UserCaller, id: string, restoration: Restoration): Promise<TrashRestorePreview>
  restore(caller: UserCaller, id: string, restoration: Restoration): Promise<void>
  purge(caller: UserCaller, id: string): Promise<void>
  /** Deletes for good what was deleted at that moment or before. */
  sweep(until: Date): Promise<void>
}
