import { Pagination } from '@mantine/core'
import classes from './list-footer.module.css'

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
      {props.total > props.pageSize && (
        <Pagination
          aria-label={props.pagesLabel}
          size="sm"
          total={Math.ceil(props.total / props.pageSize)}
          value={props.page}
          onChange={(page) => props.onPage(page > 1 ? page : undefined)}
        />
      )}
    </div>
  )
}
