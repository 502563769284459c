import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'

/** A feature of a decoded tile. */
export interface DecodedFeature {
  readonly id: number | undefined
  readonly properties: Readonly<Record<string, unknown>>
  readonly geometry: ReturnType<VectorTileFeature['toGeoJSON']>['geometry']
}

/** The features of a tile's `default` layer, with coordinates in degrees. */
export function decodeTile(bytes: Buffer, z: number, x: number, y: number): DecodedFeature[] {
  const layer = new VectorTile(new PbfReader(bytes)).layers.default
  if (!layer) return []
  return Array.from({ length: layer.length }, (_, index) => {
    const feature = layer.feature(index)
    return { id: feature.id, properties: feature.properties, geometry: feature.toGeoJSON(x, y, z).geometry }
  })
}
