import type { BenchTable } from './synthetic-tables.ts'

/**
 * The tile as every ST_AsMVT tile server asks for it: the same columns, the table's key as the feature id, and a
 * buffer for what has an area. Parameters: z, x, y.
 */
export function bareMvtStatement({ table, columns, geometry }: BenchTable): string {
  const buffer = geometry === 'point' ? 0 : 64
  const margin = geometry === 'point' ? '' : `, margin => ${buffer / 4096}`
  return `SELECT ST_AsMVT(tile, 'default', 4096, 'mvt_geometry', 'id') FROM (
    SELECT id, ${columns.join(', ')},
           ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope($1, $2, $3), 4096, ${buffer}, true) AS mvt_geometry
    FROM ${table}
    WHERE geom && ST_Transform(ST_TileEnvelope($1, $2, $3${margin}), 4326)
  ) AS tile WHERE mvt_geometry IS NOT NULL`
}
