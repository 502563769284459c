import { FormatField, OperationFields } from '../settings-fields.tsx'
import type { WidgetSettingsProps } from '../widget-definition.ts'
import type { FormulaWidgetSettings } from './request.ts'

/** What a formula computes and how it is written. */
export function FormulaSettings({ widget, columns, onChange }: WidgetSettingsProps<FormulaWidgetSettings>) {
  return (
    <>
      <OperationFields
        operation={widget.operation}
        column={widget.column}
        columns={columns}
        onChange={(operation, column) => onChange({ ...widget, operation, column })}
      />
      <FormatField format={widget.format} onChange={(format) => onChange({ ...widget, format })} />
    </>
  )
}
