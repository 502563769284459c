import { VectorTileLayer } from '@deck.gl/carto'
import type { LayerTypeDefinition } from '../layer-type.ts'
import { tilesetLegend } from './legend.ts'

/** Points, lines and polygons from vector tiles. */
export const tilesetLayer: LayerTypeDefinition = {
  type: 'tileset',
  describeLegend: tilesetLegend,
  createLayer(descriptor, { monitor, beforeId, attempt }) {
    const { updateTriggers, ...props } = descriptor.props
    return new VectorTileLayer({
      ...props,
      // Our tiles carry a feature id, which joins the parts of a feature across tiles without a `geoid` column.
      uniqueIdProperty: undefined,
      fetch: monitor.fetch,
      onTileError: () => {},
      maxRequests: 8,
      refinementStrategy: 'best-available',
      updateTriggers: { ...updateTriggers, getTileData: attempt },
      ...(beforeId && { beforeId }),
    } as unknown as ConstructorParameters<typeof VectorTileLayer>[0])
  },
}
