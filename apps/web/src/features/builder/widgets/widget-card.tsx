import type { MapDataset, MapWidget } from '@graticule/contract'
import { IconFilterOff } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { ActionIcon, Tooltip } from '../../../ui/index.ts'
import type { Selection } from './crossfilter.ts'
import { WIDGET_DEFINITIONS } from './index.ts'
import { messages } from './messages.ts'
import type { WidgetProps } from './widget-definition.ts'
import classes from './widget-list.module.css'

/** One widget with its head: title, clear button, and what the page adds. */
export function WidgetCard(props: {
  widget: MapWidget
  dataset: MapDataset | undefined
  selection: Selection | null
  onSelect: (selection: Selection | null) => void
  /** Buttons at the right of the title. */
  actions?: ReactNode
}) {
  const { widget, dataset, selection, onSelect } = props
  // The definition and the widget come from the same key, which the type system cannot follow through the union.
  const Widget = WIDGET_DEFINITIONS[widget.type].Widget as ComponentType<WidgetProps<MapWidget>>
  return (
    <>
      <div className={classes.head}>
        <h3 className={classes.title} title={widget.title}>
          {widget.title}
        </h3>
        {selection && (
          <Tooltip label={messages.clearSelection}>
            <ActionIcon size={24} aria-label={messages.removeFilter(widget.title)} onClick={() => onSelect(null)}>
              <IconFilterOff size={15} />
            </ActionIcon>
          </Tooltip>
        )}
        {props.actions}
      </div>
      {dataset ? (
        <Widget widget={widget} context={{ dataset, selection, onSelect }} />
      ) : (
        <p className={classes.nothing}>{messages.sourceGone}</p>
      )}
    </>
  )
}

/** The column that a widget's selection filters; null for one that cannot filter. */
export function filterColumn(widget: MapWidget): string | null {
  return widget.type === 'formula' ? null : widget.column
}
