import type { TileAdvice } from '@graticule/contract'
import type { Source } from '@graticule/sql'
import { createDatabase, startPostgres, type TestDatabase, type TestPostgres } from '@graticule/testkit'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from '../../provider.ts'
import { postgresProvider } from '../provider.ts'

const RUN = { timeoutMs: 60_000 }
const PLACE = (srid: number) =>
  `ST_Transform(ST_SetSRID(ST_MakePoint(n * 0.618034 % 40 - 20, 35 + n * 0.414214 % 20), 4326), ${srid})`
const ROWS = 'FROM generate_series(1, 20000) AS n'
const SET_UP = `
  CREATE ROLE north;
  CREATE ROLE alice LOGIN IN ROLE north;
  CREATE TABLE points (id integer PRIMARY KEY, region text, geom geometry(Point, 4326));
  INSERT INTO points SELECT n, CASE WHEN n % 2 = 0 THEN 'north' ELSE 'south' END, ${PLACE(4326)} ${ROWS};
  CREATE INDEX ON points USING gist (geom);
  CREATE TABLE lines (id integer PRIMARY KEY, region text, geom geometry(LineString, 4326));
  INSERT INTO lines SELECT id, region, ST_MakeLine(geom, ST_Translate(geom, 0.01, 0)) FROM points;
  CREATE INDEX ON lines USING gist (geom);
  CREATE TABLE unindexed AS SELECT * FROM points;
  CREATE TABLE utm (id integer PRIMARY KEY, geom geometry(Point, 32631));
  INSERT INTO utm SELECT n, ${PLACE(32631)} ${ROWS};
  CREATE INDEX ON utm USING gist (geom);
  CREATE TABLE texts AS SELECT id, ST_AsText(geom) AS shape FROM points;
  CREATE TABLE pairs AS SELECT id, ST_X(geom) AS longitude, ST_Y(geom) AS latitude FROM points, generate_series(1, 3);
  CREATE TABLE few AS SELECT * FROM points LIMIT 10;
  CREATE TABLE empty (geom geometry(Point, 4326));
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO alice;
  ALTER TABLE points ENABLE ROW LEVEL SECURITY;
  CREATE POLICY regions ON points USING (pg_has_role(current_user, region, 'MEMBER'));
  ALTER TABLE lines ENABLE ROW LEVEL SECURITY;
  CREATE POLICY regions ON lines USING (pg_has_role(current_user, region, 'MEMBER'));
  ANALYZE;
`
let server: TestPostgres
let database: TestDatabase
let superuser: pg.Client
let alice: Warehouse
let owner: Warehouse

beforeAll(async () => {
  server = await startPostgres()
  database = await createDatabase(server)
  superuser = new pg.Client({ connectionString: database.connectionString })
  await superuser.connect()
  await superuser.query('CREATE ROLE south')
  await superuser.query(SET_UP)
  alice = await open('alice')
  owner = await open(database.user)
}, 60_000)
afterAll(async () => {
  await alice.close()
  await owner.close()
  await superuser.end()
  await server.stop()
})

function open(user: string): Promise<Warehouse> {
  const { host, port, database: name, password } = database
  return postgresProvider.open({ config: { host, port, user, password, database: name } })
}

async function advise(login: Warehouse, source: Source | string): Promise<TileAdvice> {
  const asked: Source = typeof source === 'string' ? { type: 'table', name: source } : source
  const description = await login.describe(asked, RUN)
  const [spatial] = description.spatialColumns
  if (!spatial) throw new Error('The source cannot be drawn.')
  return login.adviseOnTiles({ source: asked, description, spatial }, RUN)
}

/** CREATE INDEX CONCURRENTLY stands alone; other scripts are run at once. */
async function runScript({ script }: TileAdvice): Promise<void> {
  await superuser.query(script ?? '')
  await superuser.query('ANALYZE')
}

describe('the advisor', () => {
  test('names operator and function under row-level security, and its script gives a table of points a key', async () => {
    const before = await advise(alice, 'public.points')
    expect(before).toMatchObject({
      verdict: 'slow',
      reason: 'row-security',
      operator: '&&',
      functionName: expect.stringContaining('geometry_overlaps'),
      scan: { method: 'Seq Scan', index: null },
    })
    expect(before.sentence).toMatch(/^Slow because row-level security is on for public\.points/)
    expect(await advise(owner, 'public.points')).toMatchObject({ verdict: 'fast', script: null })
    await runScript(before)
    expect(await advise(alice, 'public.points')).toMatchObject({
      verdict: 'fast',
      scan: { index: 'points_tile_key_idx' },
    })
  })

  test('says the same of a query over such a table, and of lines, where the leakproof mark is what mends it', async () => {
    const query: Source = { type: 'query', sql: 'SELECT id, geom FROM points' }
    const ofQuery = await advise(alice, query)
    const ofLines = await advise(alice, 'public.lines')
    for (const advice of [ofQuery, ofLines]) {
      expect(advice).toMatchObject({ verdict: 'slow', reason: 'row-security' })
      expect(advice.script).toContain('LEAKPROOF;')
    }
    await runScript(ofLines)
    expect(await advise(alice, 'public.lines')).toMatchObject({ verdict: 'fast', scan: { index: 'lines_geom_idx' } })
    expect(await advise(alice, query)).toMatchObject({ verdict: 'fast', scan: { index: 'points_geom_idx' } })
  })

  test.each([
    ['public.unindexed', 'no-spatial-index', /has no spatial index/],
    ['public.utm', 'reprojected-geometry', /stored in EPSG:32631/],
    ['public.texts', 'converted-geometry', /holds geometry as WKT/],
    ['public.pairs', 'no-coordinate-index', /no index serves the operators/],
  ])('finds what is wrong with %s, and its script mends it', async (table, reason, sentence) => {
    const before = await advise(alice, table)
    expect(before).toMatchObject({ verdict: 'slow', reason, sentence: expect.stringMatching(sentence) })
    await runScript(before)
    expect(await advise(alice, table)).toMatchObject({ verdict: 'fast', scan: { index: expect.any(String) } })
  })

  test('leaves small tables and empty ones alone', async () => {
    expect(await advise(alice, 'public.few')).toMatchObject({
      verdict: 'fast',
      sentence: expect.stringContaining('small'),
    })
    expect(await advise(alice, 'public.empty')).toMatchObject({ verdict: 'fast', scan: null })
  })

  test('tells no number of rows, since some may be hidden', async () => {
    const query: Source = { type: 'query', sql: 'SELECT id, geom FROM points' }
    expect(JSON.stringify(await advise(alice, query))).not.toMatch(/20000|10000|"rows"/)
  })
})
