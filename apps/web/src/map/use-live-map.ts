import type { LayerDescriptor, TilejsonResult } from '@carto/api-client'
import type { Filters, MapDataset, MapDocument, MapLayer } from '@graticule/contract'
import { useQueries } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import { type CredentialRefusal, credentialRefusalOf } from './credential-refusal.ts'
import type { DataAccess } from './data-access.ts'
import {
  type ColumnStatistics,
  columnStatisticsQuery,
  type DatasetSource,
  datasetSourceQuery,
  sentenceOf,
} from './dataset-source.ts'
import { describeLayer, withColumnStatistics } from './describe-layers.ts'
import { styledColumns } from './used-columns.ts'

/** One dataset of a map on the screen. */
export interface DatasetState {
  readonly source: DatasetSource | null
  readonly isLoading: boolean
  /** Why it could not be read, as a sentence. */
  readonly error: string | null
  /** That it could not be read for want of a database login. */
  readonly refusal: CredentialRefusal | null
  retry(): void
}

/** A document turned into what the map draws. */
export interface LiveMap {
  /** The lowest layer first. */
  readonly descriptors: readonly LayerDescriptor[]
  readonly datasets: ReadonlyMap<string, DatasetState>
  /** Layers whose style the client cannot read, with the reason. */
  readonly layerErrors: ReadonlyMap<string, string>
  /** Exact statistics by dataset id and column. */
  statistics(datasetId: string, column: string): ColumnStatistics | undefined
}

const NO_FILTERS: Filters = {}

interface ColumnRequest {
  readonly dataset: MapDataset
  readonly column: string
}

function columnRequests(document: MapDocument): ColumnRequest[] {
  const requests = new Map<string, ColumnRequest>()
  for (const layer of document.keplerMapConfig.config.visState.layers) {
    const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
    if (!dataset) continue
    for (const column of styledColumns(layer)) requests.set(JSON.stringify([dataset.id, column]), { dataset, column })
  }
  return [...requests.values()]
}

/** The ids of the layers that read through a connection. */
export function layersOn({ datasets, keplerMapConfig }: MapDocument, connectionName: string): readonly string[] {
  const ids = datasets.filter((dataset) => dataset.connectionName === connectionName).map(({ id }) => id)
  const { layers } = keplerMapConfig.config.visState
  return layers.filter((layer) => ids.includes(layer.config.dataId)).map(({ id }) => id)
}

function isLabelled(document: MapDocument, datasetId: string): boolean {
  return document.keplerMapConfig.config.visState.layers.some(
    (layer) => layer.config.dataId === datasetId && layer.config.textLabel.some((label) => label.field),
  )
}

/**
 * Loads what a document shows and keeps it on the screen: while a changed source loads, the layer goes on showing
 * what it showed. `filters` are those of the widgets, by dataset id.
 */
export function useLiveMap(
  document: MapDocument,
  filters: Readonly<Record<string, Filters>>,
  access: DataAccess,
): LiveMap {
  const { layers } = document.keplerMapConfig.config.visState
  const datasets = useMemo(
    () => document.datasets.filter((dataset) => layers.some((layer) => layer.config.dataId === dataset.id)),
    [document.datasets, layers],
  )
  const sources = useQueries({
    queries: datasets.map((dataset) =>
      datasetSourceQuery(dataset, filters[dataset.id] ?? NO_FILTERS, isLabelled(document, dataset.id), access),
    ),
  })
  const requests = useMemo(() => columnRequests(document), [document])
  const columns = useQueries({
    queries: requests.map(({ dataset, column }) => columnStatisticsQuery(dataset, column, access)),
  })

  const lastSources = useRef(new Map<string, DatasetSource>())
  const lastDescriptors = useRef(new Map<string, LayerDescriptor>())
  const sourceData = sources.map((query) => query.data)
  const sourceErrors = sources.map((query) => query.error)
  const columnData = columns.map((query) => query.data)
  const isColumnSettled = columns.map((query) => !query.isPending)

  // The results are compared one by one: TanStack Query answers a new array each time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  const drawn = useMemo(() => {
    const descriptors: LayerDescriptor[] = []
    const layerErrors = new Map<string, string>()
    const isSourcePending = new Map<string, boolean>()
    datasets.forEach((dataset, index) => {
      const data = sourceData[index]
      if (data) lastSources.current.set(dataset.id, data)
      else if (sourceErrors[index]) lastSources.current.delete(dataset.id)
      isSourcePending.set(dataset.id, !data && !sourceErrors[index])
    })
    const statisticsOf = (layer: MapLayer) => {
      const names = styledColumns(layer)
      const indexes = requests.flatMap((request, index) =>
        request.dataset.id === layer.config.dataId && names.includes(request.column) ? [index] : [],
      )
      return {
        isSettled: indexes.every((index) => isColumnSettled[index]),
        known: indexes.flatMap((index) => columnData[index] ?? []),
      }
    }
    for (const layer of layers.toReversed()) {
      const source = lastSources.current.get(layer.config.dataId)
      const { isSettled, known } = statisticsOf(layer)
      const previous = lastDescriptors.current.get(layer.id)
      // Tiles on the screen may lack a column that the new style needs: both change together, once all is there.
      const isWaiting = !isSettled || isSourcePending.get(layer.config.dataId) === true
      if (source && isWaiting && previous) descriptors.push(previous)
      if (!source || isWaiting) continue
      try {
        const tilejson: TilejsonResult = withColumnStatistics(source.tilejson, known)
        const descriptor = describeLayer(document, layer, tilejson)
        lastDescriptors.current.set(layer.id, descriptor)
        descriptors.push(descriptor)
      } catch (error) {
        layerErrors.set(layer.id, sentenceOf(error))
      }
    }
    return { descriptors, layerErrors }
  }, [document, datasets, requests, ...sourceData, ...sourceErrors, ...columnData, ...isColumnSettled])

  const states = new Map<string, DatasetState>()
  datasets.forEach((dataset, index) => {
    const query = sources[index]
    if (!query) return
    states.set(dataset.id, {
      source: query.data ?? lastSources.current.get(dataset.id) ?? null,
      isLoading: query.isFetching,
      error: query.error ? sentenceOf(query.error) : null,
      refusal: credentialRefusalOf(query.error),
      retry: () => void query.refetch(),
    })
  })
  return {
    ...drawn,
    datasets: states,
    statistics: (datasetId, column) => {
      const index = requests.findIndex((each) => each.dataset.id === datasetId && each.column === column)
      return index === -1 ? undefined : columnData[index]
    },
  }
}
