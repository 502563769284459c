import type pg from 'pg'
import type { BenchTable } from './synthetic-tables.ts'

export interface ChosenTile {
  readonly z: number
  readonly x: number
  readonly y: number
  readonly featureCount: number
}

/** Up to `limit` tiles with a number of features in the range, spread over the zooms; the same in every run. */
export async function chooseTiles(
  client: pg.Client,
  { table, geometry }: BenchTable,
  range: { readonly min: number; readonly max: number },
  zooms: readonly number[],
  limit: number,
): Promise<readonly ChosenTile[]> {
  // A point is in one tile; spanning tiles would make a million rows pass through a join for nothing.
  const [span, x, y] =
    geometry === 'point'
      ? ['spans', 'x0', 'y0']
      : ['spans, generate_series(x0, x1) AS x, generate_series(y0, y1) AS y', 'x', 'y']
  const { rows } = await client.query(
    `WITH corners AS (
       SELECT z, ST_TileEnvelope(z, 0, 0) AS first, 2 ^ z AS side, ST_Transform(geom, 3857) AS place
       FROM ${table}, unnest($1::integer[]) AS z
     ), spans AS (
       SELECT z,
         floor((ST_XMin(place) + 20037508.342789244) / 40075016.685578488 * side)::integer AS x0,
         floor((ST_XMax(place) + 20037508.342789244) / 40075016.685578488 * side)::integer AS x1,
         floor((20037508.342789244 - ST_YMax(place)) / 40075016.685578488 * side)::integer AS y0,
         floor((20037508.342789244 - ST_YMin(place)) / 40075016.685578488 * side)::integer AS y1
       FROM corners
     ), counts AS (
       SELECT z, ${x} AS x, ${y} AS y, count(*) AS n FROM ${span}
       GROUP BY 1, 2, 3 HAVING count(*) BETWEEN $2 AND $3
     ), ranked AS (
       SELECT *, row_number() OVER (PARTITION BY z ORDER BY md5(z || '/' || x || '/' || y)) AS place FROM counts
     )
     SELECT z, x, y, n::integer AS "featureCount" FROM ranked ORDER BY place, z LIMIT $4`,
    [zooms, range.min, range.max, limit],
  )
  return rows
}
