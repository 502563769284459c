import { firstCategory } from '../columns.ts'
import { messages } from '../messages.ts'
import type { WidgetDefinition } from '../widget-definition.ts'
import { CategorySettings } from './settings.tsx'
import { CategoryWidget } from './widget.tsx'

export const categoryWidget: WidgetDefinition<'category'> = {
  type: 'category',
  label: messages.category.label,
  purpose: messages.category.purpose,
  create: (id, dataset, columns) => {
    const column = firstCategory(columns)
    if (!column) return null
    return {
      id,
      type: 'category',
      title: messages.category.title(column.name),
      dataSource: dataset.id,
      global: false,
      column: column.name,
      operation: 'count',
      operationColumn: column.name,
      format: null,
    }
  },
  Widget: CategoryWidget,
  Settings: CategorySettings,
}
