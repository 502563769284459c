/** What the set-up page reads from its address. */
export interface SetupSearch {
  /** The token of the one-time set-up link that the server printed. */
  readonly token?: string
}

/** Reads the search parameters. */
export function parseSetupSearch(raw: Record<string, unknown>): SetupSearch {
  return { token: raw.token === undefined || raw.token === '' ? undefined : String(raw.token) }
}
