import { Pagination } from '@mantine/core'
import classes from './list-footer.module.css'
import { stateMessages } from './messages.ts'

/** How much a list finds in all and, where that is more than a page, the way to the other pages. */
export function ListFooter(props: {
  /** Says `total` in words. */
  count: string
  total: number
  pageSize: number
  /** From 1. */
  page: number
  pagesLabel: string
  /** Undefined for the first page, which an address leaves out. */
  onPage: (page: number | undefined) => void
}) {
  return (
    <div className={classes.footer}>
      <span className="tabular">{props.count}</span>
      {/* A page beyond the last, in an old address or after a deletion, needs the way back as well. */}
      {(props.total > props.pageSize || props.page > 1) && (
        <Pagination
          aria-label={props.pagesLabel}
          getControlProps={(control) => ({ 'aria-label': stateMessages.pageControls[control] })}
          size="sm"
          total={Math.ceil(props.total / props.pageSize)}
          value={props.page}
          onChange={(page) => props.onPage(page > 1 ? page : undefined)}
        />
      )}
    </div>
  )
}
