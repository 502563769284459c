import { AppError } from '@graticule/contract'

/** In the same words for nobody, for somebody who was deleted and for somebody of another organization. */
export function personNotFound(): AppError {
  return new AppError('not_found', 'There is no such person in your organization.')
}
