import { createDatabase, type TestDatabase } from '@graticule/testkit'
import pg from 'pg'
import { expect, vi } from 'vitest'
import type { TestApp } from './create-test-app.ts'

/** A PostGIS database with known data, and the editor's connection to it. */
export interface TestWarehouse {
  /** Name of the connection. */
  readonly name: string
  readonly connectionId: string
  readonly database: TestDatabase
  /** What a person would fill into the connection form. */
  readonly config: Readonly<Record<string, unknown>>
  /** Runs SQL beside the application, as the database's owner. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

/** 400 stores on a grid around Madrid, one road per degree, two zones, and points in plain numbers. */
const TABLES = `
  CREATE SCHEMA demo;
  CREATE TABLE demo.stores (
    id integer PRIMARY KEY, kind text, revenue double precision, opened timestamptz, is_open boolean, big bigint,
    geom geometry(Point, 4326)
  );
  INSERT INTO demo.stores
  SELECT i, (ARRAY['market', 'kiosk', 'mall'])[1 + i % 3], CASE WHEN i % 50 = 0 THEN NULL ELSE i * 1.5 END,
         timestamptz '2024-01-01 00:00:00Z' + i * interval '1 day', i % 2 = 0, 9007199254740993 + i,
         ST_SetSRID(ST_MakePoint(-4 + (i % 20) * 0.02, 40 + (i / 20) * 0.02), 4326)
  FROM generate_series(1, 400) AS i;
  CREATE INDEX ON demo.stores USING gist (geom);
  CREATE TABLE demo.roads (id integer PRIMARY KEY, name text, shape geometry(LineString, 3857));
  INSERT INTO demo.roads
  SELECT i, 'road ' || i, ST_Transform(ST_SetSRID(ST_MakeLine(ST_MakePoint(-5, 38 + i), ST_MakePoint(-2, 38.5 + i)), 4326), 3857)
  FROM generate_series(1, 4) AS i;
  CREATE TABLE demo.zones (id integer PRIMARY KEY, name text, geom geometry(Polygon, 4326));
  INSERT INTO demo.zones VALUES
    (1, 'west', ST_MakeEnvelope(-5, 39, -4, 41, 4326)), (2, 'east', ST_MakeEnvelope(-4, 39, -3, 41, 4326));
  CREATE TABLE demo.sensors (id integer PRIMARY KEY, longitude double precision, latitude double precision, value real);
  INSERT INTO demo.sensors SELECT i, -4 + i * 0.01, 40, i FROM generate_series(1, 50) AS i;
  CREATE TABLE demo.notes (id integer PRIMARY KEY, body text);
  CREATE TABLE demo.secret (id integer PRIMARY KEY, geom geometry(Point, 4326));
  INSERT INTO demo.secret VALUES (1, ST_SetSRID(ST_MakePoint(-4, 40), 4326));
  ANALYZE;
`

/** Makes the database and connects to it through the API, as the editor would. */
export async function createTestWarehouse(
  test: TestApp,
  { name = 'warehouse', privacy = 'shared' }: { readonly name?: string; readonly privacy?: 'private' | 'shared' } = {},
): Promise<TestWarehouse> {
  const address = new URL(test.warehouseUrl)
  const database = await createDatabase({
    connectionString: test.warehouseUrl,
    host: address.hostname,
    port: Number(address.port),
    database: address.pathname.slice(1),
    user: decodeURIComponent(address.username),
    password: decodeURIComponent(address.password),
  })
  const client = new pg.Client({ connectionString: database.connectionString })
  // The server ends this session when a test ends the server.
  client.on('error', () => undefined)
  await client.connect()
  await client.query(TABLES)
  const config = {
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password,
    sslMode: 'disable',
  }
  const response = await test.request({
    method: 'POST',
    url: '/v3/connections',
    as: 'editor',
    payload: { name, providerId: 'postgres', config, privacy },
  })
  if (response.statusCode !== 201) throw new Error(`The connection could not be created: ${response.body}`)
  // The check of the login that was saved reads and writes beside whatever the test does next.
  const readPosture = () => test.request({ url: `/v3/connections/${name}/posture`, as: 'editor' })
  await vi.waitFor(async () => expect((await readPosture()).json().state).toBe('checked'), 20_000)
  return {
    name,
    connectionId: response.json<{ id: string }>().id,
    database,
    config,
    query: async (sql, values) => (await client.query(sql, values)).rows,
    close: async () => {
      await client.end()
      await database.drop()
    },
  }
}
