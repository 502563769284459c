import { PERSON_ORDERS, type PersonListQuery, ROLES, type Role } from '@graticule/contract'

type Order = (typeof PERSON_ORDERS)[number]

/** What the list of people keeps in its address; defaults are left out. */
export interface UsersSearch {
  readonly search?: string
  readonly role?: Role
  /** The id of a group. */
  readonly group?: string
  readonly sort?: Order
  readonly direction?: 'asc' | 'desc'
  readonly page?: number
}

/** How many people one page of the list shows. */
export const USERS_PAGE_SIZE = 25

/** Which way a column sorts when it is pressed first: what is looked for stands on top. */
export const FIRST_DIRECTION: Readonly<Record<Order, 'asc' | 'desc'>> = {
  name: 'asc',
  email: 'asc',
  role: 'desc',
  lastSeenAt: 'desc',
  mapCount: 'desc',
  connectionCount: 'desc',
}

/** Reads the search parameters; what is not understood is dropped. */
export function parseUsersSearch(raw: Record<string, unknown>): UsersSearch {
  const page = Number(raw.page)
  return {
    search: raw.search === undefined || raw.search === '' ? undefined : String(raw.search).slice(0, 200),
    role: ROLES.find((role) => role === raw.role),
    group: raw.group === undefined || raw.group === '' ? undefined : String(raw.group).slice(0, 64),
    sort: PERSON_ORDERS.find((order) => order === raw.sort),
    direction: raw.direction === 'asc' || raw.direction === 'desc' ? raw.direction : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  }
}

/** The order of the list: names from A to Z unless the address says otherwise. */
export function orderOf({ sort = 'name', direction }: UsersSearch): { sort: Order; direction: 'asc' | 'desc' } {
  return { sort, direction: direction ?? FIRST_DIRECTION[sort] }
}

/** The request that answers what the address asks for. */
export function toPersonListQuery(search: UsersSearch): PersonListQuery {
  const { sort, direction } = orderOf(search)
  return {
    search: search.search,
    role: search.role,
    groupId: search.group,
    orderBy: sort,
    orderDirection: direction,
    page: search.page ?? 1,
    pageSize: USERS_PAGE_SIZE,
  }
}
