import type { ReactNode } from 'react'
import classes from './consequence-list.module.css'

/** What a step that cannot be taken back will bring about, as list items in a frame. */
export function ConsequenceList({ label, children }: { label?: string; children: ReactNode }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {children}
    </ul>
  )
}
