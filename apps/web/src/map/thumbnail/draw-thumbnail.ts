import type { LayerDescriptor } from '@carto/api-client'
import type { MapState } from '@graticule/contract'
import { parse } from '@loaders.gl/core'
import { MVTLoader } from '@loaders.gl/mvt'
import type { Feature, Geometry, Position } from 'geojson'

/** The land of the basemap, coarse: an array of polygons. */
export type LandPolygons = readonly (readonly Position[][])[]

export interface ThumbnailColors {
  readonly water: string
  readonly land: string
}

/** Tiles per layer; a picture of 300 pixels needs few. */
const MAX_TILES = 6
const TILE_PIXELS = 256

/** Where Web Mercator puts a position, in pixels of the picture. */
export function projectTo(
  view: Pick<MapState, 'longitude' | 'latitude' | 'zoom'>,
  width: number,
  height: number,
): (position: Position) => [number, number] {
  const world = 512 * 2 ** view.zoom
  const [centreX, centreY] = mercator([view.longitude, view.latitude])
  return (position) => {
    const [x, y] = mercator(position)
    return [(x - centreX) * world + width / 2, (y - centreY) * world + height / 2]
  }
}

function mercator([longitude = 0, latitude = 0]: Position): [number, number] {
  const clamped = (Math.max(-85.0511, Math.min(85.0511, latitude)) * Math.PI) / 180
  return [longitude / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + clamped / 2)) / (2 * Math.PI)]
}

/** The tiles of one zoom that a picture shows; nearest to its middle first, and never many. */
export function tilesInView(
  view: Pick<MapState, 'longitude' | 'latitude' | 'zoom'>,
  width: number,
  height: number,
): { x: number; y: number; z: number }[] {
  const z = Math.max(0, Math.floor(view.zoom))
  const count = 2 ** z
  const [centreX, centreY] = mercator([view.longitude, view.latitude])
  const world = 512 * 2 ** view.zoom
  const halfWidth = width / 2 / world
  const halfHeight = height / 2 / world
  const tiles: { x: number; y: number; z: number; distance: number }[] = []
  for (let x = Math.floor((centreX - halfWidth) * count); x <= Math.floor((centreX + halfWidth) * count); x++) {
    for (let y = Math.floor((centreY - halfHeight) * count); y <= Math.floor((centreY + halfHeight) * count); y++) {
      if (x < 0 || y < 0 || x >= count || y >= count) continue
      const distance = Math.hypot((x + 0.5) / count - centreX, (y + 0.5) / count - centreY)
      tiles.push({ x, y, z, distance })
    }
  }
  return tiles
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MAX_TILES)
    .map(({ distance: _distance, ...tile }) => tile)
}

/** Draws land on water. */
export function drawLand(
  context: CanvasRenderingContext2D,
  land: LandPolygons,
  project: (position: Position) => [number, number],
  colors: ThumbnailColors,
): void {
  const { width, height } = context.canvas
  context.fillStyle = colors.water
  context.fillRect(0, 0, width, height)
  context.fillStyle = colors.land
  context.beginPath()
  for (const polygon of land) for (const ring of polygon) traceLine(context, ring, project)
  context.fill('evenodd')
}

function traceLine(
  context: CanvasRenderingContext2D,
  line: readonly Position[],
  project: (position: Position) => [number, number],
): void {
  line.forEach((position, index) => {
    const [x, y] = project(position)
    if (index === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
}

type Accessor<Value> = Value | ((feature: Feature) => Value)

function read<Value>(accessor: Accessor<Value> | undefined, feature: Feature, fallback: Value): Value {
  if (accessor === undefined || accessor === null) return fallback
  return typeof accessor === 'function' ? (accessor as (feature: Feature) => Value)(feature) : accessor
}

function css(color: readonly number[]): string {
  const [red = 0, green = 0, blue = 0, alpha = 255] = color
  return `rgba(${red},${green},${blue},${alpha / 255})`
}

/** Draws one layer's features with the accessors that the client's parser made of its style. */
function drawFeatures(
  context: CanvasRenderingContext2D,
  features: readonly Feature[],
  descriptor: LayerDescriptor,
  project: (position: Position) => [number, number],
  scale: number,
): void {
  const { props } = descriptor
  for (const feature of features) {
    const { geometry } = feature
    const fill = css(read<number[]>(props.getFillColor, feature, [23, 148, 138, 255]))
    const stroke = css(read<number[]>(props.getLineColor, feature, [255, 255, 255, 255]))
    const lineWidth = read<number>(props.getLineWidth, feature, 1) * scale
    if (geometry.type === 'Point' || geometry.type === 'MultiPoint') {
      const radius = Math.max(0.6, read<number>(props.getPointRadius, feature, 3) * scale)
      const positions = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates
      for (const position of positions) {
        const [x, y] = project(position)
        context.beginPath()
        context.arc(x, y, radius, 0, 2 * Math.PI)
        context.fillStyle = fill
        if (props.filled !== false) context.fill()
      }
      continue
    }
    context.beginPath()
    for (const line of linesOf(geometry)) traceLine(context, line, project)
    const isArea = geometry.type === 'Polygon' || geometry.type === 'MultiPolygon'
    if (isArea && props.filled !== false) {
      context.fillStyle = fill
      context.fill('evenodd')
    }
    if (!isArea || props.stroked) {
      context.strokeStyle = stroke
      context.lineWidth = Math.max(0.3, lineWidth)
      context.stroke()
    }
  }
}

function linesOf(geometry: Geometry): readonly (readonly Position[])[] {
  switch (geometry.type) {
    case 'LineString':
      return [geometry.coordinates]
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates
    case 'MultiPolygon':
      return geometry.coordinates.flat()
    default:
      return []
  }
}

/** Loads a layer's few tiles and draws them. Throws when a tile cannot be loaded. */
export async function drawLayer(
  context: CanvasRenderingContext2D,
  descriptor: LayerDescriptor,
  view: MapState,
  init: RequestInit,
): Promise<void> {
  const { width, height } = context.canvas
  const project = projectTo(view, width, height)
  const template = descriptor.props.data?.tiles?.[0]
  if (typeof template !== 'string') return
  const parts = await Promise.all(
    tilesInView(view, width, height).map(async (tile) => {
      const url = template.replace('{z}', String(tile.z)).replace('{x}', String(tile.x)).replace('{y}', String(tile.y))
      const response = await fetch(url, init)
      if (!response.ok) throw new Error(`The server answered ${response.status} for a tile.`)
      const bytes = response.status === 204 ? new ArrayBuffer(0) : await response.arrayBuffer()
      if (bytes.byteLength === 0) return []
      const features: unknown = await parse(bytes, MVTLoader, {
        core: { worker: false },
        mvt: { shape: 'geojson', coordinates: 'wgs84', tileIndex: tile },
      })
      return features as Feature[]
    }),
  )
  drawFeatures(context, parts.flat(), descriptor, project, width / (TILE_PIXELS * 3))
}
