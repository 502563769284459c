import type { DocumentKind } from '@graticule/contract'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { noteOpened } from '../../api/library.ts'
import { sessionQuery } from '../../api/session.ts'

/**
 * Remembers that somebody who is signed in opened something, once it is there; null until then. Who looks as somebody
 * else opens nothing in that person's name.
 */
export function useNoteOpened(kind: DocumentKind, id: string | null): void {
  const session = useQuery({ ...sessionQuery, enabled: false }).data
  const isThemself = session != null && session.viewedBy === undefined
  useEffect(() => {
    // A memory that fails is not worth a word.
    if (id !== null && isThemself) void noteOpened(kind, id).catch(() => undefined)
  }, [kind, id, isThemself])
}
