import type { ColumnDescription } from '@graticule/contract'
import { ariaSortOf, SortButton, VisuallyHidden } from '../../../ui/index.ts'
import { messages } from '../messages.ts'
import type { TableSearch } from '../table-search.ts'
import { formatCell, isNumeric } from './format-cell.ts'
import classes from './table.module.css'

/** Rows of a table, as a real table: sortable headers with types below, numbers aligned, NULL told apart. */
export function RowsGrid(props: {
  label: string
  columns: readonly ColumnDescription[]
  rows: readonly Record<string, unknown>[]
  /** The number of the first row shown, from 1. */
  firstRow: number
  total: number | null
  search: TableSearch
  isStale: boolean
  onSort: (column: string) => void
}) {
  const { columns, rows, firstRow, search } = props
  const directionOf = (name: string) => (search.sort === name ? (search.direction ?? 'asc') : null)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the grid scrolls, and must scroll by keyboard too.
    <section className={classes.scroll} data-stale={props.isStale || undefined} tabIndex={0} aria-label={props.label}>
      <table
        className={classes.grid}
        aria-label={props.label}
        aria-rowcount={props.total === null ? -1 : props.total + 1}
        aria-busy={props.isStale}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">
              <VisuallyHidden>{messages.rowNumber}</VisuallyHidden>
            </th>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                aria-sort={ariaSortOf(directionOf(column.name))}
                className={isNumeric(column.type) ? classes.number : undefined}
                title={column.comment ?? undefined}
              >
                <SortButton direction={directionOf(column.name)} onSort={() => props.onSort(column.name)}>
                  {column.name}
                </SortButton>
                <span className={classes.type}>{column.nativeType}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row of any table is known by its place alone.
            <tr key={firstRow + index} aria-rowindex={firstRow + index + 1}>
              <th scope="row" className="tabular">
                {firstRow + index}
              </th>
              {columns.map((column) => (
                <Cell key={column.name} value={row[column.name]} column={column} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ value, column }: { value: unknown; column: ColumnDescription }) {
  const { text, full } = formatCell(value, column.type)
  if (text === null) {
    return (
      <td className={isNumeric(column.type) ? classes.number : undefined}>
        <span className={classes.null}>{messages.nullValue}</span>
      </td>
    )
  }
  return (
    <td className={isNumeric(column.type) ? classes.number : undefined} title={full ?? text}>
      {text}
    </td>
  )
}
