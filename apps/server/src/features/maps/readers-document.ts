import { type MapDataset, type MapDocument, type MapLayer, MapLayer as MapLayerSchema } from '@graticule/contract'
import { Value } from 'typebox/value'
import { datasetSource } from './map-record.ts'
import type { QueryHandles } from './query-handles.ts'

/**
 * A version of a map as its readers get it: a handle where SQL stood, without the values of its parameters. Of
 * connections that everybody reads with a login of their own it holds nothing that was found in data under the login of
 * its author: no classes, no categories, no saved filters. Readers' clients find them under the login that reads.
 */
export function readersDocument(
  mapId: string,
  document: MapDocument,
  handles: QueryHandles,
  isPersonal: (connectionName: string) => boolean,
): MapDocument {
  return {
    ...withoutFoundValues(document, isPersonal),
    datasets: document.datasets.map((dataset) => readersDataset(mapId, dataset, handles)),
  }
}

/** A dataset as readers get it. */
export function readersDataset(mapId: string, dataset: MapDataset, handles: QueryHandles): MapDataset {
  const source = datasetSource(dataset)
  if (source.type === 'table') return { ...dataset, aggregationExp: null }
  return { ...dataset, source: handles.of(mapId, source), queryParameters: null, aggregationExp: null }
}

/** The document without what its authors found in data that not everybody sees alike. */
export function withoutFoundValues(
  document: MapDocument,
  isPersonal: (connectionName: string) => boolean,
): MapDocument {
  const personal = new Set(
    document.datasets.flatMap(({ id, connectionName }) => (isPersonal(connectionName) ? [id] : [])),
  )
  if (personal.size === 0) return document
  const { config } = document.keplerMapConfig
  return {
    ...document,
    keplerMapConfig: {
      ...document.keplerMapConfig,
      config: {
        ...config,
        filters: Object.fromEntries(Object.entries(config.filters).filter(([id]) => !personal.has(id))),
        visState: {
          ...config.visState,
          layers: config.visState.layers.map((layer) =>
            personal.has(layer.config.dataId) ? withoutClasses(layer) : layer,
          ),
        },
      },
    },
  }
}

/** The layer with its colours and without the values that they stand for; what we do not know may hold some. */
function withoutClasses(layer: MapLayer): MapLayer {
  const known = Value.Clean(MapLayerSchema, structuredClone(layer)) as MapLayer
  const { visConfig } = known.config
  for (const range of [visConfig.colorRange, visConfig.strokeColorRange]) delete range?.colorMap
  const { colorScale, strokeColorScale } = known.visualChannels
  return {
    ...known,
    visualChannels: {
      ...known.visualChannels,
      ...(colorScale && { colorScale: computed(colorScale) }),
      ...(strokeColorScale && { strokeColorScale: computed(strokeColorScale) }),
    },
  }
}

/** Classes by hand become classes of equal size, which clients compute. */
function computed<Scale>(scale: Scale): Scale | 'quantile' {
  return scale === 'custom' ? 'quantile' : scale
}
