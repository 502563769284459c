import { AppError } from '@graticule/contract'
import type { TrashableKind } from '@graticule/policy'

/** What is said of something that is not in the trash, or not the asker's to bring back. */
export function notInTrash(kind: TrashableKind): AppError {
  const word = kind === 'named-source' ? 'named source' : kind
  return new AppError('not_found', `There is no such ${word} in your trash.`)
}
