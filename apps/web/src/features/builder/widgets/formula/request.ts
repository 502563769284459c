import type { MapWidget } from '@graticule/contract'
import type { WidgetSource } from '../../../../map/widget-source.ts'
import type { WidgetRequestOptions } from '../use-widget-data.ts'

export type FormulaWidgetSettings = Extract<MapWidget, { type: 'formula' }>

/** Asks for one number; null when no row counts. */
export async function requestFormula(
  source: WidgetSource,
  widget: FormulaWidgetSettings,
  options: WidgetRequestOptions,
): Promise<number | null> {
  const column = widget.operation === 'count' ? '*' : widget.column
  const { value } = await source.getFormula({ ...options, column, operation: widget.operation })
  return value === null || value === undefined ? null : Number(value)
}
