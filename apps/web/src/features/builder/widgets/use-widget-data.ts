import { createViewportSpatialFilter } from '@carto/api-client'
import type { Filters, MapDataset, MapWidget } from '@graticule/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import type { Bounds } from '../../../map/bounds.ts'
import { type CredentialRefusal, credentialRefusalOf } from '../../../map/credential-refusal.ts'
import { accessKey, type DataAccess } from '../../../map/data-access.ts'
import { explainForbidden, sentenceOf } from '../../../map/dataset-source.ts'
import { type WidgetSource, widgetSourceOf } from '../../../map/widget-source.ts'
import { NO_SELECTIONS, type Selections } from './crossfilter.ts'

/** What all widgets of a map share. */
export interface WidgetSurroundings {
  readonly access: DataAccess
  readonly selections: Selections
  /** What the camera sees; null until the map has drawn. */
  readonly bounds: Bounds | null
}

export const WidgetSurroundingsContext = createContext<WidgetSurroundings>({
  access: { kind: 'session', apiBaseUrl: '' },
  selections: NO_SELECTIONS,
  bounds: null,
})

/** What every request of a widget carries: the selections of the others, what is in view, and a way to stop. */
export interface WidgetRequestOptions {
  readonly filters: ClientFilters
  readonly filterOwner: string
  readonly spatialFilter: ReturnType<typeof createViewportSpatialFilter>
  readonly signal: AbortSignal
}

type ClientFilters = NonNullable<Parameters<WidgetSource['getFormula']>[0]['filters']>

/** The filters that count for a widget: all but its own. */
export function othersFilters(selections: Selections, widget: Pick<MapWidget, 'id' | 'dataSource'>): Filters {
  const others: Filters = {}
  for (const [column, filter] of Object.entries(selections[widget.dataSource] ?? {})) {
    const foreign = Object.entries(filter).filter(([, entry]) => entry.owner !== widget.id)
    if (foreign.length > 0) others[column] = Object.fromEntries(foreign)
  }
  return others
}

export interface WidgetData<Data> {
  readonly data: Data | undefined
  readonly isLoading: boolean
  readonly error: string | null
  /** That it could not be read for want of a database login. */
  readonly refusal: CredentialRefusal | null
  retry(): void
}

/**
 * Asks the warehouse for a widget's numbers, and asks again when another widget or the view changes what they are.
 * `key` names everything in `request` that is not the widget's source.
 */
export function useWidgetData<Data>(
  widget: MapWidget,
  dataset: MapDataset,
  key: readonly unknown[],
  request: (source: WidgetSource, options: WidgetRequestOptions) => Promise<Data>,
  options: { readonly isGlobal?: boolean; readonly isUnfiltered?: boolean; readonly enabled?: boolean } = {},
): WidgetData<Data> {
  const { access, selections, bounds } = useContext(WidgetSurroundingsContext)
  const source = useMemo(() => widgetSourceOf(dataset, access), [dataset, access])
  const isGlobal = options.isGlobal ?? widget.global
  const view = isGlobal ? null : bounds
  const filters = options.isUnfiltered ? {} : othersFilters(selections, widget)
  const query = useQuery({
    queryKey: [
      'widget',
      accessKey(access),
      dataset.connectionName,
      dataset.source,
      dataset.geoColumn,
      ...key,
      filters,
      view,
    ],
    queryFn: ({ signal }) =>
      request(source, {
        filters: filters as ClientFilters,
        filterOwner: widget.id,
        spatialFilter: view ? createViewportSpatialFilter([...view]) : undefined,
        signal,
      }).catch(async (error: unknown) => {
        throw await explainForbidden(error, dataset, access)
      }),
    enabled: (options.enabled ?? true) && (isGlobal || bounds !== null),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  })
  return {
    data: query.data,
    isLoading: query.isFetching,
    error: query.error ? sentenceOf(query.error) : null,
    refusal: credentialRefusalOf(query.error),
    retry: () => void query.refetch(),
  }
}
