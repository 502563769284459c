const TABS = ['map', 'columns'] as const

/** What the page of a table keeps in its address; defaults are left out. */
export interface TableSearch {
  /** Absent: the rows. */
  readonly tab?: (typeof TABS)[number]
  readonly sort?: string
  readonly direction?: 'desc'
  readonly page?: number
  /** The chosen `spatialDataColumn`; absent: the best that was detected. */
  readonly geometry?: string
}

/** How many rows one page of the grid shows. */
export const ROWS_PER_PAGE = 100

/** Reads the search parameters; what is not understood is dropped. */
export function parseTableSearch(raw: Record<string, unknown>): TableSearch {
  const page = Number(raw.page)
  return {
    tab: TABS.find((tab) => tab === raw.tab),
    sort: raw.sort === undefined || raw.sort === '' ? undefined : String(raw.sort),
    direction: raw.direction === 'desc' ? 'desc' : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
    geometry: raw.geometry === undefined || raw.geometry === '' ? undefined : String(raw.geometry),
  }
}

/** The search after pressing a column's header: ascending, then descending, then unsorted again. */
export function sortBy(search: TableSearch, column: string): TableSearch {
  if (search.sort !== column) return { ...search, sort: column, direction: undefined, page: undefined }
  if (search.direction === undefined) return { ...search, direction: 'desc', page: undefined }
  return { ...search, sort: undefined, direction: undefined, page: undefined }
}
