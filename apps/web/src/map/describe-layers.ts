import { getLayerDescriptor, type LayerDescriptor, type TilejsonResult } from '@carto/api-client'
import type { MapDocument, MapLayer } from '@graticule/contract'
import type { ColumnStatistics } from './dataset-source.ts'

/** Puts exact column statistics in place of the ones in `tilestats`, as fetchMap does before it reads a style. */
export function withColumnStatistics(
  tilejson: TilejsonResult,
  statistics: readonly ColumnStatistics[],
): TilejsonResult {
  const first = tilejson.tilestats?.layers[0]
  if (!first || statistics.length === 0) return tilejson
  const exact = new Map(statistics.map((each) => [each.attribute, each]))
  const attributes = first.attributes.map((attribute) => exact.get(attribute.attribute) ?? attribute)
  return {
    ...tilejson,
    tilestats: { ...tilejson.tilestats, layers: [{ ...first, attributes: attributes as typeof first.attributes }] },
  }
}

/**
 * Reads one layer of a document with the real client's own parser, so that what Builder draws is what `fetchMap`
 * draws. Throws when the style names something that the client does not know.
 */
export function describeLayer(document: MapDocument, layer: MapLayer, tilejson: TilejsonResult): LayerDescriptor {
  const dataset = document.datasets.find((each) => each.id === layer.config.dataId)
  if (!dataset) throw new Error(`Layer “${layer.config.label}” has lost its source.`)
  type Request = Parameters<typeof getLayerDescriptor>[0]
  return getLayerDescriptor({
    mapConfig: document.keplerMapConfig.config as unknown as Request['mapConfig'],
    layer: layer as unknown as Request['layer'],
    dataset: { ...dataset, data: tilejson } as unknown as Request['dataset'],
  })
}
