import type { GroupListQuery } from '@graticule/contract'

/** What the list of groups keeps in its address; defaults are left out. */
export interface GroupsSearch {
  readonly search?: string
  readonly page?: number
}

/** How many groups one page of the list shows. */
export const GROUPS_PAGE_SIZE = 25

/** Reads the search parameters; what is not understood is dropped. */
export function parseGroupsSearch(raw: Record<string, unknown>): GroupsSearch {
  const page = Number(raw.page)
  return {
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  }
}

/** The request that answers what the address asks for. */
export function toGroupListQuery({ search, page = 1 }: GroupsSearch): GroupListQuery {
  return { search, page, pageSize: GROUPS_PAGE_SIZE }
}
