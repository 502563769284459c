import type { MapDocument, MapLayer } from '@graticule/contract'

/** The columns whose values decide how a layer looks; fetchMap asks for the statistics of each. */
export function styledColumns(layer: MapLayer): string[] {
  const names = new Set<string>()
  for (const channel of Object.values(layer.visualChannels)) {
    if (channel && typeof channel === 'object') names.add(channel.name)
  }
  return [...names]
}

/** Every column that the tiles of a dataset must carry: styled, labelled or shown in a tooltip. */
export function usedColumns(document: MapDocument, datasetId: string): string[] {
  const { visState, popupSettings } = document.keplerMapConfig.config
  const names = new Set<string>()
  for (const layer of visState.layers) {
    if (layer.config.dataId !== datasetId) continue
    for (const name of styledColumns(layer)) names.add(name)
    for (const label of layer.config.textLabel) if (label.field) names.add(label.field.name)
    const popup = popupSettings?.layers[layer.id]
    for (const field of [...(popup?.hover.fields ?? []), ...(popup?.click.fields ?? [])]) names.add(field.name)
  }
  return [...names].sort()
}
