import { useState } from 'react'
import { formatValue } from '../../../../map/format-value.ts'
import { Button, UnstyledButton } from '../../../../ui/index.ts'
import { toggleValue } from '../crossfilter.ts'
import { messages } from '../messages.ts'
import { useWidgetData } from '../use-widget-data.ts'
import { WidgetBody } from '../widget-body.tsx'
import type { WidgetProps } from '../widget-definition.ts'
import classes from '../widget-list.module.css'
import { type CategoryWidgetSettings, DEFAULT_CATEGORIES, requestCategories, visibleRows } from './request.ts'

const ALL = 50

/** Categories as bars; each is a button that filters. */
export function CategoryWidget({ widget, context }: WidgetProps<CategoryWidgetSettings>) {
  const [isExpanded, setIsExpanded] = useState(false)
  const data = useWidgetData(
    widget,
    context.dataset,
    ['category', widget.column, widget.operation, widget.operationColumn],
    (source, options) => requestCategories(source, widget, options),
  )
  const selected = context.selection?.kind === 'in' ? context.selection.values : []
  return (
    <WidgetBody data={data} skeletonHeight={160}>
      {(rows) => {
        const { shown, rest } = visibleRows(
          rows,
          selected,
          isExpanded ? ALL : (widget.othersThreshold ?? DEFAULT_CATEGORIES),
        )
        const largest = Math.max(...rows.map((row) => Math.abs(row.value)), 0)
        if (rows.length === 0) return <p className={classes.nothing}>{messages.nothingInView}</p>
        return (
          <>
            <ul className={classes.categories}>
              {shown.map(({ name, value }) => {
                const isSelected = name !== null && selected.includes(name)
                const isDimmed = selected.length > 0 && !isSelected
                return (
                  <li key={String(name)}>
                    <UnstyledButton
                      className={classes.category}
                      data-dimmed={isDimmed || undefined}
                      aria-pressed={isSelected}
                      disabled={name === null}
                      onClick={() => name !== null && context.onSelect(toggleValue(context.selection, name))}
                    >
                      <span className={classes.categoryName}>{name === null ? messages.noValue : String(name)}</span>
                      <span className={`${classes.categoryValue} tabular`}>{formatValue(value, widget.format)}</span>
                      <span className={classes.track} aria-hidden>
                        <span
                          className={classes.bar}
                          style={{ width: `${largest > 0 ? Math.max(1, (Math.abs(value) / largest) * 100) : 0}%` }}
                        />
                      </span>
                    </UnstyledButton>
                  </li>
                )
              })}
            </ul>
            {(rest > 0 || isExpanded) && (
              <Button variant="subtle" size="compact-xs" onClick={() => setIsExpanded(!isExpanded)}>
                {isExpanded ? messages.showFewer : messages.showMore(Math.min(rest, ALL))}
              </Button>
            )}
          </>
        )
      }}
    </WidgetBody>
  )
}
