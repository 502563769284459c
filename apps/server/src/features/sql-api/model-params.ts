import { AppError, TIME_STEPS, type WidgetModelName, type WidgetModelParams } from '@graticule/contract'
import type { FeatureSelection } from '@graticule/sql'
import { type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import { firstMistake } from '../../http/wire-parameters.ts'

const Operation = Type.Enum(['count', 'avg', 'min', 'max', 'sum', 'custom'])
const Column = Type.String({ minLength: 1 })
const Columns = Type.Array(Column, { minItems: 1 })
const Count = Type.Integer({ minimum: 0 })
const Selection = {
  featureIds: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
}

/** What the `params` of each model may be. Keys that are not listed are ignored, as the contract wants. */
const PARAMS: { readonly [Name in WidgetModelName]: TSchema } = {
  formula: Type.Object({
    ...Selection,
    column: Type.Optional(Column),
    operation: Operation,
    operationExp: Type.Optional(Type.String()),
  }),
  category: Type.Object({
    ...Selection,
    column: Column,
    operation: Operation,
    operationExp: Type.Optional(Type.String()),
    operationColumn: Type.Optional(Column),
    othersThreshold: Type.Optional(Count),
    orderBy: Type.Optional(Type.Enum(['frequency_desc', 'frequency_asc', 'alphabetical_asc', 'alphabetical_desc'])),
  }),
  histogram: Type.Object({
    ...Selection,
    column: Column,
    operation: Type.Optional(Operation),
    ticks: Type.Array(Type.Number(), { minItems: 1, maxItems: 1000 }),
  }),
  range: Type.Object({ ...Selection, column: Column }),
  scatterplot: Type.Object({
    ...Selection,
    xAxisColumn: Column,
    xAxisJoinOperation: Type.Optional(Operation),
    yAxisColumn: Column,
    yAxisJoinOperation: Type.Optional(Operation),
    limit: Type.Optional(Count),
  }),
  table: Type.Object({
    ...Selection,
    column: Columns,
    sortBy: Type.Optional(Column),
    sortDirection: Type.Optional(Type.Enum(['asc', 'desc'])),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
    offset: Type.Optional(Count),
  }),
  timeseries: Type.Object({
    ...Selection,
    column: Column,
    stepSize: Type.Enum([...TIME_STEPS]),
    stepMultiplier: Type.Optional(Type.Integer({ minimum: 1 })),
    operation: Operation,
    operationColumn: Type.Optional(Column),
    operationExp: Type.Optional(Type.String()),
    joinOperation: Type.Optional(Operation),
    splitByCategory: Type.Optional(Column),
    splitByCategoryLimit: Type.Optional(Type.Integer({ minimum: 1 })),
    splitByCategoryValues: Type.Optional(Type.Array(Type.String())),
  }),
  aggregations: Type.Object({
    ...Selection,
    aggregations: Type.Union([
      Type.String({ minLength: 1 }),
      Type.Array(Type.Object({ column: Column, operation: Operation, alias: Column }), { minItems: 1 }),
    ]),
  }),
  pick: Type.Object({
    columns: Columns,
    dataType: Type.Enum(['points', 'lines', 'polygons']),
    featureIds: Type.Array(Type.String(), { maxItems: 1000 }),
    offset: Type.Optional(Count),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  }),
}

export function isWidgetModel(name: string): name is WidgetModelName {
  return Object.hasOwn(PARAMS, name)
}

/** Checks the `params` of a model request; throws a sentence that names the first mistake. */
export function readModelParams<Name extends WidgetModelName>(
  model: Name,
  given: unknown,
): WidgetModelParams[Name] & FeatureSelection {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new AppError('invalid_request', `The model "${model}" needs "params", a JSON object.`)
  }
  // What was left out may also arrive as null, as an empty text, or in the upper case of another client.
  const present = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([key, value]) => [key, readMember(key, value)]),
  )
  const params = { ...DEFAULTS[model], ...present }
  const schema = PARAMS[model]
  if (Value.Check(schema, params)) return params as unknown as WidgetModelParams[Name] & FeatureSelection
  throw new AppError(
    'invalid_request',
    `The params of the model "${model}" are not valid ${firstMistake(schema, params)}`,
  )
}

/** Whether the request carries SQL of its own, which not everybody may run. */
export function hasCustomSql(params: unknown): boolean {
  if (typeof params !== 'object' || params === null) return false
  return Object.entries(params).some(([key, value]) => {
    if (key === 'aggregations') return typeof value === 'string' || (Array.isArray(value) && value.some(hasCustomSql))
    return key.toLowerCase().endsWith('operation') && value === 'custom'
  })
}

const DEFAULTS: { readonly [Name in WidgetModelName]?: Readonly<Record<string, unknown>> } = {
  formula: { column: '*', operation: 'count' },
  category: { operation: 'count' },
  histogram: { operation: 'count' },
  timeseries: { operation: 'count' },
}

const LOWER_CASE_MEMBERS: ReadonlySet<string> = new Set([
  'operation',
  'joinOperation',
  'xAxisJoinOperation',
  'yAxisJoinOperation',
  'sortDirection',
  'stepSize',
  'orderBy',
])

function readMember(key: string, value: unknown): unknown {
  // Ids are digests, so one made of digits only may come as a number from a careless client.
  if (key === 'featureIds' && Array.isArray(value)) return value.map(String)
  return LOWER_CASE_MEMBERS.has(key) && typeof value === 'string' ? value.toLowerCase() : value
}
