import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ForeignRights, Warehouse } from '../provider.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 60_000 }
const SET_UP = [
  'CREATE TABLE stores (id integer PRIMARY KEY, region text, geom geometry(Point, 4326))',
  "INSERT INTO stores SELECT n, 'north', ST_SetSRID(ST_MakePoint(n, 10), 4326) FROM generate_series(1, 20) AS n",
  'ALTER TABLE stores ENABLE ROW LEVEL SECURITY',
  'CREATE POLICY few ON stores USING (id < 5)',
  'CREATE TABLE open_table (id integer)',
  'CREATE VIEW owner_view AS SELECT * FROM stores',
  'CREATE VIEW "view of\n a view" WITH (security_invoker = true) AS SELECT id FROM owner_view',
  'CREATE VIEW invoker_view WITH (security_invoker = true) AS SELECT * FROM stores',
  'CREATE MATERIALIZED VIEW copied AS SELECT * FROM stores',
  'CREATE VIEW harmless AS SELECT * FROM open_table',
  "CREATE FUNCTION count_all() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM stores'",
  "CREATE FUNCTION add_one(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n + 1'",
  'CREATE VIEW counting WITH (security_invoker = true) AS SELECT count_all() AS count',
  "CREATE FUNCTION count_more(n integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) + n FROM stores'",
  'CREATE OPERATOR @#@ (RIGHTARG = integer, FUNCTION = count_more)',
  'CREATE VIEW operating WITH (security_invoker = true) AS SELECT @#@ id AS count FROM open_table',
  'CREATE ROLE alice LOGIN',
  'GRANT SELECT ON stores, open_table, owner_view, "view of\n a view", invoker_view, copied, harmless, counting TO alice',
  'GRANT SELECT ON operating TO alice',
  'GRANT INSERT ON open_table TO alice',
]
let server: TestPostgres
let database: TestDatabase
let alice: Warehouse

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server)
  const superuser = await open(database.user)
  for (const text of SET_UP) await superuser.run({ text, values: [] }, RUN)
  await superuser.close()
  alice = await open('alice')
}, 60_000)
afterAll(async () => {
  await alice.close()
  await server.stop()
})

function open(user: string): Promise<Warehouse> {
  const { host, port, database: name, password } = database
  return postgresProvider.open({ config: { host, port, user, password, database: name } })
}

/** What is told of a statement before it is run; it must not run before. */
async function rightsOf(text: string, values: unknown[] = []): Promise<ForeignRights> {
  const told: ForeignRights[] = []
  const admitRights = (rights: ForeignRights) => {
    told.push(rights)
    throw new Error('not this one')
  }
  await expect(alice.run({ text, values }, { ...RUN, admitRights })).rejects.toThrow('not this one')
  expect(told).toHaveLength(1)
  return told[0] as ForeignRights
}

test('what a statement reads with the rights of an owner is told before it runs, through views of views', async () => {
  const objects = async (sql: string, values?: unknown[]) => (await rightsOf(sql, values)).objects
  expect(await objects('SELECT * FROM stores WHERE id = $1', [3])).toEqual([])
  expect(await objects('SELECT * FROM invoker_view')).toEqual([])
  expect(await objects('SELECT * FROM harmless')).toEqual([])
  expect(await objects('SELECT * FROM owner_view')).toEqual(['public.owner_view'])
  expect(await objects('SELECT 1 FROM "view of\n a view"')).toEqual(['public.owner_view'])
  expect(await objects('WITH c AS (SELECT * FROM copied) SELECT count(*) FROM c, owner_view')).toEqual([
    'public.copied',
    'public.owner_view',
  ])
  expect(await objects('SELECT count_all()')).toEqual(['public.count_all()'])
  expect(await objects('SELECT * FROM counting')).toEqual(['public.count_all()'])
  expect(await objects('SELECT @#@ id FROM open_table')).toEqual(['public.count_more(n integer)'])
  expect(await objects('SELECT * FROM operating')).toEqual(['public.count_more(n integer)'])
  expect(await objects('INSERT INTO open_table SELECT id FROM owner_view')).toEqual(['public.owner_view'])
})

test('what cannot be looked into is told too: functions of somebody’s own, what runs a text, and what is no query', async () => {
  expect(await rightsOf('SELECT add_one(1)')).toEqual({ objects: [], hasUnknown: false, opaqueFunctions: ['add_one'] })
  const text = "SELECT query_to_xml('SELECT * FROM owner_view', true, false, '')"
  expect(await rightsOf(text)).toMatchObject({ opaqueFunctions: ['query_to_xml'] })
  for (const sql of [
    'CREATE TEMPORARY TABLE t AS SELECT * FROM copied',
    'DO $$ BEGIN END $$',
    'SELECT 1 AS one INTO TEMPORARY t',
  ]) {
    expect((await rightsOf(sql)).hasUnknown, sql).toBe(true)
  }
})

test('tiles, widgets, streams and descriptions are looked at like every statement, and run once they are admitted', async () => {
  const told: ForeignRights[] = []
  const options = { ...RUN, admitRights: (rights: ForeignRights) => void told.push(rights) }
  const source = { type: 'table', name: 'stores' } as const
  const description = await alice.describe(source, options)
  const [spatial] = description.spatialColumns
  if (spatial === undefined) throw new Error('The table has no geometry.')
  const { compiler } = postgresProvider
  const tile = compiler.compileTile({
    ...{ source, description, spatial, z: 0, x: 0, y: 0, tileResolution: 1, columns: ['id'], filters: {}, mode: 'raw' },
    ...{ withFeatureBbox: false, budget: { maxFeatures: 1000, maxBytes: 1e6 } },
  })
  await alice.runRaw(tile.statement, options)
  const extent = compiler.compileExtent({ source, description, spatial, filters: {} })
  await alice.run(extent.statement, options)
  for await (const batch of alice.stream({ text: 'SELECT * FROM stores', values: [] }, options)) {
    expect(batch.rows).toHaveLength(4)
  }
  const query = { type: 'query', sql: 'SELECT id, geom FROM stores' } as const
  await alice.describe(query, options)
  expect(told.length).toBeGreaterThanOrEqual(5)
  expect(
    told.filter(
      ({ objects, hasUnknown, opaqueFunctions }) => hasUnknown || objects.length + opaqueFunctions.length > 0,
    ),
  ).toEqual([])
})
