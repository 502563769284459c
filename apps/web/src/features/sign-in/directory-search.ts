import { parseSignInSearch } from './sign-in-search.ts'

/** What the address of a directory's page may say. */
export interface DirectorySearch {
  readonly provider?: string
  readonly target?: string
  /** Nobody is to be signed in. */
  readonly test?: boolean
}

/** Reads the address; what is not understood is left out. */
export function parseDirectorySearch(raw: Record<string, unknown>): DirectorySearch {
  const { target } = parseSignInSearch(raw)
  return {
    ...(typeof raw.provider === 'string' && { provider: raw.provider }),
    ...(target !== undefined && { target }),
    ...((raw.test === true || raw.test === 'true') && { test: true }),
  }
}
