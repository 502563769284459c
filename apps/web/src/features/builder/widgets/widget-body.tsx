import type { ReactNode } from 'react'
import { Button, Skeleton } from '../../../ui/index.ts'
import { AddCredentialsButton } from '../../viewer-credentials/add-credentials-button.tsx'
import { messages } from './messages.ts'
import type { WidgetData } from './use-widget-data.ts'
import classes from './widget-list.module.css'

/** The inside of a widget in each of its states; old numbers stay, dimmed, while new ones are asked for. */
export function WidgetBody<Data>(props: {
  data: WidgetData<Data>
  skeletonHeight: number
  children: (data: Data) => ReactNode
}) {
  const { data } = props
  if (data.refusal) {
    return (
      <div className={classes.waiting}>
        <span>{data.error}</span>
        {data.refusal.kind === 'needed' && (
          <AddCredentialsButton connection={data.refusal.connectionName} variant="default" size="compact-xs" />
        )}
      </div>
    )
  }
  if (data.error) {
    return (
      <div className={classes.failure} role="alert">
        <span>{data.error}</span>
        <Button variant="default" size="compact-xs" onClick={data.retry}>
          {messages.retry}
        </Button>
      </div>
    )
  }
  if (data.data === undefined) return <Skeleton height={props.skeletonHeight} />
  return (
    <div className={classes.body} data-stale={data.isLoading || undefined} aria-busy={data.isLoading}>
      {props.children(data.data)}
    </div>
  )
}
