import type { MapDataset } from '@graticule/contract'
import { type Command, keepKeys, replaceById, withConfig } from './command.ts'

/** Adds a source; a source with the same id is not added twice. */
export function addDataset(dataset: MapDataset): Command {
  return (document) =>
    document.datasets.some((each) => each.id === dataset.id)
      ? document
      : { ...document, datasets: [...document.datasets, dataset] }
}

/** What may change in a source without its layers losing their meaning. */
export type DatasetChange = Partial<Pick<MapDataset, 'label' | 'source' | 'geoColumn' | 'queryParameters'>>

/** Renames a source, edits its SQL or reads its geometry from another column. */
export function updateDataset(datasetId: string, change: DatasetChange): Command {
  return (document) => {
    const datasets = replaceById(document.datasets, datasetId, (dataset) => {
      const next = { ...dataset, ...change }
      return JSON.stringify(next) === JSON.stringify(dataset) ? dataset : next
    })
    return datasets === document.datasets ? document : { ...document, datasets }
  }
}

/** Removes a source with its layers, their tooltips and legends, its widgets and its filters. */
export function removeDataset(datasetId: string): Command {
  return (document) => {
    if (!document.datasets.some((dataset) => dataset.id === datasetId)) return document
    const { config } = document.keplerMapConfig
    const layers = config.visState.layers.filter((layer) => layer.config.dataId !== datasetId)
    const isLayerKept = (layerId: string) => layers.some((layer) => layer.id === layerId)
    return withConfig(
      { ...document, datasets: document.datasets.filter((dataset) => dataset.id !== datasetId) },
      {
        filters: keepKeys(config.filters, (key) => key !== datasetId),
        visState: { ...config.visState, layers },
        popupSettings: config.popupSettings && { layers: keepKeys(config.popupSettings.layers, isLayerKept) },
        legendSettings: config.legendSettings && { layers: keepKeys(config.legendSettings.layers, isLayerKept) },
        graticule: {
          ...config.graticule,
          widgets: config.graticule.widgets.filter((widget) => widget.dataSource !== datasetId),
        },
      },
    )
  }
}
