import { Table, type TableThProps } from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './sortable-header.module.css'

/** How a column is sorted; null: it is not. */
export type SortDirection = 'asc' | 'desc' | null

/** What `aria-sort` of a column's header says. */
export function ariaSortOf(direction: SortDirection): 'none' | 'ascending' | 'descending' {
  if (direction === null) return 'none'
  return direction === 'asc' ? 'ascending' : 'descending'
}

/** The button in a column's header that sorts by it. */
export function SortButton(props: { direction: SortDirection; onSort: () => void; children: ReactNode }) {
  const { direction } = props
  const Icon = direction === null ? IconArrowsSort : direction === 'asc' ? IconArrowUp : IconArrowDown
  return (
    <button
      type="button"
      className={classes.button}
      data-active={direction !== null || undefined}
      onClick={props.onSort}
    >
      {props.children}
      <Icon size={12} aria-hidden className={classes.icon} />
    </button>
  )
}

/** A header of the library's table that sorts when pressed and tells its order to screen readers. */
export function SortableHeader(props: TableThProps & { direction: SortDirection; onSort: () => void }) {
  const { direction, onSort, children, ...cell } = props
  return (
    <Table.Th {...cell} aria-sort={ariaSortOf(direction)}>
      <SortButton direction={direction} onSort={onSort}>
        {children}
      </SortButton>
    </Table.Th>
  )
}
