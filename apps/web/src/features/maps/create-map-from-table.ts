import {
  type Extent,
  emptyMapDocument,
  type MapDocument,
  type MapState,
  type SourceDescription,
  type SpatialColumn,
} from '@graticule/contract'
import { addSource, labelForTable, newId } from '../builder/sources/new-source.ts'

/** The window that a new map is fitted to, in pixels: Builder's map on a small laptop. */
const FIT_WIDTH = 640
const FIT_HEIGHT = 520
/** Pixels of the world at zoom 0. */
const WORLD_SIZE = 512
/** A table with one point must not open on a single house. */
const MAX_FIT_ZOOM = 14

/** The document of a map with one table as its source, one layer, and the table's extent in view. */
export function createMapFromTable(options: {
  readonly connectionName: string
  readonly providerId: string
  readonly tableName: string
  readonly description: SourceDescription
  readonly spatial: SpatialColumn
  /** May reach beyond 180 degrees. Null when it is not known; the map then looks at the whole world. */
  readonly extent: Extent | null
}): MapDocument {
  const label = labelForTable(options.tableName)
  const add = addSource(
    {
      connectionName: options.connectionName,
      providerId: options.providerId,
      type: 'table',
      source: options.tableName,
      label,
      description: options.description,
      spatial: options.spatial,
    },
    { datasetId: newId('ds'), layerId: newId('layer') },
    0,
  )
  const document = add(emptyMapDocument(label))
  if (!options.extent) return document
  const { config } = document.keplerMapConfig
  const mapState: MapState = { ...config.mapState, ...fitExtent(options.extent) }
  return { ...document, keplerMapConfig: { version: 'v1', config: { ...config, mapState } } }
}

/** Centre and zoom from which the whole extent is in view, with a margin. */
export function fitExtent(extent: Extent): Pick<MapState, 'longitude' | 'latitude' | 'zoom'> {
  const west = (extent.xmin + 180) / 360
  const east = (extent.xmax + 180) / 360
  const north = mercatorY(extent.ymax)
  const south = mercatorY(extent.ymin)
  const zoomX = Math.log2(FIT_WIDTH / (Math.max(east - west, 1e-9) * WORLD_SIZE))
  const zoomY = Math.log2(FIT_HEIGHT / (Math.max(south - north, 1e-9) * WORLD_SIZE))
  const zoom = Math.min(Math.max(Math.min(zoomX, zoomY), 0.5), MAX_FIT_ZOOM)
  return {
    longitude: round(wrapLongitude((extent.xmin + extent.xmax) / 2)),
    latitude: round(latitudeOf((north + south) / 2)),
    zoom: Math.floor(zoom * 100) / 100,
  }
}

/** The same meridian between -180 and 180 degrees, where a saved camera must stand. */
function wrapLongitude(degrees: number): number {
  return degrees > 180 ? degrees - 360 : degrees
}

/** Where a latitude lies between the northern (0) and the southern (1) edge of the Mercator square. */
function mercatorY(latitude: number): number {
  const clamped = Math.min(Math.max(latitude, -85.051129), 85.051129)
  const sine = Math.sin((clamped * Math.PI) / 180)
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)
}

function latitudeOf(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI
}

function round(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}
