import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './page-states.module.css'

/** The common look of an empty, failed, forbidden or missing page: icon, one title, one sentence, the next step. */
export function PageState(props: {
  icon: ReactNode
  title: string
  children?: ReactNode
  detail?: string
  actions?: ReactNode
  role?: 'alert' | 'status'
}) {
  return (
    <div className={classes.state} role={props.role}>
      <span className={classes.icon} aria-hidden>
        {props.icon}
      </span>
      <h2 className={classes.title}>{props.title}</h2>
      {props.children && <div className={classes.text}>{props.children}</div>}
      {props.detail && (
        <Text className={classes.detail} ff="monospace">
          {props.detail}
        </Text>
      )}
      {props.actions && <div className={classes.actions}>{props.actions}</div>}
    </div>
  )
}
