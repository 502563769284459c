import { NumberInput } from '../../../../ui/index.ts'
import { isNumeric } from '../columns.ts'
import { messages } from '../messages.ts'
import { ColumnField, FormatField } from '../settings-fields.tsx'
import type { WidgetSettingsProps } from '../widget-definition.ts'
import type { HistogramWidgetSettings } from './request.ts'

/** Which column's distribution is shown, and how finely. */
export function HistogramSettings({ widget, columns, onChange }: WidgetSettingsProps<HistogramWidgetSettings>) {
  return (
    <>
      <ColumnField
        label={messages.column}
        value={widget.column}
        columns={columns.filter(isNumeric)}
        onChange={(column) => onChange({ ...widget, column })}
      />
      <NumberInput
        label={messages.histogram.bins}
        min={2}
        max={100}
        value={widget.buckets}
        onChange={(value) => {
          if (typeof value === 'number') onChange({ ...widget, buckets: Math.max(2, Math.min(100, Math.round(value))) })
        }}
      />
      <FormatField format={widget.format} onChange={(format) => onChange({ ...widget, format })} />
    </>
  )
}
