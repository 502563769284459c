import { firstMeasure } from '../columns.ts'
import { messages } from '../messages.ts'
import type { WidgetDefinition } from '../widget-definition.ts'
import { HistogramSettings } from './settings.tsx'
import { HistogramWidget } from './widget.tsx'

export const histogramWidget: WidgetDefinition<'histogram'> = {
  type: 'histogram',
  label: messages.histogram.label,
  purpose: messages.histogram.purpose,
  create: (id, dataset, columns) => {
    const column = firstMeasure(columns)
    if (!column) return null
    return {
      id,
      type: 'histogram',
      title: messages.histogram.title(column.name),
      dataSource: dataset.id,
      global: false,
      column: column.name,
      buckets: 24,
      format: null,
    }
  },
  Widget: HistogramWidget,
  Settings: HistogramSettings,
}
