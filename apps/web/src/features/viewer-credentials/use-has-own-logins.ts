import type { SessionInfo } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../../api/session.ts'

/** Whether whoever looks can have a database login here: not support people, nor those who look as somebody else. */
export function useHasOwnLogins(): boolean {
  const { data } = useQuery(sessionQuery)
  return data != null && hasOwnLogins(data)
}

/** The same, of a session that is known. */
export function hasOwnLogins({ support, viewedBy }: SessionInfo): boolean {
  return support === undefined && viewedBy === undefined
}
