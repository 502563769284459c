import type { ColumnDescription, SourceDescription } from '@graticule/contract'
import { IconChevronLeft, IconChevronRight, IconTableOff } from '@tabler/icons-react'
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { readTablePage } from '../../../api/sql.ts'
import { ActionIcon, PageState, QueryView, Skeleton, SlowNotice, Tooltip } from '../../../ui/index.ts'
import { formatWhole } from '../format-quantity.ts'
import { messages } from '../messages.ts'
import { ROWS_PER_PAGE, sortBy, type TableSearch } from '../table-search.ts'
import { RowsGrid } from './rows-grid.tsx'
import classes from './table.module.css'

/** The rows of a table, page by page, sorted by the warehouse. */
export function RowsTab(props: {
  connectionName: string
  tableName: string
  description: SourceDescription
  search: TableSearch
  onChange: (search: TableSearch) => void
}) {
  const { connectionName, tableName, description, search, onChange } = props
  const queryClient = useQueryClient()
  const columns = description.columns.filter((column) => column.type !== 'geometry')
  const omitted = description.columns.filter((column) => column.type === 'geometry').map(({ name }) => name)
  const page = search.page ?? 1
  const options = rowsQuery(connectionName, tableName, columns, search, description.primaryKey)
  const query = useQuery(options)
  const cancel = () => void queryClient.cancelQueries({ queryKey: options.queryKey })
  return (
    <QueryView query={query} queryKey={options.queryKey} awaiting={messages.awaitingRows} skeleton={<GridSkeleton />}>
      {({ rows, metadata }) => {
        const total = typeof metadata?.total === 'number' ? metadata.total : null
        if (rows.length === 0 && page === 1) {
          return (
            <PageState icon={<IconTableOff size={20} />} title={messages.noRowsTitle}>
              {messages.noRowsText}
            </PageState>
          )
        }
        const firstRow = (page - 1) * ROWS_PER_PAGE + 1
        const lastRow = firstRow + rows.length - 1
        const hasMore = total === null ? rows.length === ROWS_PER_PAGE : lastRow < total
        return (
          <>
            <SlowNotice isWaiting={query.isPlaceholderData} awaiting={messages.awaitingRows} onCancel={cancel} />
            <RowsGrid
              label={messages.gridLabel(tableName)}
              columns={columns}
              rows={rows}
              firstRow={firstRow}
              total={total}
              search={search}
              isStale={query.isPlaceholderData}
              onSort={(column) => onChange(sortBy(search, column))}
            />
            <footer className={classes.foot}>
              {omitted.length > 0 && <span>{messages.geometryOmitted(omitted.join(', '))}</span>}
              <div className={classes.footEnd}>
                <span className="tabular">{describeRange(firstRow, lastRow, total)}</span>
                <PageButton
                  label={messages.previous}
                  Icon={IconChevronLeft}
                  disabled={page === 1}
                  onClick={() => onChange({ ...search, page: page > 2 ? page - 1 : undefined })}
                />
                <PageButton
                  label={messages.next}
                  Icon={IconChevronRight}
                  disabled={!hasMore}
                  onClick={() => onChange({ ...search, page: page + 1 })}
                />
              </div>
            </footer>
          </>
        )
      }}
    </QueryView>
  )
}

function rowsQuery(
  connectionName: string,
  tableName: string,
  columns: readonly ColumnDescription[],
  search: TableSearch,
  primaryKey: readonly string[],
) {
  const names = columns.map(({ name }) => name)
  // Without an order a warehouse may show a row on two pages; the primary key gives one for free.
  const sort = names.find((name) => name === search.sort) ?? primaryKey.find((name) => names.includes(name))
  const params = {
    column: names,
    sortBy: sort,
    sortDirection: search.sort === sort ? (search.direction ?? 'asc') : 'asc',
    limit: ROWS_PER_PAGE,
    offset: ((search.page ?? 1) - 1) * ROWS_PER_PAGE,
  } as const
  return queryOptions({
    queryKey: ['rows', connectionName, tableName, params],
    queryFn: ({ signal }) => readTablePage(connectionName, tableName, params, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })
}

function describeRange(first: number, last: number, total: number | null): string {
  if (total === null) return messages.rangeOpen(formatWhole(first), formatWhole(last))
  return messages.range(formatWhole(first), formatWhole(last), formatWhole(total))
}

function PageButton(props: { label: string; Icon: typeof IconChevronLeft; disabled: boolean; onClick: () => void }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon aria-label={props.label} disabled={props.disabled} onClick={props.onClick}>
        <props.Icon size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

function GridSkeleton() {
  return (
    <div style={{ display: 'grid', gap: 8, padding: '12px 24px' }}>
      <Skeleton height={36} />
      {Array.from({ length: 14 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a skeleton have no identity.
        <Skeleton key={index} height={20} />
      ))}
    </div>
  )
}
