import { TRASHABLE_ASSET_KINDS } from '@graticule/contract'
import type { Action } from './actions.ts'

/** The kinds that rest in the trash. A connection is not one: its login ends when it is deleted. */
export type TrashableKind = (typeof TRASHABLE_ASSET_KINDS)[number]
export const TRASHABLE_KINDS: readonly TrashableKind[] = TRASHABLE_ASSET_KINDS

/** The action of deleting each, which restoring and purging ask for too. */
export const REMOVE_ACTION: Readonly<Record<TrashableKind, Action>> = {
  map: 'map.delete',
  workflow: 'workflow.delete',
  application: 'application.delete',
}
