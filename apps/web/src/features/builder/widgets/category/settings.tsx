import { NumberInput } from '../../../../ui/index.ts'
import { isCategorical, isNumeric } from '../columns.ts'
import { messages } from '../messages.ts'
import { ColumnField, FormatField, OperationFields } from '../settings-fields.tsx'
import type { WidgetSettingsProps } from '../widget-definition.ts'
import { type CategoryWidgetSettings, DEFAULT_CATEGORIES } from './request.ts'

/** What is grouped, and what each group's bar stands for. */
export function CategorySettings({ widget, columns, onChange }: WidgetSettingsProps<CategoryWidgetSettings>) {
  return (
    <>
      <ColumnField
        label={messages.groupBy}
        value={widget.column}
        columns={columns.filter((column) => isCategorical(column) || isNumeric(column))}
        onChange={(column) => onChange({ ...widget, column })}
      />
      <OperationFields
        operation={widget.operation}
        column={widget.operationColumn}
        columns={columns}
        onChange={(operation, operationColumn) =>
          onChange({ ...widget, operation, operationColumn: operationColumn === '*' ? widget.column : operationColumn })
        }
      />
      <NumberInput
        label={messages.categoriesShown}
        min={1}
        max={50}
        value={widget.othersThreshold ?? DEFAULT_CATEGORIES}
        onChange={(value) => {
          if (typeof value === 'number')
            onChange({ ...widget, othersThreshold: Math.max(1, Math.min(50, Math.round(value))) })
        }}
      />
      <FormatField format={widget.format} onChange={(format) => onChange({ ...widget, format })} />
    </>
  )
}
