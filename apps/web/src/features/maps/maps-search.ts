import { MAP_SCOPES, type MapListQuery } from '@graticule/contract'

type Scope = (typeof MAP_SCOPES)[number]
const SORTS = ['updatedAt', 'createdAt', 'title'] as const
type Sort = (typeof SORTS)[number]

/** What the list of maps keeps in its address, so that a filtered list can be linked to; defaults are left out. */
export interface MapsSearch {
  readonly scope?: Scope
  readonly search?: string
  readonly sort?: Sort
  readonly direction?: 'asc' | 'desc'
  readonly view?: 'table'
  readonly page?: number
  /** True to open the dialog that makes a new map. */
  readonly create?: boolean
}

/** How many maps one page of the list shows. */
export const MAPS_PAGE_SIZE = 24

/** Reads the search parameters; what is not understood is dropped. */
export function parseMapsSearch(raw: Record<string, unknown>): MapsSearch {
  const page = Number(raw.page)
  return {
    scope: MAP_SCOPES.find((scope) => scope === raw.scope && scope !== 'all'),
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    sort: SORTS.find((sort) => sort === raw.sort),
    direction: raw.direction === 'asc' || raw.direction === 'desc' ? raw.direction : undefined,
    view: raw.view === 'table' ? 'table' : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
    create: raw.create === true ? true : undefined,
  }
}

/** The order of the list: newest change first, titles from A to Z, unless the address says otherwise. */
export function sortOf(search: MapsSearch): { sort: Sort; direction: 'asc' | 'desc' } {
  const sort = search.sort ?? 'updatedAt'
  return { sort, direction: search.direction ?? (sort === 'title' ? 'asc' : 'desc') }
}

/** The request that answers what the address asks for. */
export function toMapListQuery(search: MapsSearch): MapListQuery {
  const { sort, direction } = sortOf(search)
  return {
    scope: search.scope ?? 'all',
    search: search.search,
    orderBy: sort,
    orderDirection: direction,
    page: search.page ?? 1,
    pageSize: MAPS_PAGE_SIZE,
  }
}
