import type { LayerType } from '@graticule/contract'
import type { LayerTypeDefinition } from './layer-type.ts'
import { tilesetLayer } from './tileset/layer.ts'

/** Every kind of layer that the map can draw: one folder and one line each. */
export const LAYER_TYPE_DEFINITIONS: Readonly<Record<LayerType, LayerTypeDefinition>> = {
  tileset: tilesetLayer,
}
