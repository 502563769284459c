import { MAP_ORDERS, MAP_SCOPES, type MapListQuery, PRIVACIES, type Privacy } from '@graticule/contract'

type Scope = (typeof MAP_SCOPES)[number]
type Sort = (typeof MAP_ORDERS)[number]

/** What the list of maps keeps in its address, so that a filtered list can be linked to; defaults are left out. */
export interface MapsSearch {
  readonly scope?: Scope
  readonly search?: string
  /** The id of a person. */
  readonly owner?: string
  readonly tag?: string
  readonly privacy?: Privacy
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
    search: textOf(raw.search, 200),
    owner: textOf(raw.owner, 64),
    tag: textOf(raw.tag, 50),
    privacy: PRIVACIES.find((privacy) => privacy === raw.privacy),
    sort: MAP_ORDERS.find((sort) => sort === raw.sort),
    direction: raw.direction === 'asc' || raw.direction === 'desc' ? raw.direction : undefined,
    view: raw.view === 'table' ? 'table' : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
    create: raw.create === true ? true : undefined,
  }
}

/** A search for digits arrives as a number. */
function textOf(value: unknown, maxLength: number): string | undefined {
  return value === undefined || value === '' ? undefined : String(value).slice(0, maxLength)
}

/** Whether the list is narrowed by more than whose maps it shows. */
export function isNarrowed({ search, owner, tag, privacy }: MapsSearch): boolean {
  return search !== undefined || owner !== undefined || tag !== undefined || privacy !== undefined
}

/** The order of the list: newest change first, titles from A to Z, unless the address says otherwise. */
export function sortOf(search: MapsSearch): { sort: Sort; direction: 'asc' | 'desc' } {
  const sort = search.sort ?? (search.scope === 'recent' ? 'openedAt' : 'updatedAt')
  return { sort, direction: search.direction ?? (sort === 'title' ? 'asc' : 'desc') }
}

/** The request that answers what the address asks for. */
export function toMapListQuery(search: MapsSearch): MapListQuery {
  const { sort, direction } = sortOf(search)
  return {
    scope: search.scope ?? 'all',
    search: search.search,
    ownerId: search.owner,
    tag: search.tag,
    privacy: search.privacy,
    orderBy: sort,
    orderDirection: direction,
    page: search.page ?? 1,
    pageSize: MAPS_PAGE_SIZE,
  }
}
