import type { Filter, Filters, MapDataset, MapDocument, MapWidget, RuleUnder } from '@graticule/contract'
import type { Decision } from './can.ts'

/**
 * What a version of a map says of one of its datasets: all that those may ask of it who read it through the map. What the
 * dataset reads is not part of this.
 */
export interface DeclaredUse {
  /** By which it is drawn: a column, or `longitude,latitude`. */
  readonly spatialDataColumn: string
  /** Columns whose values are handed out as they are; null for all. */
  readonly columns: readonly string[] | null
  /** As saved; a request may repeat one of them although its column is not handed out. */
  readonly filters: Filters
  /** What widgets ask; of columns that only they read nothing else is answered. */
  readonly widgets: readonly MapWidget[]
  /** SQL that the author wrote as a part of statements. */
  readonly expressions: readonly string[]
}

/** What a request would do with a source. */
export interface SourceUse {
  /** Columns whose values it hands out as they are: by name, `all` of the source, or as many as are `declared`. */
  readonly columns: readonly string[] | 'all' | 'declared'
  /** Columns or pairs that are taken for geometries. */
  readonly spatialDataColumns: readonly string[]
  readonly filters: Filters
  /** SQL of the asker's own inside of the statement. */
  readonly expressions: readonly string[]
  /** What is computed of columns, as a widget asks for it. */
  readonly question: Question | null
}

/** A question of a widget. Columns of numbers of rows, `*`, are left out. */
export interface Question {
  readonly model: string
  readonly operation: string
  /** Every column that it reads, once; the one that it is about first. */
  readonly columns: readonly string[]
}

/** Columns that are made for a tile rather than read from the source. */
const SYNTHETIC = /^_carto_/

/** What this version of the map declares of one of its datasets. */
export function declareUse({ keplerMapConfig }: MapDocument, dataset: MapDataset): DeclaredUse {
  const { filters, graticule, popupSettings, visState } = keplerMapConfig.config
  const layers = visState.layers.filter((layer) => layer.config.dataId === dataset.id)
  const shown = layers.flatMap(({ id, config, visualChannels }) => {
    const popup = popupSettings?.layers[id]
    const styled = Object.values(visualChannels).flatMap((channel) =>
      channel !== null && typeof channel === 'object' ? [channel.name] : [],
    )
    const labelled = config.textLabel.flatMap(({ field }) => (field ? [field.name] : []))
    const explained = [...(popup?.hover.fields ?? []), ...(popup?.click.fields ?? [])].map(({ name }) => name)
    return [...styled, ...labelled, ...explained]
  })
  return {
    spatialDataColumn: dataset.geoColumn.replace(/^[^:]*:/, ''),
    columns: dataset.columns === null ? null : [...new Set([...dataset.columns, ...shown])],
    filters: filters[dataset.id] ?? {},
    widgets: graticule.widgets.filter(({ dataSource }) => dataSource === dataset.id),
    expressions: dataset.aggregationExp ? [dataset.aggregationExp.trim()] : [],
  }
}

/** Whether readers get the values of a column as they are. */
export function handsOut(declared: DeclaredUse, column: string): boolean {
  const { columns, spatialDataColumn } = declared
  return (
    columns === null ||
    columns.includes(column) ||
    SYNTHETIC.test(column) ||
    column === spatialDataColumn ||
    spatialDataColumn.split(',').includes(column)
  )
}

/** Whether what is asked of a source is what the map declares of it. In words that do not tell what else there is. */
export function decideUse(declared: DeclaredUse, use: SourceUse): Decision {
  const refuse = (rule: RuleUnder<'map'>, what: string): Decision => ({
    allowed: false,
    reason: `The map does not ${what}, so nothing was asked of the warehouse; its author can add it.`,
    rule: `map.${rule}`,
  })
  const geometry = use.spatialDataColumns.find((column) => column !== declared.spatialDataColumn)
  if (geometry !== undefined) return refuse('geometry', `draw this source by "${geometry}"`)
  if (use.expressions.some((expression) => !declared.expressions.includes(expression.trim()))) {
    return refuse('expression', 'hold this expression')
  }
  if (use.columns === 'all' && declared.columns !== null) return refuse('column', 'show every column of this source')
  if (typeof use.columns === 'object') {
    const column = use.columns.find((each) => !handsOut(declared, each))
    if (column !== undefined) return refuse('column', `show the column "${column}" of this source`)
  }
  const filtered = Object.entries(use.filters).find(([column, filter]) => !mayFilter(declared, column, filter))
  if (filtered !== undefined) return refuse('filter', `filter this source by "${filtered[0]}" in this way`)
  if (use.question !== null && !mayAsk(declared, use.question)) {
    return refuse('question', 'hold a widget that asks this of the source')
  }
  return { allowed: true, reason: 'The map declares it.', rule: 'map.declared' }
}

function mayFilter(declared: DeclaredUse, column: string, filter: Filter): boolean {
  if (handsOut(declared, column)) return true
  if (declared.widgets.some((widget) => widget.type !== 'formula' && widget.column === column)) return true
  const saved = declared.filters[column]
  return saved !== undefined && isSameJson(withoutOwners(saved), withoutOwners(filter))
}

function mayAsk(declared: DeclaredUse, question: Question): boolean {
  const isHandedOut = question.columns.every((column) => handsOut(declared, column))
  return isHandedOut || declared.widgets.some((widget) => isAskedBy(widget, question))
}

function isAskedBy(widget: MapWidget, { model, operation, columns }: Question): boolean {
  switch (widget.type) {
    case 'formula':
      return model === 'formula' && operation === widget.operation && isSameJson(columns, [widget.column])
    case 'category': {
      const read = widget.operation === 'count' ? widget.column : widget.operationColumn
      const isSame = operation === widget.operation && isSameJson(columns, [...new Set([widget.column, read])])
      return model === 'category' && isSame
    }
    case 'histogram': {
      const isModel = model === 'range' || (model === 'histogram' && operation === 'count')
      return isModel && isSameJson(columns, [widget.column])
    }
  }
}

function withoutOwners(filter: Filter): unknown {
  return Object.fromEntries(
    Object.entries(filter).map(([kind, entry]) => [kind, { ...(entry as object), owner: undefined }]),
  )
}

/** Whether two values are the same JSON, whatever the order of their keys; undefined is absent. */
function isSameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const left = Object.entries(a).filter(([, value]) => value !== undefined)
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined))
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && isSameJson(value, right.get(key)))
  )
}
