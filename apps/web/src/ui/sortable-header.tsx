import { Table, type TableThProps } from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './sortable-header.module.css'

/** A column header that sorts when pressed and tells its order to screen readers. */
export function SortableHeader(
  props: TableThProps & { direction: 'asc' | 'desc' | null; onSort: () => void; children: ReactNode },
) {
  const { direction, onSort, children, ...cell } = props
  const ariaSort = direction === null ? 'none' : direction === 'asc' ? 'ascending' : 'descending'
  const Icon = direction === null ? IconArrowsSort : direction === 'asc' ? IconArrowUp : IconArrowDown
  return (
    <Table.Th {...cell} aria-sort={ariaSort}>
      <button type="button" className={classes.button} data-active={direction !== null || undefined} onClick={onSort}>
        {children}
        <Icon size={12} aria-hidden className={classes.icon} />
      </button>
    </Table.Th>
  )
}
