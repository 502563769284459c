import { MANAGED_ASSET_KINDS, RESOURCE_ORDERS, type ResourceListQuery } from '@graticule/contract'

type Kind = (typeof MANAGED_ASSET_KINDS)[number]
type Order = (typeof RESOURCE_ORDERS)[number]

/** What the table of assets keeps in its address; defaults are left out. */
export interface AssetsSearch {
  readonly search?: string
  readonly kind?: Kind
  /** The id of a person. */
  readonly owner?: string
  readonly sort?: Order
  readonly direction?: 'asc' | 'desc'
  readonly page?: number
}

/** How many assets one page of the table shows. */
export const ASSETS_PAGE_SIZE = 25

/** Reads the search parameters; what is not understood is dropped. */
export function parseAssetsSearch(raw: Record<string, unknown>): AssetsSearch {
  const page = Number(raw.page)
  return {
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    kind: MANAGED_ASSET_KINDS.find((kind) => kind === raw.kind),
    owner: typeof raw.owner === 'string' && raw.owner !== '' ? raw.owner.slice(0, 64) : undefined,
    sort: RESOURCE_ORDERS.find((order) => order === raw.sort),
    direction: raw.direction === 'asc' || raw.direction === 'desc' ? raw.direction : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  }
}

/** The order of the table: the latest change first, unless the address says otherwise. */
export function orderOf({ sort = 'updatedAt', direction }: AssetsSearch): { sort: Order; direction: 'asc' | 'desc' } {
  return { sort, direction: direction ?? (sort === 'updatedAt' ? 'desc' : 'asc') }
}

/** The request that answers what the address asks for. */
export function toResourceListQuery(search: AssetsSearch): ResourceListQuery {
  const { sort, direction } = orderOf(search)
  return {
    q: search.search,
    resourceType: search.kind,
    ownerId: search.owner,
    orderBy: sort,
    orderDirection: direction,
    page: search.page ?? 1,
    pageSize: ASSETS_PAGE_SIZE,
  }
}
