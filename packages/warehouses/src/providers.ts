import { AppError } from '@graticule/contract'
import type { Provider } from './provider.ts'

/** Every kind of warehouse there is, in the order in which they are offered. Adding one is a folder and a line here. */
export const PROVIDERS: readonly Provider[] = []

/** The provider of that id; throws `invalid_request` when there is none. */
export function findProvider(id: string): Provider {
  const provider = PROVIDERS.find((candidate) => candidate.id === id)
  if (provider) return provider
  throw new AppError('invalid_request', `There is no kind of warehouse called "${id}".`)
}
