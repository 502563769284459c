import { formatValue } from '../../../../map/format-value.ts'
import { useWidgetData } from '../use-widget-data.ts'
import { WidgetBody } from '../widget-body.tsx'
import type { WidgetProps } from '../widget-definition.ts'
import classes from '../widget-list.module.css'
import { type FormulaWidgetSettings, requestFormula } from './request.ts'

/** One number over the rows that count. */
export function FormulaWidget({ widget, context }: WidgetProps<FormulaWidgetSettings>) {
  const data = useWidgetData(widget, context.dataset, ['formula', widget.operation, widget.column], (source, options) =>
    requestFormula(source, widget, options),
  )
  return (
    <WidgetBody data={data} skeletonHeight={32}>
      {(value) => (
        <output className={`${classes.bigNumber} tabular`} aria-label={widget.title}>
          {formatValue(value, widget.format)}
        </output>
      )}
    </WidgetBody>
  )
}
