import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Engine, startEngine } from '../../platform/engine/engine.ts'
import { DEMO_SAMPLES, DEMO_VIEW } from './demo-samples.ts'
import { prepareDemoWarehouse } from './prepare-warehouse.ts'
import { DEMO_TABLES } from './tables/index.ts'
import type { LoadProgress } from './warehouse-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'graticule-demo-test-'))
const progress: LoadProgress[] = []
let engine: Engine
let client: pg.Client

async function rowsOf(text: string): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(text)).rows
}

beforeAll(async () => {
  engine = await startEngine({
    kind: 'warehouse',
    dataDir: join(folder, 'warehouse'),
    socketDir: join(folder, 'run'),
  })
  // A load that is cut off: the engine dies with the first table's rows in an open transaction.
  const cutOff = prepareDemoWarehouse(engine.connection, () => engine.interrupt())
  await expect(cutOff).rejects.toThrow()
  await engine.whenReady()
  await prepareDemoWarehouse(engine.connection, (step) => progress.push(step))
  client = new pg.Client({ ...engine.connection })
  await client.connect()
}, 400_000)

afterAll(async () => {
  await client?.end()
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('the demo warehouse', () => {
  test('is loaded whole after a load that was cut off, and told table by table', () => {
    expect(progress.map((step) => step.table)).toEqual(DEMO_TABLES.map((table) => `demo.${table.name}`))
  })

  test('is left alone when it is already there', async () => {
    const steps: LoadProgress[] = []
    expect(await prepareDemoWarehouse(engine.connection, (step) => steps.push(step))).toBe(false)
    expect(steps).toEqual([])
  })

  test.each([
    ['cities', 135_233, 'POINT'],
    ['counties', 3_219, 'MULTIPOLYGON'],
    ['countries', 241, 'MULTIPOLYGON'],
    ['earthquakes', 1_707, 'POINT'],
    ['flights', 20_000, 'LINESTRING'],
    ['states', 56, 'MULTIPOLYGON'],
  ])('%s holds %i valid geometries of its type in degrees, with a spatial index', async (table, count, type) => {
    const [facts] = await rowsOf(
      `SELECT count(*)::int AS count, bool_and(ST_IsValid(geom) AND NOT ST_IsEmpty(geom)) AS valid,
              min(GeometryType(geom)) AS type, max(ST_SRID(geom)) AS srid,
              bool_and(abs(ST_XMax(geom)) <= 180 AND abs(ST_XMin(geom)) <= 180) AS in_degrees FROM demo.${table}`,
    )
    expect(facts).toEqual({ count, valid: true, type, srid: 4326, in_degrees: true })
    expect(
      await rowsOf(`SELECT 1 FROM pg_indexes WHERE indexdef LIKE '%ON demo.${table} USING gist (geom)%'`),
    ).toHaveLength(1)
  })

  test('keeps neighbours together: cities next to each other in the table lie near each other', async () => {
    const [{ apart }] = (await rowsOf(
      `SELECT avg(ST_Distance(a.geom, b.geom)) AS apart FROM demo.cities a JOIN demo.cities b ON b.id = a.id + 1`,
    )) as [{ apart: number }]
    expect(apart).toBeLessThan(1)
  })

  test('has figures for every county, and the known one of Los Angeles', async () => {
    expect(
      await rowsOf('SELECT 1 FROM demo.counties WHERE num_nulls(unemployment_rate, state, nearest_earthquake_at) > 0'),
    ).toEqual([])
    expect(await rowsOf("SELECT state, unemployment_rate FROM demo.counties WHERE fips = '06037'")).toEqual([
      { state: 'California', unemployment_rate: 12.7 },
    ])
  })

  test.each(DEMO_SAMPLES)(
    'the sample $table has data in the tile of the view, and no gaps in its columns',
    async (sample) => {
      const [longitude, latitude, zoom] = DEMO_VIEW
      const column = Math.floor(((longitude + 180) / 360) * 2 ** zoom)
      const row = Math.floor(((1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2) * 2 ** zoom)
      const [facts] = await rowsOf(
        `SELECT count(*) FILTER (WHERE ST_Intersects(geom, ST_Transform(ST_TileEnvelope(${zoom}, ${column}, ${row}), 4326)))::int
                AS in_view,
              sum(num_nulls(${sample.numericColumn}, ${sample.categoryColumn}, ${sample.dateColumn}))::int AS gaps,
              count(DISTINCT ${sample.dateColumn})::int AS dates
       FROM ${sample.table}`,
      )
      expect(facts?.in_view).toBeGreaterThan(50)
      expect(facts?.gaps).toBe(0)
      expect(facts?.dates).toBeGreaterThan(100)
    },
  )

  test('explains every column in the catalogue', async () => {
    const uncommented = await rowsOf(
      `SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'demo'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
         AND a.attname NOT IN ('id', 'geom') AND col_description(c.oid, a.attnum) IS NULL`,
    )
    expect(uncommented).toEqual([])
  })
})
