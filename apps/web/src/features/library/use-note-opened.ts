import type { DocumentKind } from '@graticule/contract'
import { useEffect } from 'react'
import { noteOpened } from '../../api/library.ts'

/** Remembers that somebody who is signed in opened something, once it is there; null until then. */
export function useNoteOpened(kind: DocumentKind, id: string | null): void {
  useEffect(() => {
    // A memory that fails is not worth a word.
    if (id !== null) void noteOpened(kind, id).catch(() => undefined)
  }, [kind, id])
}
