import { parse } from '@loaders.gl/core'
import { MVTLoader, type MVTLoaderOptions } from '@loaders.gl/mvt'
import type { BinaryFeatureCollection } from '@loaders.gl/schema'
import type { Feature } from 'geojson'
import { expect } from 'vitest'
import type { ClientTarget } from '../harness/client-target.ts'

/** A tile of the web-mercator pyramid. */
export interface TileIndex {
  readonly x: number
  readonly y: number
  readonly z: number
}

interface TiledSource {
  readonly tiles: readonly string[]
  readonly accessToken?: string
}

/** The tile that holds a place. */
export function tileAt(longitude: number, latitude: number, z: number): TileIndex {
  const size = 2 ** z
  const sine = Math.sin((latitude * Math.PI) / 180)
  const x = Math.floor(((longitude + 180) / 360) * size)
  const y = Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size)
  return { x, y, z }
}

/** The tile in the middle of a target's view, where every sample has data; `deeper` zooms in from there. */
export function tileOfView({ view: [longitude, latitude, zoom] }: Pick<ClientTarget, 'view'>, deeper = 0): TileIndex {
  return tileAt(longitude, latitude, Math.floor(zoom) + deeper)
}

/** West, south, east and north of a tile in degrees. */
export function tileBounds({ x, y, z }: TileIndex): readonly [number, number, number, number] {
  const size = 2 ** z
  const latitude = (row: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / size))) * 180) / Math.PI
  return [(x / size) * 360 - 180, latitude(y + 1), ((x + 1) / size) * 360 - 180, latitude(y)]
}

/** The URL that a layer would ask for. */
export function tileUrl(source: TiledSource, { x, y, z }: TileIndex): string {
  const [template] = source.tiles
  if (!template) throw new Error('The source has no tile template')
  return template.replaceAll('{z}', String(z)).replaceAll('{x}', String(x)).replaceAll('{y}', String(y))
}

/** Asks for one tile as a layer does. */
export function fetchTile(source: TiledSource, tile: TileIndex): Promise<Response> {
  return fetch(tileUrl(source, tile), { headers: { Authorization: `Bearer ${source.accessToken}` } })
}

/** A tile's features with coordinates in degrees, decoded by the real loader; an empty tile has none. */
export async function readTileFeatures(source: TiledSource, tile: TileIndex): Promise<Feature[]> {
  const response = await fetchTile(source, tile)
  if (response.status === 204) return []
  expect(response.status, await peek(response)).toBe(200)
  const options: MVTLoaderOptions = { mvt: { shape: 'geojson', coordinates: 'wgs84', tileIndex: { ...tile } } }
  return (await parse(response, MVTLoader, options)) as Feature[]
}

/** A tile in the typed arrays that the layers draw from. */
export async function readBinaryTile(source: TiledSource, tile: TileIndex): Promise<Required<BinaryFeatureCollection>> {
  const response = await fetchTile(source, tile)
  expect(response.status, await peek(response)).toBe(200)
  const options: MVTLoaderOptions = { gis: { format: 'binary' } }
  return (await parse(response, MVTLoader, options)) as Required<BinaryFeatureCollection>
}

async function peek(response: Response): Promise<string> {
  return response.ok ? '' : await response.clone().text()
}
