import { createDatabase, startPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Warehouse } from '../provider.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 30_000 }
let warehouse: Warehouse
let stop: () => Promise<void>

beforeAll(async () => {
  const server = await startPostgres()
  const { host, port, user, password, database } = await createDatabase(server)
  warehouse = await postgresProvider.open({ config: { host, port, user, password, database } })
  stop = async () => {
    await warehouse.close()
    await server.stop()
  }
  for (const text of [
    'CREATE SCHEMA shop',
    'CREATE TABLE shop.stores (id int, name text, opened timestamptz, geom geometry(Point, 4326))',
    'CREATE TABLE shop.wages (id int, amount numeric)',
    'CREATE FUNCTION peek(shop.stores) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT max(amount) FROM shop.wages $$',
    `CREATE FUNCTION shop.plus(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT $1 + $2 $$`,
    'CREATE OPERATOR shop.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = shop.plus)',
    'CREATE AGGREGATE shop.total (int) (SFUNC = shop.plus, STYPE = int)',
  ]) {
    await warehouse.run({ text, values: [] }, RUN)
  }
})

afterAll(() => stop())

const listReads = (text: string) => warehouse.listReads({ text, values: [] }, RUN)

test.each([
  ["SELECT query_to_xml('SELECT * FROM shop.wages', true, true, '') FROM shop.stores", 'query_to_xml'],
  ["SELECT table_to_xml('shop.wages', true, true, '') FROM shop.stores", 'table_to_xml'],
  ["SELECT cursor_to_xml('c', 1, true, true, '')", 'cursor_to_xml'],
  ["SELECT * FROM ts_stat('SELECT to_tsvector(amount::text) FROM shop.wages')", 'ts_stat'],
  ["SELECT pg_read_file('/etc/passwd')", 'pg_read_file'],
  ['SELECT lo_get(1)', 'lo_get'],
  ["SELECT pg_relation_size('shop.wages')", 'pg_relation_size'],
  ["SELECT to_regclass('shop.wages') IS NULL", 'to_regclass'],
  ["SELECT 'shop.wages'::regclass", 'regclass'],
  ["SELECT ('shop.' || 'wages')::regclass", 'regclass'],
  ['SELECT 1259::oid::regclass::text', 'regclass'],
  ["SELECT current_setting('data_directory')", 'current_setting'],
  ["SELECT st_estimatedextent('shop', 'stores', 'geom')", 'st_estimatedextent'],
  ['SELECT s.peek FROM shop.stores AS s', 'peek'],
  ['SELECT 1 OPERATOR(shop.<+>) 2', 'plus'],
  ['SELECT shop.total(id) FROM shop.stores', 'total'],
  ['SELECT pg_sleep(0)', 'pg_sleep'],
])('%s calls something that may read more than it is handed', async (sql, name) => {
  expect((await listReads(sql)).opaqueFunctions).toContain(name)
})

test.each([
  "SELECT name || ' ' || lower(name), date_trunc('day', opened), now() - opened, to_char(opened, 'YYYY') FROM shop.stores",
  'SELECT ST_AsGeoJSON(ST_Transform(geom, 3857)), ST_Distance(geom::geography, geom::geography) FROM shop.stores',
  'SELECT count(*), avg(id), string_agg(name, $$,$$), jsonb_agg(name), row_number() OVER () FROM shop.stores GROUP BY id',
  'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM shop.stores',
  "SELECT * FROM shop.stores WHERE geom && ST_MakeEnvelope(0, 0, 1, 1, 4326) AND name ~* 'a' AND id = ANY (ARRAY[1, 2])",
  "SELECT to_tsvector('english', name) @@ to_tsquery('english', 'a') FROM shop.stores",
  'SELECT * FROM shop.stores TABLESAMPLE bernoulli (10), generate_series(1, 3) AS n',
])('%s does not', async (sql) => {
  expect(await listReads(sql)).toMatchObject({
    relations: [{ schema: 'shop', name: 'stores', isSystem: false }],
    opaqueFunctions: [],
    isReadOnly: true,
  })
})

test.each([
  'SELECT * FROM pg_class',
  'SELECT * FROM information_schema.tables',
  'SELECT * FROM geometry_columns',
  'SELECT * FROM pg_stats',
])('%s reads what belongs to the database itself', async (sql) => {
  expect((await listReads(sql)).relations[0]?.isSystem).toBe(true)
})

test.each([
  'SELECT * FROM shop.stores FOR UPDATE',
  'WITH gone AS (DELETE FROM shop.stores RETURNING *) SELECT * FROM gone',
  'UPDATE shop.stores SET id = 1',
  'SELECT 1 AS one INTO shop.other',
])('%s does more than read', async (sql) => {
  expect((await listReads(sql)).isReadOnly).toBe(false)
})

test.each(['EXPLAIN SELECT 1', 'COPY shop.stores TO STDOUT', 'SHOW data_directory'])(
  '%s is not taken for a query',
  async (sql) => {
    await expect(listReads(sql)).rejects.toMatchObject({ code: 'invalid_query' })
  },
)

test('nothing stays behind on the session', async () => {
  await listReads('SELECT 1')
  await listReads('SELECT * FROM nowhere').catch(() => undefined)
  const { rows } = await warehouse.run(
    {
      text: `SELECT current_setting('debug_print_parse') AS tree, current_setting('client_min_messages') AS level,
  (SELECT count(*)::int FROM pg_prepared_statements) AS prepared`,
      values: [],
    },
    RUN,
  )
  expect(rows).toEqual([{ tree: 'off', level: 'notice', prepared: 0 }])
})
