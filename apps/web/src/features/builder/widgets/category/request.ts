import type { MapWidget } from '@graticule/contract'
import type { WidgetSource } from '../../../../map/widget-source.ts'
import type { WidgetRequestOptions } from '../use-widget-data.ts'

export type CategoryWidgetSettings = Extract<MapWidget, { type: 'category' }>

/** One bar of the widget. */
export interface CategoryRow {
  readonly name: string | number | boolean | null
  readonly value: number
}

/** Categories that are shown before the rest is summed up. */
export const DEFAULT_CATEGORIES = 8

/** Asks for the categories, the largest first. */
export async function requestCategories(
  source: WidgetSource,
  widget: CategoryWidgetSettings,
  options: WidgetRequestOptions,
): Promise<CategoryRow[]> {
  const rows = await source.getCategories({
    ...options,
    column: widget.column,
    operation: widget.operation,
    operationColumn: widget.operation === 'count' ? widget.column : widget.operationColumn,
  })
  return rows.map((row) => ({ name: row.name, value: Number(row.value) })).sort((a, b) => b.value - a.value)
}

/** What the widget shows: the largest rows and every selected one; `rest` counts those left out. */
export function visibleRows(
  rows: readonly CategoryRow[],
  selected: readonly (string | number | boolean)[],
  limit: number,
): { readonly shown: readonly CategoryRow[]; readonly rest: number } {
  const isSelected = (row: CategoryRow) => row.name !== null && selected.includes(row.name)
  const missing = selected.filter((name) => !rows.some((row) => row.name === name)).map((name) => ({ name, value: 0 }))
  const shown = [...rows.filter((row, index) => index < limit || isSelected(row)), ...missing]
  return { shown, rest: rows.length + missing.length - shown.length }
}
