import type { MapDocument, MapLayer, PopupSettings } from '@graticule/contract'
import { type Command, keepKeys, moveById, replaceById, withConfig } from './command.ts'

type LayerPopup = PopupSettings['layers'][string]

function withLayers(document: MapDocument, layers: MapLayer[]): MapDocument {
  const { visState } = document.keplerMapConfig.config
  return layers === visState.layers ? document : withConfig(document, { visState: { ...visState, layers } })
}

/** Changes one layer through a function; the base of every command on a layer's look. */
export function changeLayer(layerId: string, change: (layer: MapLayer) => MapLayer): Command {
  return (document) =>
    withLayers(document, replaceById(document.keplerMapConfig.config.visState.layers, layerId, change))
}

/** Adds a layer on top of the others, with its tooltip. */
export function addLayer(layer: MapLayer, popup?: LayerPopup): Command {
  return (document) => {
    const { visState, popupSettings } = document.keplerMapConfig.config
    if (visState.layers.some((each) => each.id === layer.id)) return document
    return withConfig(document, {
      visState: { ...visState, layers: [layer, ...visState.layers] },
      ...(popup && { popupSettings: { layers: { ...popupSettings?.layers, [layer.id]: popup } } }),
    })
  }
}

/** Removes a layer with its tooltip and legend; its source stays. */
export function removeLayer(layerId: string): Command {
  return (document) => {
    const { visState, popupSettings, legendSettings } = document.keplerMapConfig.config
    if (!visState.layers.some((layer) => layer.id === layerId)) return document
    const isKept = (key: string) => key !== layerId
    return withConfig(document, {
      visState: { ...visState, layers: visState.layers.filter((layer) => layer.id !== layerId) },
      popupSettings: popupSettings && { layers: keepKeys(popupSettings.layers, isKept) },
      legendSettings: legendSettings && { layers: keepKeys(legendSettings.layers, isKept) },
    })
  }
}

/** Puts a copy of a layer above it, tooltip included. */
export function duplicateLayer(layerId: string, copyId: string, copyLabel: string): Command {
  return (document) => {
    const { visState, popupSettings } = document.keplerMapConfig.config
    const index = visState.layers.findIndex((layer) => layer.id === layerId)
    const original = visState.layers[index]
    if (!original || visState.layers.some((layer) => layer.id === copyId)) return document
    const copy: MapLayer = { ...original, id: copyId, config: { ...original.config, label: copyLabel } }
    const popup = popupSettings?.layers[layerId]
    return withConfig(document, {
      visState: { ...visState, layers: visState.layers.toSpliced(index, 0, copy) },
      ...(popup && { popupSettings: { layers: { ...popupSettings.layers, [copyId]: popup } } }),
    })
  }
}

/** Moves a layer to an index; 0 is drawn on top. */
export function moveLayer(layerId: string, toIndex: number): Command {
  return (document) => withLayers(document, moveById(document.keplerMapConfig.config.visState.layers, layerId, toIndex))
}

/** Renames a layer; an empty name is not taken. */
export function renameLayer(layerId: string, label: string): Command {
  const trimmed = label.trim().slice(0, 200)
  return changeLayer(layerId, (layer) =>
    trimmed === '' || trimmed === layer.config.label
      ? layer
      : { ...layer, config: { ...layer.config, label: trimmed } },
  )
}

/** Shows or hides a layer. */
export function setLayerVisible(layerId: string, isVisible: boolean): Command {
  return changeLayer(layerId, (layer) =>
    layer.config.isVisible === isVisible ? layer : { ...layer, config: { ...layer.config, isVisible } },
  )
}

/** Replaces a layer's tooltip. */
export function setPopup(layerId: string, popup: LayerPopup): Command {
  return (document) => {
    const { popupSettings, visState } = document.keplerMapConfig.config
    if (!visState.layers.some((layer) => layer.id === layerId)) return document
    return withConfig(document, { popupSettings: { layers: { ...popupSettings?.layers, [layerId]: popup } } })
  }
}

/** Hides a layer's legend, or folds it. */
export function setLegend(layerId: string, legend: { isHidden: boolean; collapsed?: boolean }): Command {
  return (document) => {
    const { legendSettings, visState } = document.keplerMapConfig.config
    if (!visState.layers.some((layer) => layer.id === layerId)) return document
    return withConfig(document, { legendSettings: { layers: { ...legendSettings?.layers, [layerId]: legend } } })
  }
}
