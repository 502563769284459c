import type { Extent, FieldType, SourceDescription } from '@graticule/contract'
import { MAX_LATITUDE } from '@graticule/tiles'
import type { SourceDefinition } from './source-definition.ts'
import { findSpatialColumn, tileColumns } from './tile-request.ts'

/** Tiles exist down to here; the client enlarges the deepest ones beyond. At this zoom a grid cell is a centimetre. */
export const MAX_ZOOM = 20

const WORLD: Extent = { xmin: -180, ymin: -MAX_LATITUDE, xmax: 180, ymax: MAX_LATITUDE }

/** Names of column types in tilestats. */
const ATTRIBUTE_TYPES: Readonly<Record<FieldType, string>> = {
  number: 'Number',
  bigint: 'Number',
  string: 'String',
  boolean: 'Boolean',
  timestamp: 'Timestamp',
  geometry: 'Geometry',
  object: 'String',
  variant: 'String',
  unknown: 'String',
}

/** The TileJSON document of a vector source. `tilesUrl` is an absolute template with {z}, {x} and {y}. */
export function createTileJson(
  definition: SourceDefinition,
  description: SourceDescription,
  extent: Extent | null,
  tilesUrl: string,
): Record<string, unknown> {
  const spatial = findSpatialColumn(description, definition.spatialDataColumn)
  const columns = tileColumns(definition, description, spatial)
  const bounds = clampExtent(extent ?? WORLD)
  const fields = Object.fromEntries(
    columns.map((name) => {
      const type = description.columns.find((column) => column.name === name)?.type
      return [name, type === undefined ? 'Number' : ATTRIBUTE_TYPES[type]]
    }),
  )
  const geometry = spatial.geometryType === null ? {} : { geometry: spatial.geometryType }
  return {
    tilejson: '2.2.0',
    name: definition.source.type === 'table' ? definition.source.name : 'query',
    description: '',
    version: '1.0.0',
    attribution: '',
    scheme: 'xyz',
    tiles: [tilesUrl],
    minzoom: 0,
    maxzoom: MAX_ZOOM,
    bounds: [bounds.xmin, bounds.ymin, bounds.xmax, bounds.ymax],
    center: [(bounds.xmin + bounds.xmax) / 2, (bounds.ymin + bounds.ymax) / 2, zoomToFit(bounds)],
    tileResolution: definition.tileResolution,
    vector_layers: [
      {
        id: 'default',
        minzoom: 0,
        maxzoom: MAX_ZOOM,
        fields,
        ...(spatial.geometryType === null ? {} : { geometry_type: spatial.geometryType }),
      },
    ],
    tilestats: {
      layerCount: 1,
      layers: [
        {
          layer: 'default',
          count: description.rowEstimate ?? 0,
          attributeCount: description.columns.length,
          ...geometry,
          attributes: description.columns.map((column) => ({
            attribute: column.name,
            type: ATTRIBUTE_TYPES[column.type],
          })),
        },
      ],
    },
  }
}

/** Data may lie outside of what a web map can show. */
function clampExtent(extent: Extent): Extent {
  const clamp = (value: number, limit: number) => Math.min(Math.max(value, -limit), limit)
  return {
    xmin: clamp(extent.xmin, 180),
    ymin: clamp(extent.ymin, MAX_LATITUDE),
    xmax: clamp(extent.xmax, 180),
    ymax: clamp(extent.ymax, MAX_LATITUDE),
  }
}

/** The zoom at which the extent fills about one screen. */
function zoomToFit(extent: Extent): number {
  const span = Math.max(extent.xmax - extent.xmin, (extent.ymax - extent.ymin) * 2, 0.0001)
  return Math.min(14, Math.max(0, Math.floor(Math.log2(360 / span))))
}
