import type { Filter, Filters, MapDataset, MapWidget } from '@graticule/contract'

/** The filters that widgets set, by dataset id. Each filter names the widget that owns it. */
export type Selections = Readonly<Record<string, Filters>>

export type Interval = readonly [number | null, number | null]

/** What a widget lets through: chosen categories, or ranges that include their start but not their end. */
export type Selection =
  | { readonly kind: 'in'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'closed_open'; readonly values: readonly Interval[] }

export const NO_SELECTIONS: Selections = {}

const KINDS = ['in', 'between', 'closed_open', 'time', 'stringSearch'] as const

function withoutOwner(filters: Filters, owner: string): Filters {
  const kept: Filters = {}
  for (const [column, filter] of Object.entries(filters)) {
    const remaining: Filter = { ...filter }
    for (const kind of KINDS) if (remaining[kind]?.owner === owner) delete remaining[kind]
    if (Object.keys(remaining).length > 0) kept[column] = remaining
  }
  return kept
}

function withDataset(selections: Selections, datasetId: string, filters: Filters): Selections {
  const { [datasetId]: _replaced, ...rest } = selections
  return Object.keys(filters).length > 0 ? { ...rest, [datasetId]: filters } : rest
}

/** Replaces what a widget selects; null or an empty selection lets everything through again. */
export function select(
  selections: Selections,
  widget: Pick<MapWidget, 'id' | 'dataSource'>,
  column: string,
  selection: Selection | null,
): Selections {
  const filters = withoutOwner(selections[widget.dataSource] ?? {}, widget.id)
  if (selection && selection.values.length > 0) {
    const entry =
      selection.kind === 'in'
        ? { in: { values: [...selection.values], owner: widget.id } }
        : {
            closed_open: {
              values: selection.values.map(([from, to]): [number | null, number | null] => [from, to]),
              owner: widget.id,
            },
          }
    filters[column] = { ...filters[column], ...entry }
  }
  return withDataset(selections, widget.dataSource, filters)
}

/** What a widget selects now; null when it lets everything through. */
export function selectionOf(selections: Selections, widget: Pick<MapWidget, 'id' | 'dataSource'>): Selection | null {
  for (const filter of Object.values(selections[widget.dataSource] ?? {})) {
    if (filter.in?.owner === widget.id) return { kind: 'in', values: filter.in.values }
    if (filter.closed_open?.owner === widget.id) {
      return { kind: 'closed_open', values: filter.closed_open.values as unknown as readonly Interval[] }
    }
  }
  return null
}

/** Drops the selections of widgets and datasets that are gone. */
export function pruneSelections(
  selections: Selections,
  widgets: readonly Pick<MapWidget, 'id'>[],
  datasets: readonly Pick<MapDataset, 'id'>[],
): Selections {
  const owners = new Set(widgets.map((widget) => widget.id))
  let pruned: Selections = selections
  for (const [datasetId, filters] of Object.entries(selections)) {
    if (!datasets.some((dataset) => dataset.id === datasetId)) {
      pruned = withDataset(pruned, datasetId, {})
      continue
    }
    for (const filter of Object.values(filters)) {
      for (const kind of KINDS) {
        const owner = filter[kind]?.owner
        if (owner !== undefined && !owners.has(owner)) {
          pruned = withDataset(pruned, datasetId, withoutOwner(pruned[datasetId] ?? {}, owner))
        }
      }
    }
  }
  return pruned
}

/** The filters of a dataset as its tiles take them: every widget counts, and nobody needs to know which it was. */
export function tileFilters(selections: Selections): Record<string, Filters> {
  return Object.fromEntries(
    Object.entries(selections).map(([datasetId, filters]) => [
      datasetId,
      Object.fromEntries(
        Object.entries(filters).map(([column, filter]) => [
          column,
          Object.fromEntries(
            KINDS.flatMap((kind) => {
              const entry = filter[kind]
              if (!entry) return []
              const { owner: _owner, ...anonymous } = entry
              return [[kind, anonymous]]
            }),
          ) as Filter,
        ]),
      ),
    ]),
  )
}

/** One active filter, for the row of chips above the map. */
export interface FilterChip {
  readonly widgetId: string
  readonly title: string
  readonly selection: Selection
}

/** The active filters in the order of the widgets. */
export function filterChips(selections: Selections, widgets: readonly MapWidget[]): FilterChip[] {
  return widgets.flatMap((widget) => {
    const selection = selectionOf(selections, widget)
    return selection ? [{ widgetId: widget.id, title: widget.title, selection }] : []
  })
}

/** Adds a value to a choice of categories, or takes it out. */
export function toggleValue(selection: Selection | null, value: string | number | boolean): Selection | null {
  const values = selection?.kind === 'in' ? selection.values : []
  const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value]
  return next.length > 0 ? { kind: 'in', values: next } : null
}
