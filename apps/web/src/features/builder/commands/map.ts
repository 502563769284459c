import type { MapState } from '@graticule/contract'
import { type Command, withConfig } from './command.ts'

/** Renames the map; an empty title is not taken. */
export function setTitle(title: string): Command {
  const trimmed = title.trim().slice(0, 200)
  return (document) => (trimmed === '' || trimmed === document.title ? document : { ...document, title: trimmed })
}

/** Changes the description that readers see beside the map. */
export function setDescription(description: string): Command {
  const cut = description.slice(0, 10_000)
  return (document) => (cut === document.description ? document : { ...document, description: cut })
}

/** Chooses one of this server's basemaps. */
export function setBasemap(basemapId: string): Command {
  return (document) => {
    const { config } = document.keplerMapConfig
    const styleType = `custom:${basemapId}`
    if (config.mapStyle.styleType === styleType) return document
    const { customBaseMaps: _replaced, ...rest } = config
    return {
      ...document,
      keplerMapConfig: {
        ...document.keplerMapConfig,
        config: { ...rest, mapStyle: { ...config.mapStyle, styleType } },
      },
    }
  }
}

/** Where the map opens. */
export function setStartView(view: MapState): Command {
  const rounded: MapState = {
    latitude: round(Math.max(-90, Math.min(90, view.latitude)), 5),
    longitude: round(Math.max(-180, Math.min(180, view.longitude)), 5),
    zoom: round(Math.max(0, Math.min(24, view.zoom)), 3),
    pitch: round(Math.max(0, Math.min(85, view.pitch)), 1),
    bearing: round(view.bearing, 1),
  }
  return (document) => withConfig(document, { mapState: rounded })
}

function round(value: number, decimals: number): number {
  const factor = 10 ** decimals
  return Math.round(value * factor) / factor
}
