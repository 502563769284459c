import type { ApplicationListQuery } from '@graticule/contract'

/** What the gallery keeps in its address; defaults are left out. */
export interface ApplicationsSearch {
  readonly scope?: 'favourites'
  readonly search?: string
  readonly page?: number
}

/** How many applications one page of the gallery shows. */
export const APPLICATIONS_PAGE_SIZE = 24

/** Reads the search parameters; what is not understood is dropped. */
export function parseApplicationsSearch(raw: Record<string, unknown>): ApplicationsSearch {
  const page = Number(raw.page)
  return {
    scope: raw.scope === 'favourites' ? 'favourites' : undefined,
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  }
}

/** The request that answers what the address asks for. */
export function toApplicationListQuery({ scope, search, page = 1 }: ApplicationsSearch): ApplicationListQuery {
  return { scope, search, page, pageSize: APPLICATIONS_PAGE_SIZE }
}
