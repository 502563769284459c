/** The widget models of `/v3/sql/{connection}/model/{model}`: what each is asked, as the real client spells it. */
export const WIDGET_MODELS = [
  'formula',
  'category',
  'histogram',
  'range',
  'scatterplot',
  'table',
  'timeseries',
  'aggregations',
  'pick',
] as const
export type WidgetModelName = (typeof WIDGET_MODELS)[number]

export type AggregationOperation = 'count' | 'avg' | 'min' | 'max' | 'sum' | 'custom'

export interface FormulaParams {
  /** `*` only with count. */
  readonly column?: string
  readonly operation: AggregationOperation
  /** A SQL aggregate expression; only with `custom`. */
  readonly operationExp?: string
}
export interface CategoryParams {
  readonly column: string
  readonly operation: AggregationOperation
  readonly operationExp?: string
  readonly operationColumn?: string
  readonly othersThreshold?: number
  readonly orderBy?: 'frequency_desc' | 'frequency_asc' | 'alphabetical_asc' | 'alphabetical_desc'
}
export interface HistogramParams {
  readonly column: string
  readonly operation?: AggregationOperation
  /** Ascending bin edges t0…t(N-1); bin 0 is (−∞,t0), bin i is [t(i−1),ti), bin N is [t(N−1),+∞). */
  readonly ticks: readonly number[]
}
export interface RangeParams {
  readonly column: string
}
export interface ScatterplotParams {
  readonly xAxisColumn: string
  readonly xAxisJoinOperation?: AggregationOperation
  readonly yAxisColumn: string
  readonly yAxisJoinOperation?: AggregationOperation
  readonly limit?: number
}
export interface TableParams {
  readonly column: readonly string[]
  readonly sortBy?: string
  readonly sortDirection?: 'asc' | 'desc'
  readonly limit?: number
  readonly offset?: number
}
export const TIME_STEPS = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const
export type TimeStep = (typeof TIME_STEPS)[number]
export interface TimeseriesParams {
  readonly column: string
  readonly stepSize: TimeStep
  readonly stepMultiplier?: number
  readonly operation: AggregationOperation
  readonly operationColumn?: string
  readonly operationExp?: string
  readonly joinOperation?: AggregationOperation
  readonly splitByCategory?: string
  readonly splitByCategoryLimit?: number
  readonly splitByCategoryValues?: readonly string[]
}
export interface AggregationsParams {
  readonly aggregations:
    | string
    | readonly { readonly column: string; readonly operation: AggregationOperation; readonly alias: string }[]
}
export interface PickParams {
  readonly columns: readonly string[]
  readonly dataType: 'points' | 'lines' | 'polygons'
  readonly featureIds: readonly string[]
  readonly z?: number
  readonly offset?: number
  readonly limit?: number
  readonly tileResolution?: number
}

export interface WidgetModelParams {
  readonly formula: FormulaParams
  readonly category: CategoryParams
  readonly histogram: HistogramParams
  readonly range: RangeParams
  readonly scatterplot: ScatterplotParams
  readonly table: TableParams
  readonly timeseries: TimeseriesParams
  readonly aggregations: AggregationsParams
  readonly pick: PickParams
}

/** What every model answers. */
export interface WidgetModelResponse {
  readonly rows: readonly Record<string, unknown>[]
  readonly metadata?: Record<string, unknown>
}
