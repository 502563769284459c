/** Whose organization one asks to join. */
export interface JoinSearch {
  readonly organization?: string
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseJoinSearch(raw: Record<string, unknown>): JoinSearch {
  return { organization: typeof raw.organization === 'string' ? raw.organization : undefined }
}
