import { categoryWidget } from './category/definition.ts'
import { formulaWidget } from './formula/definition.ts'
import { histogramWidget } from './histogram/definition.ts'

/** Every kind of widget, in the order in which it is offered: one folder and one line each. */
export const WIDGET_DEFINITIONS = {
  formula: formulaWidget,
  category: categoryWidget,
  histogram: histogramWidget,
} as const
