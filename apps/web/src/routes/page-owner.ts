import type { SessionInfo } from '@graticule/contract'
import type { QueryClient } from '@tanstack/react-query'
import { isSamePerson, sessionQuery } from '../api/session.ts'

const owners = new WeakMap<QueryClient, SessionInfo>()

/**
 * Whose pages are open, null when nobody is signed in. Whoever opened the first of them stays their owner until all of
 * them are left, whatever becomes of the session meanwhile: what has ended, or is somebody else's by now, is told by a
 * dialog over the page, and a way that is taken below that dialog must lead neither out of it nor around it.
 */
export async function findPageOwner(
  queryClient: QueryClient,
  cause: 'preload' | 'enter' | 'stay',
): Promise<SessionInfo | null> {
  const session = await queryClient.ensureQueryData(sessionQuery)
  const owner = cause === 'enter' ? undefined : owners.get(queryClient)
  if (owner && (session === null || !isSamePerson(owner, session))) return owner
  if (session && cause !== 'preload') owners.set(queryClient, session)
  return session
}

/** Every page of a signed-in person has been left. */
export function forgetPageOwner(queryClient: QueryClient): void {
  owners.delete(queryClient)
}
