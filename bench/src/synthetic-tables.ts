import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import pg from 'pg'
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

/** A table of the benches: what bare SQL and our server are both asked for. */
export interface BenchTable {
  readonly label: string
  readonly table: string
  readonly columns: readonly string[]
  readonly geometry: 'point' | 'polygon'
}

export const POINTS_IN_SPATIAL_ORDER: BenchTable = {
  label: '1M points, spatial order',
  table: 'bench.points_spatial_order',
  columns: ['value', 'kind', 'rank'],
  geometry: 'point',
}
export const POINTS_IN_RANDOM_ORDER: BenchTable = {
  label: '1M points, random order',
  table: 'bench.points_random_order',
  columns: ['value', 'kind', 'rank'],
  geometry: 'point',
}
export const COUNTIES: BenchTable = {
  label: 'county polygons',
  table: 'bench.counties',
  columns: ['name', 'fips', 'value'],
  geometry: 'polygon',
}

/** Makes the tables. The points are synthetic: 400 clusters over the United States, the same in every run. */
export async function createBenchTables(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    for (const statement of POINT_STATEMENTS) await client.query(statement)
    await createCounties(client)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}

const POINT_STATEMENTS = [
  'CREATE EXTENSION IF NOT EXISTS postgis',
  'CREATE SCHEMA bench',
  'SELECT setseed(0.25)',
  `CREATE TEMP TABLE clusters AS
   SELECT n, -124 + random() * 57 AS longitude, 25 + random() * 23 AS latitude, 0.05 + random() * 0.8 AS spread
   FROM generate_series(0, 399) AS n`,
  `CREATE TEMP TABLE drawn AS
   SELECT rows.n, clusters.longitude + spread * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS longitude,
          clusters.latitude + spread * 0.7 * sqrt(-2 * ln(1 - random())) * sin(2 * pi() * random()) AS latitude
   FROM (SELECT n, floor(400 * power(random(), 1.5))::integer AS cluster FROM generate_series(1, 1000000) AS n) AS rows
   JOIN clusters ON clusters.n = rows.cluster`,
  `CREATE TEMP TABLE points AS
   SELECT n::bigint AS id, round((random() * 1000)::numeric, 2)::double precision AS value,
          (ARRAY['shop', 'school', 'office', 'station', 'park', 'clinic'])[1 + n % 6] AS kind, (n % 1000)::integer AS rank,
          ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)::geometry(Point, 4326) AS geom
   FROM drawn`,
  'CREATE TABLE bench.points_spatial_order AS SELECT * FROM points ORDER BY geom',
  'CREATE TABLE bench.points_random_order AS SELECT * FROM points ORDER BY random()',
  ...['points_spatial_order', 'points_random_order'].flatMap((table) => [
    `ALTER TABLE bench.${table} ADD PRIMARY KEY (id)`,
    `CREATE INDEX ON bench.${table} USING gist (geom)`,
  ]),
  'CREATE TABLE bench.counties (id integer PRIMARY KEY, fips text, name text, value double precision, geom geometry(MultiPolygon, 4326))',
]

async function createCounties(client: pg.Client): Promise<void> {
  const path = createRequire(import.meta.url).resolve('us-atlas/counties-10m.json')
  const topology = JSON.parse(readFileSync(path, 'utf8')) as Topology<{
    counties: GeometryCollection<{ name: string }>
  }>
  const { features } = feature(topology, topology.objects.counties)
  await client.query(
    `INSERT INTO bench.counties
     SELECT row_number() OVER (), county->>'fips', county->>'name', (row_number() OVER () * 37 % 1000) / 10.0,
            ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_SetSRID(ST_GeomFromGeoJSON(county->'geometry'), 4326)), 3))
     FROM json_array_elements($1::json) AS county`,
    [
      JSON.stringify(
        features.map(({ id, properties, geometry }) => ({ fips: String(id), name: properties.name, geometry })),
      ),
    ],
  )
  await client.query('CREATE INDEX ON bench.counties USING gist (geom)')
}
