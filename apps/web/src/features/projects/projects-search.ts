/** What the list of projects keeps in its address; defaults are left out. */
export interface ProjectsSearch {
  readonly search?: string
  /** True to open the dialog that makes one. */
  readonly create?: boolean
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseProjectsSearch(raw: Record<string, unknown>): ProjectsSearch {
  return {
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    create: raw.create === true ? true : undefined,
  }
}
