import { AppError } from '@graticule/contract'
import {
  authorize,
  RESTORE_ACTION,
  type ShareableAsset,
  type TrashableKind,
  type UserPrincipal,
} from '@graticule/policy'

/** What is said of something that is not in the trash, or not the asker's to bring back. */
export function notInTrash(kind: TrashableKind): AppError {
  const word = kind === 'named-source' ? 'named source' : kind
  return new AppError('not_found', `There is no such ${word} in your trash.`)
}

/** Throws unless the asker may bring this back; 404 in the same words as for one that is not there. */
export function authorizeRestoring(
  principal: UserPrincipal,
  asset: Extract<ShareableAsset, { kind: TrashableKind }>,
): void {
  try {
    authorize(principal, RESTORE_ACTION[asset.kind], asset)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') throw notInTrash(asset.kind)
    throw error
  }
}
