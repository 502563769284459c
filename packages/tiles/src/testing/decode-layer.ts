import { VectorTile, type VectorTileFeature } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'

export type Position = readonly [x: number, y: number]

/** A decoded feature: its rings, lines or points in tile coordinates, as the bytes have them. */
export interface DecodedFeature {
  readonly id: number | undefined
  readonly type: number
  readonly properties: Readonly<Record<string, number | string | boolean>>
  readonly paths: readonly (readonly Position[])[]
}

/** Decodes the one layer of a tile with Mapbox's own reader. */
export function decodeLayer(bytes: Uint8Array, layerName = 'default'): readonly DecodedFeature[] {
  if (bytes.length === 0) return []
  const layer = new VectorTile(new PbfReader(bytes)).layers[layerName]
  if (!layer) throw new Error(`The tile has no layer named ${layerName}.`)
  return Array.from({ length: layer.length }, (_, i) => decodeFeature(layer.feature(i)))
}

function decodeFeature(feature: VectorTileFeature): DecodedFeature {
  const paths = feature.loadGeometry().map((path) => path.map(({ x, y }): Position => [x, y]))
  return { id: feature.id, type: feature.type, properties: feature.properties, paths }
}
