import type { MapWidget } from '@graticule/contract'
import { IconX } from '@tabler/icons-react'
import { formatValue } from '../../../map/format-value.ts'
import { ActionIcon, Button } from '../../../ui/index.ts'
import classes from '../../viewer/viewer-parts.module.css'
import { filterChips, type Selection, type Selections } from './crossfilter.ts'
import { messages } from './messages.ts'

/** The active filters as chips, each of which can be taken away, and all at once. */
export function FilterChips(props: {
  selections: Selections
  widgets: readonly MapWidget[]
  onRemove: (widget: MapWidget) => void
  onClear: () => void
}) {
  const chips = filterChips(props.selections, props.widgets)
  if (chips.length === 0) return null
  return (
    <section className={classes.chips} aria-label={messages.filtersLabel}>
      {chips.map((chip) => (
        <span key={chip.widgetId} className={classes.chip}>
          <span className={classes.chipText}>
            <span className={classes.chipTitle}>{chip.title}: </span>
            {describeSelection(chip.selection)}
          </span>
          <ActionIcon
            size={22}
            radius="xl"
            aria-label={messages.removeFilter(chip.title)}
            onClick={() => {
              const widget = props.widgets.find((each) => each.id === chip.widgetId)
              if (widget) props.onRemove(widget)
            }}
          >
            <IconX size={13} />
          </ActionIcon>
        </span>
      ))}
      <Button variant="default" size="compact-sm" radius="xl" onClick={props.onClear}>
        {messages.clearAll}
      </Button>
    </section>
  )
}

function describeSelection(selection: Selection): string {
  if (selection.kind === 'in') {
    const [first, ...rest] = selection.values
    return rest.length === 0 ? String(first) : messages.andMore(String(first), rest.length)
  }
  const [from, to] = selection.values[0] ?? [null, null]
  if (from === null) return messages.below(formatValue(to))
  return to === null ? messages.atLeast(formatValue(from)) : messages.between(formatValue(from), formatValue(to))
}
