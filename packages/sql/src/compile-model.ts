import { AppError, type WidgetModelName, type WidgetModelResponse } from '@graticule/contract'
import type { Dialect } from './dialect.ts'
import { compileAggregations } from './models/aggregations.ts'
import { compileCategory } from './models/category.ts'
import { compileFormula } from './models/formula.ts'
import { compileHistogram } from './models/histogram.ts'
import { compilePick } from './models/pick.ts'
import { compileRange } from './models/range.ts'
import { compileScatterplot } from './models/scatterplot.ts'
import { compileTable } from './models/table.ts'
import { compileTimeseries } from './models/timeseries.ts'
import type { ModelRequest } from './requests.ts'
import type { Compiled } from './statement.ts'

type ModelCompiler<Name extends WidgetModelName> = (
  dialect: Dialect,
  request: ModelRequest<Name>,
) => Compiled<WidgetModelResponse>

const MODELS: { readonly [Name in WidgetModelName]: ModelCompiler<Name> } = {
  formula: compileFormula,
  category: compileCategory,
  histogram: compileHistogram,
  range: compileRange,
  scatterplot: compileScatterplot,
  table: compileTable,
  timeseries: compileTimeseries,
  aggregations: compileAggregations,
  pick: compilePick,
}

/** One statement for one widget, and how to read its rows. Throws AppError for a request that cannot be answered. */
export function compileModel<Name extends WidgetModelName>(
  dialect: Dialect,
  request: ModelRequest<Name>,
): Compiled<WidgetModelResponse> {
  const compile = Object.hasOwn(MODELS, request.model) ? MODELS[request.model] : undefined
  if (!compile) {
    throw new AppError('not_found', `There is no model "${request.model}"; use ${Object.keys(MODELS).join(', ')}.`)
  }
  return compile(dialect, request)
}
