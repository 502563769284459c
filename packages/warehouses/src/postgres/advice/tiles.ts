import type { SourceDescription, SpatialColumn } from '@graticule/contract'
import { print, relationOf, type Source, type Statement, sql } from '@graticule/sql'
import { type TileAddress, tileAtPosition, tileWindowsDegrees } from '@graticule/tiles'
import { postgresDialect } from '../dialect.ts'
import { boxCondition, inDegrees, needsProjectedBox } from '../geometry-sql.ts'
import { compileTile } from '../tile-statement.ts'

/** Tiles that a town fills, which no good plan reads a table for. */
const NARROW_ZOOM = 12
/** Tiles wider than a box can be carried over into another reference system. */
const WIDE_ZOOM = 4
const BUDGET = { maxFeatures: 50_000, maxBytes: 1_000_000 }

/** What is drawn, and by which of its columns. */
export interface DrawnSource {
  readonly source: Source
  readonly description: SourceDescription
  readonly spatial: SpatialColumn
}

/** A tile's statement as EXPLAIN takes it, and whether it compares the stored geometry. */
export interface AdvisedTile {
  readonly statement: Statement
  readonly comparesStored: boolean
}

/** Asks where one row lies, so that a tile with something in it is looked at. */
export function compileSample({ source, description, spatial }: DrawnSource): Statement {
  const shape = inDegrees(spatial, description)
  return print(
    sql`SELECT ST_X(place), ST_Y(place) FROM (SELECT ST_Centroid(ST_Envelope(${shape})) AS place FROM ${relationOf(source)} WHERE ${shape} IS NOT NULL LIMIT 1) AS sampled`,
    postgresDialect,
  )
}

/** The tiles around a place whose plans tell whether a layer is slow, the most telling first. */
export function listAdvisedTiles(drawn: DrawnSource, longitude: number, latitude: number): readonly AdvisedTile[] {
  const zooms = needsProjectedBox(drawn.spatial) ? [NARROW_ZOOM, WIDE_ZOOM] : [NARROW_ZOOM]
  return zooms.map((zoom) => adviseOn(drawn, tileAtPosition(longitude, latitude, zoom)))
}

function adviseOn(drawn: DrawnSource, tile: TileAddress): AdvisedTile {
  const { description, spatial } = drawn
  const request = { ...drawn, ...tile, tileResolution: 1, columns: [], filters: {}, withFeatureBbox: false }
  return {
    statement: compileTile({ ...request, budget: BUDGET, mode: 'raw' }).statement,
    comparesStored: boxCondition(spatial, description, tileWindowsDegrees(tile.z, tile.x, tile.y)) !== null,
  }
}
