import type { WidgetModelName, WidgetModelParams } from '@graticule/contract'
import type { SourceUse } from '@graticule/policy'
import { hasCustomSql } from './model-params.ts'

/** What a widget model would do with its source, as maps declare it. */
export function useOfModel<Name extends WidgetModelName>(
  model: Name,
  params: WidgetModelParams[Name],
  { filters, spatialDataColumns }: Pick<SourceUse, 'filters' | 'spatialDataColumns'>,
): SourceUse {
  const expressions = listExpressions(params)
  // Of all models these two count rows.
  const countsRows = model === 'formula' || model === 'aggregations'
  const named = listColumns(params).filter((column) => column !== '*' || !countsRows)
  const shared = { spatialDataColumns, filters, expressions }
  switch (model) {
    case 'table':
    case 'pick':
      return { ...shared, columns: named, question: null }
    default: {
      const { operation } = params as { readonly operation?: string }
      return { ...shared, columns: [], question: { model, operation: operation ?? 'count', columns: named } }
    }
  }
}

/** Every column that the parameters name, once, the one that is asked about first in whatever order they came. */
function listColumns(params: object): string[] {
  const { column, ...others } = params as { readonly column?: unknown }
  return [...new Set([column, ...Object.entries(others).flatMap(([key, value]) => namedBy(key, value))].flat())].filter(
    (name): name is string => typeof name === 'string',
  )
}

function namedBy(key: string, value: unknown): unknown[] {
  if (key === 'aggregations') return Array.isArray(value) ? value.flatMap((each: object) => listColumns(each)) : []
  const isColumn = /column$/i.test(key) || key === 'columns' || key === 'sortBy' || key === 'splitByCategory'
  return isColumn ? [value].flat() : []
}

/** SQL of the asker's own, also where it would be ignored; an operation of one's own without any is none that a map has. */
function listExpressions(params: object): string[] {
  const { operationExp, aggregations } = params as { readonly operationExp?: string; readonly aggregations?: unknown }
  const written = [operationExp, typeof aggregations === 'string' ? aggregations : undefined].filter(
    (text): text is string => text !== undefined,
  )
  return written.length === 0 && hasCustomSql(params) ? [''] : written
}
