import type { SourceDescription } from '@graticule/contract'
import type { Source, Statement } from '@graticule/sql'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { encodeTile, type TileAddress, type TileFeatures, tileAtPosition } from '@graticule/tiles'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CompiledTile, Warehouse } from '../provider.ts'
import { postgresCompiler } from './compiler.ts'
import { postgresProvider } from './provider.ts'
import { type PlanNode, walkPlan } from './query-plan.ts'
import { tileKeyScript } from './tile-key-script.ts'

const RUN = { timeoutMs: 60_000 }
const POINTS = 20_000
/** Integer degrees among them lie on the borders of tiles. Every second point is north, around the world but the south. */
const SET_UP = [
  'CREATE TABLE stores (id integer PRIMARY KEY, region text NOT NULL, geom geometry(Point, 4326))',
  `INSERT INTO stores SELECT n, CASE WHEN n % 2 = 0 THEN 'north' ELSE 'south' END,
    CASE WHEN n % 100 = 0 THEN ST_SetSRID(ST_MakePoint(n * 7 / 100 % 361 - 180, n / 100 % 86), 4326)
    WHEN n % 2 = 0 THEN ST_SetSRID(ST_MakePoint(n * 0.618034 % 20 - 10, 35 + n * 0.414214 % 20), 4326)
    ELSE ST_SetSRID(ST_MakePoint(100 + n * 0.618034 % 20, -50 + n * 0.414214 % 20), 4326) END
    FROM generate_series(1, ${POINTS}) AS n`,
  'CREATE INDEX stores_geom ON stores USING gist (geom)',
  'CREATE TABLE plain AS SELECT * FROM stores',
  'ALTER TABLE stores ENABLE ROW LEVEL SECURITY',
  "CREATE POLICY regions ON stores USING (pg_has_role(current_user, region, 'MEMBER'))",
  'CREATE ROLE north',
  'CREATE ROLE south',
  "CREATE ROLE alice LOGIN PASSWORD 'alice' IN ROLE north",
  'GRANT SELECT ON stores, plain TO alice',
  'ANALYZE',
]
const STORES: Source = { type: 'table', name: 'public.stores' }
let server: TestPostgres
let owner: Warehouse
let alice: Warehouse

beforeAll(async () => {
  server = await startPostgres()
  const { host, port, user, password, database } = await createDatabase(server)
  owner = await postgresProvider.open({ config: { host, port, user, password, database } })
  for (const text of SET_UP) await owner.run({ text, values: [] }, RUN)
  alice = await postgresProvider.open({ config: { host, port, user: 'alice', password: 'alice', database } })
}, 60_000)
afterAll(async () => {
  await alice.close()
  await owner.close()
  await server.stop()
})

/** A tile as a layer asks for it; of northern points unless told. */
function compileTile(description: SourceDescription, tile: TileAddress = tileAtPosition(-3.7, 40.4, 9)): CompiledTile {
  const [spatial] = description.spatialColumns
  if (!spatial) throw new Error('There is no geometry.')
  const budget = { maxFeatures: 100_000, maxBytes: 1_000_000 }
  const request = { source: STORES, description, spatial, ...tile, tileResolution: 1, columns: ['id'], filters: {} }
  return postgresCompiler.compileTile({ ...request, withFeatureBbox: false, budget, mode: 'raw' })
}

function tileStatement(description: SourceDescription): Statement {
  return compileTile(description).statement
}

async function fetchTile(login: Warehouse, description: SourceDescription, tile: TileAddress): Promise<TileFeatures> {
  const { statement, layout } = compileTile(description, tile)
  return postgresCompiler.decodeTile(layout, await login.runRaw(statement, RUN))
}

function idsOf({ attributes }: TileFeatures): number[] {
  const column = attributes.find(({ name }) => name === 'id')
  return column?.type === 'number' ? [...column.values] : []
}

function widgetStatement(description: SourceDescription): Statement {
  const [spatial] = description.spatialColumns
  if (!spatial) throw new Error('There is no geometry.')
  const ring = [
    [-3.9, 40.1],
    [-3.1, 40.35],
    [-3.6, 40.9],
    [-3.9, 40.1],
  ]
  return postgresCompiler.compileModel({
    model: 'formula',
    params: { operation: 'count', column: 'id' },
    source: STORES,
    description,
    filters: {},
    filtersLogicalOperator: 'and',
    spatialFilter: { spatial, geometry: { type: 'Polygon', coordinates: [ring] } },
  }).statement
}

/** How the login's statement would read the table. */
async function readScan(warehouse: Warehouse, { text, values }: Statement): Promise<PlanNode> {
  const [cell] = await warehouse.runRaw({ text: `EXPLAIN (FORMAT JSON, VERBOSE) ${text}`, values }, RUN)
  const [explained] = JSON.parse(cell ?? '') as { Plan: PlanNode }[]
  const scan = [...walkPlan((explained as { Plan: PlanNode }).Plan)].find((node) => node['Relation Name'] === 'stores')
  if (!scan) throw new Error('The statement does not read the table.')
  return scan
}

/** The pages of eight kilobytes that a statement touches. */
async function readPages(warehouse: Warehouse, { text, values }: Statement): Promise<number> {
  const [cell] = await warehouse.runRaw({ text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values }, RUN)
  const [explained] = JSON.parse(cell ?? '') as { Plan: Record<string, number> }[]
  return (explained?.Plan['Shared Hit Blocks'] ?? 0) + (explained?.Plan['Shared Read Blocks'] ?? 0)
}

describe('under row-level security', () => {
  test('nothing tells how many rows there are that the login does not see', async () => {
    const everything = await owner.describe(STORES, RUN)
    expect(everything.rowEstimate).toBe(POINTS)
    expect(everything.sizeBytes).toBeGreaterThan(0)
    const seen = await alice.describe(STORES, RUN)
    expect(seen).toMatchObject({ rowEstimate: null, sizeBytes: null })
    const listed = await alice.listTables('public', RUN)
    expect(listed.find(({ name }) => name === 'stores')).toMatchObject({ rowEstimate: null, sizeBytes: null })
    expect(listed.find(({ name }) => name === 'plain')).toMatchObject({ rowEstimate: POINTS })
    const query = { type: 'query', sql: "SELECT * FROM stores WHERE region <> ''" } as const
    expect((await alice.describe(query, RUN)).rowEstimate).toBeNull()
    expect((await owner.describe(query, RUN)).rowEstimate).toBeGreaterThan(0)
    expect((await alice.describe({ type: 'query', sql: 'SELECT * FROM plain' }, RUN)).rowEstimate).toBeGreaterThan(0)
  })

  test('the extent is that of the rows which the login sees', async () => {
    const description = await alice.describe(STORES, RUN)
    const [spatial] = description.spatialColumns
    if (!spatial) throw new Error('There is no geometry.')
    const filters = { id: { between: { values: [[1, 99] as [number, number]] } } }
    const { statement, read } = postgresCompiler.compileExtent({ source: STORES, description, spatial, filters })
    const own = read((await alice.run(statement, RUN)).rows)
    const whole = read((await owner.run(statement, RUN)).rows)
    expect(own?.xmax).toBeLessThan(11)
    expect(whole?.xmax).toBeGreaterThan(99)
    expect(statement.text).not.toContain('ST_EstimatedExtent')
  })

  test('a box alone uses no index, although it stands first', async () => {
    const description = await alice.describe(STORES, RUN)
    expect(description.spatialColumns[0]?.tileKey).toBeUndefined()
    const statement = tileStatement(description)
    expect(statement.text).toMatch(/WHERE \(\(source\."geom" && ST_MakeEnvelope/)
    expect(await readScan(alice, statement)).toMatchObject({
      'Node Type': 'Seq Scan',
      Filter: expect.stringContaining('&&'),
    })
    expect((await readScan(owner, statement))['Node Type']).not.toBe('Seq Scan')
    expect((await readScan(alice, widgetStatement(description)))['Node Type']).toBe('Seq Scan')
  })
})

describe('a tile key', () => {
  let before: SourceDescription
  let keyed: SourceDescription

  beforeAll(async () => {
    before = await alice.describe(STORES, RUN)
    const [spatial] = before.spatialColumns
    if (!spatial) throw new Error('There is no geometry.')
    const columnNames = before.columns.map(({ name }) => name)
    const script = tileKeyScript({ schema: 'public', name: 'stores', spatial, postgisSchema: 'public', columnNames })
    for (const text of splitScript(script)) await owner.run({ text, values: [] }, RUN)
    keyed = await alice.describe(STORES, RUN)
  }, 60_000)

  test('is found by what its column says of itself', () => {
    expect(keyed.spatialColumns[0]?.tileKey).toEqual({ column: 'tile_key', resolution: 26 })
  })

  test('lets an index serve the tiles of a login under row-level security', async () => {
    const statement = tileStatement(keyed)
    expect(statement.text).toMatch(
      /WHERE \(\(source\."tile_key" BETWEEN \$\d+::bigint AND \$\d+::bigint\) AND \(source\."geom" && ST_MakeEnvelope/,
    )
    const scan = await readScan(alice, statement)
    expect(scan['Node Type']).toMatch(/^(Index|Bitmap Heap) Scan$/)
    expect(JSON.stringify(scan)).toContain('stores_tile_key_idx')
    expect(JSON.stringify(scan)).toContain('Cond":"((source.tile_key >= ')
  })

  test('makes a viewport of six tiles cost about what it costs without row-level security', async () => {
    const first = tileAtPosition(-3.7, 40.4, 7)
    const viewport = [0, 1, 2].flatMap((x) => [0, 1].map((y) => ({ z: 7, x: first.x + x - 1, y: first.y + y - 1 })))
    const countPages = async (login: Warehouse, description: SourceDescription) => {
      let pages = 0
      for (const tile of viewport) pages += await readPages(login, compileTile(description, tile).statement)
      return pages
    }
    // Pages and not milliseconds: they are the same on every machine. Without the key each tile reads the whole table.
    const withoutPolicies = await countPages(owner, before)
    const withKey = await countPages(alice, keyed)
    expect(withKey).toBeLessThanOrEqual(3 * withoutPolicies)
    expect(withKey).toBeLessThan(await countPages(alice, before))
  })

  test('lets it serve widgets with a spatial filter', async () => {
    const scan = await readScan(alice, widgetStatement(keyed))
    expect(JSON.stringify(scan)).toContain('stores_tile_key_idx')
    const count = async ({ text, values }: Statement) => (await alice.run({ text, values }, RUN)).rows[0]?.value
    expect(await count(widgetStatement(keyed))).toBe(await count(widgetStatement(before)))
    expect(await count(widgetStatement(keyed))).toBeGreaterThan(0)
  })

  test.each([
    [0, 0, 0],
    [1, 1, 0],
    [2, 1, 1],
    [3, 3, 3],
    [3, 7, 2],
    [6, 31, 24],
    [9, 255, 192],
  ])('leaves out nothing that is drawn in tile %i/%i/%i', async (z, x, y) => {
    const tile = { z, x, y }
    for (const login of [alice, owner]) {
      const [own, all] = [await fetchTile(login, keyed, tile), await fetchTile(login, before, tile)]
      const ids = new Set(idsOf(all))
      expect(idsOf(own).every((id) => ids.has(id))).toBe(true)
      // The box holds points of its eastern and southern border too, which the encoder leaves to the neighbours.
      expect(encodeTile(own, tile).featureCount).toBe(encodeTile(all, tile).featureCount)
    }
    expect(encodeTile(await fetchTile(owner, keyed, tile), tile).featureCount).toBeGreaterThan(0)
  })

  test('is left alone when its column is not indexed, no bigint, or of lines', async () => {
    for (const text of [
      'CREATE TABLE unindexed (geom geometry(Point, 4326), key bigint)',
      "COMMENT ON COLUMN unindexed.key IS 'tile key: quadbin 20 of geom'",
      'CREATE TABLE texts (geom geometry(Point, 4326), key text)',
      'CREATE INDEX ON texts (key)',
      "COMMENT ON COLUMN texts.key IS 'tile key: quadbin 20 of geom'",
      'CREATE TABLE lines (geom geometry(LineString, 4326), key bigint)',
      'CREATE INDEX ON lines (key)',
      "COMMENT ON COLUMN lines.key IS 'tile key: quadbin 20 of geom'",
      'CREATE TABLE keyed (geom geometry(Point, 4326), key bigint)',
      'CREATE INDEX ON keyed (key)',
      "COMMENT ON COLUMN keyed.key IS E'Where it is.\\ntile key: quadbin 20 of geom'",
      'CREATE VIEW seen AS SELECT * FROM keyed',
      "COMMENT ON COLUMN seen.key IS 'tile key: quadbin 20 of geom'",
    ]) {
      await owner.run({ text, values: [] }, RUN)
    }
    const keyOf = async (name: string) =>
      (await owner.describe({ type: 'table', name }, RUN)).spatialColumns[0]?.tileKey ?? null
    expect(await keyOf('public.unindexed')).toBeNull()
    expect(await keyOf('public.texts')).toBeNull()
    expect(await keyOf('public.lines')).toBeNull()
    expect(await keyOf('public.keyed')).toEqual({ column: 'key', resolution: 20 })
    expect(await keyOf('public.seen')).toEqual({ column: 'key', resolution: 20 })
  })
})

function splitScript(script: string): readonly string[] {
  return script.split(/;\n(?=ALTER|CREATE INDEX|COMMENT|ANALYZE)/).map((text) => text.replace(/^--.*\n/, ''))
}
