import type { LayerDescriptor } from '@carto/api-client'
import type { MapLayer } from '@graticule/contract'
import { type ColorClass, type ColorScale, colorClasses } from '../../color-classes.ts'
import { formatNumber } from '../../format-value.ts'

export type GeometryFamily = 'point' | 'line' | 'polygon'

/** What one layer says about itself in the legend. */
export interface LayerLegend {
  readonly layerId: string
  readonly title: string
  readonly family: GeometryFamily
  readonly sections: readonly LegendSection[]
}

export type LegendSection =
  | {
      readonly kind: 'single'
      readonly color: string
      /** The picture that points are drawn with; tinted, it is a stencil for the colour. */
      readonly marker?: { readonly url: string; readonly isTinted: boolean }
    }
  | {
      readonly kind: 'colors'
      readonly column: string
      readonly isOrdinal: boolean
      readonly classes: readonly ColorClass[]
    }
  | {
      readonly kind: 'sizes'
      readonly column: string
      readonly shape: 'circle' | 'line'
      readonly steps: readonly { readonly label: string; readonly size: number }[]
    }

/** Points, lines or polygons, as the source's statistics name its geometry. */
export function geometryFamily(geometry: string | undefined): GeometryFamily {
  if (geometry && /point/i.test(geometry)) return 'point'
  return geometry && /line/i.test(geometry) ? 'line' : 'polygon'
}

function toHex(color: readonly number[] | null | undefined): string {
  return `#${(color ?? [134, 141, 145])
    .slice(0, 3)
    .map((part) => part.toString(16).padStart(2, '0'))
    .join('')}`
}

/** Derives a layer's legend from the scales that the client's parser made of its style. */
export function tilesetLegend(layer: MapLayer, descriptor: LayerDescriptor): LayerLegend {
  const family = geometryFamily(descriptor.props.data?.tilestats?.layers?.[0]?.geometry)
  const { visConfig, color } = layer.config
  const { fillColor, lineColor, pointRadius, lineWidth } = descriptor.scales
  const isFilled = family !== 'line' && visConfig.filled !== false
  const sections: LegendSection[] = []
  const marker = markerOf(layer, family)
  // Markers have no outline.
  const isStroked = visConfig.stroked && marker === null
  const second = isFilled && isStroked ? lineColor : undefined
  const colored = isFilled ? fillColor : marker === null ? lineColor : undefined
  if (colored?.field) sections.push(colorSection(colored as ColorScale & { field: { name: string } }))
  if (second?.field) sections.push(colorSection(second as ColorScale & { field: { name: string } }))
  if (sections.length === 0) {
    sections.push({
      kind: 'single',
      color: toHex(isFilled ? color : (visConfig.strokeColor ?? color)),
      ...(marker && { marker }),
    })
  }
  if (family === 'point' && pointRadius?.field) sections.push(sizeSection(pointRadius, 'circle'))
  if (lineWidth?.field && (family === 'line' || isStroked)) sections.push(sizeSection(lineWidth, 'line'))
  return { layerId: layer.id, title: layer.config.label, family, sections }
}

/** The marker that the layer's points are drawn with; null for circles. */
export function markerOf(
  { config: { visConfig } }: MapLayer,
  family: GeometryFamily,
): { readonly url: string; readonly isTinted: boolean } | null {
  const url = visConfig.customMarkersUrl
  if (family !== 'point' || visConfig.customMarkers !== true || !url) return null
  return { url, isTinted: visConfig.filled !== false }
}

function colorSection(scale: ColorScale & { field: { name: string } }): LegendSection {
  return {
    kind: 'colors',
    column: scale.field.name,
    isOrdinal: scale.type === 'ordinal' || scale.type === 'point',
    classes: colorClasses(scale),
  }
}

function sizeSection(
  scale: NonNullable<LayerDescriptor['scales']['pointRadius']>,
  shape: 'circle' | 'line',
): LegendSection {
  const [smallest = 0, largest = 1] = (scale.range ?? []) as number[]
  const [min = 0, max = 1] = (scale.domain ?? []) as number[]
  return {
    kind: 'sizes',
    column: scale.field?.name ?? '',
    shape,
    steps: [
      { label: formatNumber(min), size: smallest },
      { label: formatNumber(max), size: largest },
    ],
  }
}
