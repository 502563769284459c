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
      ...(props.getIcon && { getIcon: withOwnStencils(props.getIcon) }),
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

/** A picture for points, as deck.gl loads it. */
interface MarkerIcon {
  readonly id: string
  readonly mask?: boolean
}

/**
 * Tells a picture from the same one as a stencil. deck.gl keeps what it has loaded by its id, and the client gives both
 * one id, so that a layer which is tinted while it is looked at would stay as it was.
 */
function withOwnStencils<Args extends unknown[]>(getIcon: (...args: Args) => MarkerIcon) {
  const known = new Map<MarkerIcon, MarkerIcon>()
  return (...args: Args): MarkerIcon => {
    const icon = getIcon(...args)
    const own = known.get(icon) ?? { ...icon, id: `${icon.id}@@${icon.mask === true}` }
    known.set(icon, own)
    return own
  }
}
