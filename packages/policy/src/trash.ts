import { LIBRARY_ASSET_KINDS, TRASHABLE_ASSET_KINDS } from '@graticule/contract'
import type { Action } from './actions.ts'

/** The kinds that rest in the trash. A connection is not one: its login ends when it is deleted. */
export type TrashableKind = (typeof TRASHABLE_ASSET_KINDS)[number]
export const TRASHABLE_KINDS: readonly TrashableKind[] = TRASHABLE_ASSET_KINDS

/** The kinds that people keep at hand, and handle many at once. */
export type LibraryKind = (typeof LIBRARY_ASSET_KINDS)[number]
export const LIBRARY_KINDS: readonly LibraryKind[] = LIBRARY_ASSET_KINDS

/** The action of deleting each. */
export const REMOVE_ACTION: Readonly<Record<LibraryKind, Action>> = {
  map: 'map.delete',
  workflow: 'workflow.delete',
  application: 'application.delete',
}

/** The action that restoring and purging ask for: deleting. Who has it besides is told by `restorableWhere()`. */
export const RESTORE_ACTION: Readonly<Record<TrashableKind, Action>> = {
  ...REMOVE_ACTION,
  project: 'project.delete',
  'named-source': 'named-source.delete',
}
