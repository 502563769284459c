import { WORKFLOW_SCOPES, type WorkflowListQuery } from '@graticule/contract'

const SORTS = ['updatedAt', 'title'] as const
type Sort = (typeof SORTS)[number]

/** What the list of workflows keeps in its address; defaults are left out. */
export interface WorkflowsSearch {
  readonly scope?: (typeof WORKFLOW_SCOPES)[number]
  readonly search?: string
  readonly tag?: string
  readonly sort?: Sort
  readonly direction?: 'asc' | 'desc'
  readonly page?: number
  /** True to open the dialog that makes one. */
  readonly create?: boolean
}

/** How many workflows one page of the list shows. */
export const WORKFLOWS_PAGE_SIZE = 25

/** Reads the search parameters; what is not understood is dropped. */
export function parseWorkflowsSearch(raw: Record<string, unknown>): WorkflowsSearch {
  const page = Number(raw.page)
  return {
    scope: WORKFLOW_SCOPES.find((scope) => scope === raw.scope && scope !== 'all'),
    search: textOf(raw.search, 200),
    tag: textOf(raw.tag, 50),
    sort: SORTS.find((sort) => sort === raw.sort),
    direction: raw.direction === 'asc' || raw.direction === 'desc' ? raw.direction : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
    create: raw.create === true ? true : undefined,
  }
}

/** A text of digits arrives as a number. */
function textOf(value: unknown, maxLength: number): string | undefined {
  return value === undefined || value === '' ? undefined : String(value).slice(0, maxLength)
}

/** The order of the list: the latest change first, unless the address says otherwise. */
export function orderOf(search: WorkflowsSearch): { sort: Sort; direction: 'asc' | 'desc' } {
  const sort = search.sort ?? 'updatedAt'
  return { sort, direction: search.direction ?? (sort === 'title' ? 'asc' : 'desc') }
}

/** The request that answers what the address asks for. */
export function toWorkflowListQuery(search: WorkflowsSearch): WorkflowListQuery {
  const { sort, direction } = orderOf(search)
  return {
    scope: search.scope ?? 'all',
    search: search.search,
    tag: search.tag,
    orderBy: sort,
    orderDirection: direction,
    page: search.page ?? 1,
    pageSize: WORKFLOWS_PAGE_SIZE,
  }
}
