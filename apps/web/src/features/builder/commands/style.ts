import type { ColorRange, MapLayer, SCALES, VisConfig, VisualChannels } from '@graticule/contract'
import type { Command } from './command.ts'
import { changeLayer } from './layers.ts'

export type ScaleName = (typeof SCALES)[number]

/** A column that drives a visual channel. */
export interface ChannelField {
  readonly name: string
  readonly type: string
}

/** Changes fixed style values of a layer. */
export function setStyle(layerId: string, change: Partial<VisConfig>): Command {
  return changeLayer(layerId, (layer) => ({
    ...layer,
    config: { ...layer.config, visConfig: { ...layer.config.visConfig, ...change } },
  }))
}

/** The least height of a marker on the map when it is chosen, in pixels. */
const MARKER_HEIGHT = 24

/**
 * Draws points with a marker in its own colours, or with circles again (null). What is the radius of a circle is the height
 * of a marker, so it is doubled and halved.
 */
export function setMarker(layerId: string, url: string | null): Command {
  return changeLayer(layerId, (layer) => {
    const { visConfig } = layer.config
    const { customMarkers: hasMarker = false, radius = 4 } = visConfig
    if (url === null) {
      const circle = { customMarkers: false, customMarkersUrl: null, filled: true, radius: radius / 2 }
      return hasMarker ? setChannels(layer, {}, circle) : layer
    }
    const marker = { customMarkers: true, customMarkersUrl: url }
    const first = { filled: false, radius: Math.max(MARKER_HEIGHT, radius * 2) }
    return setChannels(layer, {}, hasMarker ? marker : { ...marker, ...first })
  })
}

/** Changes the one fill colour of a layer. */
export function setFillColor(layerId: string, color: readonly number[]): Command {
  return changeLayer(layerId, (layer) => ({ ...layer, config: { ...layer.config, color: [...color] } }))
}

function setChannels(layer: MapLayer, channels: Partial<VisualChannels>, visConfig: Partial<VisConfig>): MapLayer {
  return {
    ...layer,
    config: { ...layer.config, visConfig: { ...layer.config.visConfig, ...visConfig } },
    visualChannels: { ...layer.visualChannels, ...channels },
  }
}

/** The two colours of a layer that a column can drive. */
export type ColorTarget = 'fill' | 'stroke'

/** Colours a layer by a column. */
export function setColorByColumn(
  layerId: string,
  target: ColorTarget,
  field: ChannelField,
  scale: ScaleName,
  range: ColorRange,
): Command {
  return changeLayer(layerId, (layer) =>
    target === 'fill'
      ? setChannels(layer, { colorField: { ...field }, colorScale: scale }, { colorRange: range })
      : setChannels(layer, { strokeColorField: { ...field }, strokeColorScale: scale }, { strokeColorRange: range }),
  )
}

/** Goes back to one colour. */
export function clearColorColumn(layerId: string, target: ColorTarget): Command {
  return changeLayer(layerId, (layer) =>
    setChannels(layer, target === 'fill' ? { colorField: null } : { strokeColorField: null }, {}),
  )
}

/** The sizes of a layer that a column can drive. */
export type SizeTarget = 'radius' | 'thickness' | 'height'

/** Sizes a layer by a column, between two values: pixels for radius and thickness, metres for height. */
export function setSizeByColumn(
  layerId: string,
  target: SizeTarget,
  field: ChannelField,
  scale: ScaleName,
  range: readonly [number, number],
): Command {
  const values = [...range]
  return changeLayer(layerId, (layer) => {
    switch (target) {
      case 'radius':
        return setChannels(layer, { radiusField: { ...field }, radiusScale: scale }, { radiusRange: values })
      case 'thickness':
        return setChannels(layer, { sizeField: { ...field }, sizeScale: scale }, { sizeRange: values })
      case 'height':
        return setChannels(layer, { heightField: { ...field }, heightScale: scale }, { heightRange: values })
    }
  })
}

/** Goes back to one size. */
export function clearSizeColumn(layerId: string, target: SizeTarget): Command {
  const channel = { radius: 'radiusField', thickness: 'sizeField', height: 'heightField' } as const
  return changeLayer(layerId, (layer) => setChannels(layer, { [channel[target]]: null }, {}))
}
