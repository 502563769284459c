import type { LayerDescriptor } from '@carto/api-client'
import type { Layer } from '@deck.gl/core'
import type { LayerType, MapLayer } from '@graticule/contract'
import type { TileMonitor } from '../tile-monitor.ts'
import type { LayerLegend } from './tileset/legend.ts'

/** What the map adds to a descriptor when it makes a deck.gl layer of it. */
export interface LayerSurroundings {
  readonly monitor: TileMonitor
  /** The basemap layer that the data goes below; absent: on top of all. */
  readonly beforeId: string | undefined
  /** Counts the retries asked for; a new number loads all tiles again. */
  readonly attempt: number
}

/** One kind of layer: how a descriptor becomes pixels, and how it is explained. */
export interface LayerTypeDefinition {
  readonly type: LayerType
  createLayer(descriptor: LayerDescriptor, surroundings: LayerSurroundings): Layer
  describeLegend(layer: MapLayer, descriptor: LayerDescriptor): LayerLegend
}
