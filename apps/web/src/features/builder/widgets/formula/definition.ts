import { messages } from '../messages.ts'
import type { WidgetDefinition } from '../widget-definition.ts'
import { FormulaSettings } from './settings.tsx'
import { FormulaWidget } from './widget.tsx'

export const formulaWidget: WidgetDefinition<'formula'> = {
  type: 'formula',
  label: messages.formula.label,
  purpose: messages.formula.purpose,
  create: (id, dataset) => ({
    id,
    type: 'formula',
    title: messages.formula.title(dataset.label),
    dataSource: dataset.id,
    global: false,
    operation: 'count',
    column: '*',
    format: null,
  }),
  Widget: FormulaWidget,
  Settings: FormulaSettings,
}
