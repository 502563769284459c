import pg from 'pg'
import type { DemoSample } from './server-process.ts'

/** Where the synthetic tables have their data. */
export const SAMPLE_VIEW = [-73.9, 40.7, 9] as const

/** The tables that `createSampleTables` makes, in the words of demo.json. */
export const SAMPLE_TABLES: readonly DemoSample[] = [
  {
    table: 'sales.stores',
    geometry: 'point',
    geometryColumn: 'geom',
    numericColumn: 'revenue',
    categoryColumn: 'store_type',
    dateColumn: 'opened_at',
  },
  {
    table: 'sales.routes',
    geometry: 'line',
    geometryColumn: 'geom',
    numericColumn: 'length_km',
    categoryColumn: 'carrier',
    dateColumn: 'driven_on',
  },
  {
    table: 'sales.zones',
    geometry: 'polygon',
    geometryColumn: 'geom',
    numericColumn: 'population',
    categoryColumn: 'zone_kind',
    dateColumn: 'surveyed_at',
  },
]

/**
 * Synthetic stores, routes and zones around New York, the same on every run. They differ on purpose: points in
 * web mercator with NULLs and a key, lines with a plain date, polygons as multi-polygons with holes.
 */
export async function createSampleTables(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of STATEMENTS) await client.query(statement)
  } finally {
    await client.end()
  }
}

const STATEMENTS = [
  'CREATE EXTENSION IF NOT EXISTS postgis',
  'CREATE SCHEMA sales',
  'SELECT setseed(0.42)',
  `CREATE TABLE sales.stores AS
   SELECT n::bigint AS id,
          'Store ' || n AS name,
          CASE WHEN n % 50 = 0 THEN NULL
               ELSE (ARRAY['Supermarket', 'Supermarket', 'Supermarket', 'Café', 'Café', 'Kiosk', 'Bakery', 'Chemist'])[1 + n % 8]
          END AS store_type,
          CASE WHEN n % 40 = 0 THEN NULL ELSE round((random() * 1000)::numeric, 2)::double precision END AS revenue,
          TIMESTAMPTZ '2021-01-01 00:00:00+00' + n * INTERVAL '61 minutes' AS opened_at,
          ST_Transform(ST_SetSRID(ST_MakePoint(-73.9 + (random() - 0.5) * 1.6, 40.7 + (random() - 0.5) * 1.2), 4326), 3857)
            ::geometry(Point, 3857) AS geom
   FROM generate_series(1, 20000) AS n`,
  'ALTER TABLE sales.stores ADD PRIMARY KEY (id)',
  'CREATE INDEX ON sales.stores USING gist (geom)',
  `CREATE TABLE sales.routes AS
   SELECT n AS id,
          (ARRAY['North', 'South', 'East'])[1 + n % 3] AS carrier,
          (n % 90)::integer AS length_km,
          DATE '2022-03-01' + (n % 400)::integer AS driven_on,
          ST_MakeLine(ARRAY[
            ST_SetSRID(ST_MakePoint(-73.9 + sin(n) * 0.7, 40.7 + cos(n * 1.7) * 0.5), 4326),
            ST_SetSRID(ST_MakePoint(-73.9 + sin(n + 0.2) * 0.6, 40.7 + cos(n * 1.7 + 0.3) * 0.4), 4326),
            ST_SetSRID(ST_MakePoint(-73.9 + sin(n + 0.5) * 0.7, 40.7 + cos(n * 1.7 + 0.8) * 0.5), 4326)
          ])::geometry(LineString, 4326) AS geom
   FROM generate_series(1, 1500) AS n`,
  'ALTER TABLE sales.routes ADD PRIMARY KEY (id)',
  'CREATE INDEX ON sales.routes USING gist (geom)',
  `CREATE TABLE sales.zones AS
   SELECT row_number() OVER () AS id,
          (ARRAY['Residential', 'Industrial', 'Park', 'Residential'])[1 + (x * 7 + y) % 4] AS zone_kind,
          (x * 100 + y)::bigint AS population,
          TIMESTAMP '2020-05-05 10:00:00' + (x * 30 + y) * INTERVAL '1 day' AS surveyed_at,
          ST_Multi(ST_Difference(
            ST_MakeEnvelope(-74.6 + x * 0.1, 40.2 + y * 0.1, -74.6 + x * 0.1 + 0.095, 40.2 + y * 0.1 + 0.095, 4326),
            ST_Buffer(ST_SetSRID(ST_MakePoint(-74.6 + x * 0.1 + 0.05, 40.2 + y * 0.1 + 0.05), 4326), 0.02)
          ))::geometry(MultiPolygon, 4326) AS geom
   FROM generate_series(0, 13) AS x, generate_series(0, 9) AS y`,
  'ALTER TABLE sales.zones ADD PRIMARY KEY (id)',
  'CREATE INDEX ON sales.zones USING gist (geom)',
  'ANALYZE sales.stores, sales.routes, sales.zones',
]
