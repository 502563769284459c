import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Warehouse } from '../provider.ts'
import { postgresProvider } from './provider.ts'

const RUN = { timeoutMs: 20_000 }
let server: TestPostgres
let owner: Warehouse
let reader: Warehouse

const SET_UP = [
  'CREATE SCHEMA shown',
  'CREATE SCHEMA hidden',
  "CREATE TYPE shown.mood AS ENUM ('sad', 'ok')",
  'CREATE DOMAIN shown.score AS integer CHECK (VALUE >= 0)',
  `CREATE TABLE shown.plain (id bigint PRIMARY KEY, mood shown.mood, score shown.score, tags text[], code uuid, note varchar(5),
    span tstzrange, geom geometry(MultiPolygonZ, 25830))`,
  'CREATE TABLE shown.fresh (geom geometry)',
  'CREATE TABLE shown.pair (b int, a int, PRIMARY KEY (a, b))',
  'CREATE VIEW shown.seen AS SELECT id, geom FROM shown.plain',
  'CREATE MATERIALIZED VIEW shown.kept AS SELECT id FROM shown.plain',
  'CREATE TABLE shown.parts (id int, day date) PARTITION BY RANGE (day)',
  "CREATE TABLE shown.parts_2024 PARTITION OF shown.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
  "INSERT INTO shown.parts SELECT n, '2024-02-01' FROM generate_series(1, 500) AS n",
  'CREATE TABLE shown.secret (id int)',
  'CREATE TABLE hidden.table_of_others (id int)',
  'CREATE TABLE shown.half (open int, closed int)',
  "INSERT INTO shown.plain (id, mood, score, tags, note) VALUES (1, 'ok', 3, '{a,b}', 'x')",
  'ANALYZE',
  "CREATE ROLE reader LOGIN PASSWORD 'reader'",
  'GRANT USAGE ON SCHEMA shown TO reader',
  'GRANT SELECT ON shown.plain, shown.fresh, shown.pair, shown.seen, shown.kept, shown.parts TO reader',
  'GRANT SELECT (open) ON shown.half TO reader',
]

beforeAll(async () => {
  server = await startPostgres()
  const { host, port, user, password, database } = await createDatabase(server)
  owner = await postgresProvider.open({ config: { host, port, user, password, database } })
  for (const text of SET_UP) await owner.run({ text, values: [] }, RUN)
  reader = await postgresProvider.open({ config: { host, port, user: 'reader', password: 'reader', database } })
})
afterAll(async () => {
  await owner.close()
  await reader.close()
  await server.stop()
})

describe('what a login may see', () => {
  test('schemas with the number of tables that it may read; nothing of extensions or partitions', async () => {
    const schemas = await reader.listSchemas(RUN)
    expect(schemas.map(({ name }) => name)).toEqual(['public', 'shown'])
    expect(schemas).toContainEqual({ name: 'public', tableCount: 0 })
    expect(schemas).toContainEqual({ name: 'shown', tableCount: 7 })
    expect((await owner.listSchemas(RUN)).map(({ name }) => name)).toContain('hidden')
  })

  test('tables of every kind', async () => {
    const tables = await reader.listTables('shown', RUN)
    expect(tables.map(({ name, kind }) => [name, kind])).toEqual([
      ['fresh', 'table'],
      ['half', 'table'],
      ['kept', 'materialized-view'],
      ['pair', 'table'],
      ['parts', 'partitioned-table'],
      ['plain', 'table'],
      ['seen', 'view'],
    ])
    expect(tables.find(({ name }) => name === 'plain')).toMatchObject({ geometryType: 'MultiPolygon', rowEstimate: 1 })
    expect(tables.find(({ name }) => name === 'parts')).toMatchObject({ rowEstimate: 500 })
    expect(tables.find(({ name }) => name === 'seen')).toMatchObject({ rowEstimate: null, geometryColumn: 'geom' })
    expect(await reader.listTables('hidden', RUN)).toEqual([])
  })

  test('a table that it may not read is refused by name, one in a closed schema does not exist', async () => {
    await expect(reader.describe({ type: 'table', name: 'shown.secret' }, RUN)).rejects.toMatchObject({
      code: 'warehouse_permission_denied',
    })
    await expect(reader.describe({ type: 'table', name: 'hidden.table_of_others' }, RUN)).rejects.toMatchObject({
      code: 'table_not_found',
    })
    await expect(reader.describe({ type: 'table', name: 'other_database.shown.plain' }, RUN)).rejects.toMatchObject({
      code: 'table_not_found',
    })
    await expect(reader.run({ text: 'SELECT * FROM shown.secret', values: [] }, RUN)).rejects.toMatchObject({
      code: 'warehouse_permission_denied',
      message: expect.stringContaining('"reader"'),
    })
  })

  test('of a table with some columns closed, the open ones', async () => {
    const { columns } = await reader.describe({ type: 'table', name: 'shown.half' }, RUN)
    expect(columns.map(({ name }) => name)).toEqual(['open'])
  })
})

describe('what a table is made of', () => {
  test('enums are strings, domains what they are made of, arrays variants', async () => {
    const { columns, primaryKey, spatialColumns } = await reader.describe({ type: 'table', name: 'shown.plain' }, RUN)
    expect(columns.map(({ name, type, nativeType }) => [name, type, nativeType])).toEqual([
      ['id', 'bigint', 'bigint'],
      ['mood', 'string', 'shown.mood'],
      ['score', 'number', 'integer'],
      ['tags', 'variant', 'text[]'],
      ['code', 'string', 'uuid'],
      ['note', 'string', 'character varying(5)'],
      ['span', 'unknown', 'tstzrange'],
      ['geom', 'geometry', 'geometry(MultiPolygonZ,25830)'],
    ])
    expect(primaryKey).toEqual(['id'])
    expect(spatialColumns).toMatchObject([{ srid: 25830, geometryType: 'MultiPolygon', hasSpatialIndex: false }])
  })

  test('a query has the same types, and its rows the same values', async () => {
    const sql = 'SELECT mood, score, tags, note FROM shown.plain'
    const { columns } = await reader.describe({ type: 'query', sql }, RUN)
    expect(columns.map(({ type }) => type)).toEqual(['string', 'number', 'variant', 'string'])
    const { fields, rows } = await reader.run({ text: sql, values: [] }, RUN)
    expect(fields.map(({ type }) => type)).toEqual(['string', 'number', 'variant', 'string'])
    expect(rows).toEqual([{ mood: 'ok', score: 3, tags: ['a', 'b'], note: 'x' }])
  })

  test('a primary key of two columns is in its order, and a table never analysed has no estimate', async () => {
    expect((await reader.describe({ type: 'table', name: 'shown.pair' }, RUN)).primaryKey).toEqual(['a', 'b'])
    await owner.run({ text: 'CREATE TABLE shown.unseen (id int)', values: [] }, RUN)
    expect((await owner.describe({ type: 'table', name: 'shown.unseen' }, RUN)).rowEstimate).toBeNull()
  })

  test('a query with two columns of one name is told so', async () => {
    await expect(reader.describe({ type: 'query', sql: 'SELECT 1 AS a, 2 AS a' }, RUN)).rejects.toThrow(/"a"/)
  })

  test('a geometry column that says nothing of itself is known by its values, wherever they begin', async () => {
    const text = `CREATE TABLE shown.untyped AS SELECT n AS id,
  CASE WHEN n > 5000 THEN ST_Transform(ST_SetSRID(ST_Point(n / 1000.0, 45), 4326), 3857) END AS geom FROM generate_series(1, 5010) AS n`
    await owner.run({ text, values: [] }, RUN)
    const expected = [{ spatialDataColumn: 'geom', srid: 3857, geometryType: 'Point' }]
    expect((await owner.describe({ type: 'table', name: 'shown.untyped' }, RUN)).spatialColumns).toMatchObject(expected)
    const sql = 'SELECT * FROM shown.untyped'
    expect((await owner.describe({ type: 'query', sql }, RUN)).spatialColumns).toMatchObject(expected)
  })

  test('a name without a schema is found on the search path', async () => {
    await owner.run({ text: 'CREATE TABLE public."Mixed Case" (id int)', values: [] }, RUN)
    expect((await owner.describe({ type: 'table', name: '"Mixed Case"' }, RUN)).columns).toHaveLength(1)
    await expect(owner.describe({ type: 'table', name: 'mixed case' }, RUN)).rejects.toMatchObject({
      code: 'table_not_found',
    })
  })
})

describe('a tile whose box cannot be projected', () => {
  test('is found without a box, with the same answer', async () => {
    await owner.run(
      { text: 'CREATE TABLE shown.utm (id int PRIMARY KEY, geom geometry(Point, 32630))', values: [] },
      RUN,
    )
    const insert = 'INSERT INTO shown.utm VALUES (1, ST_Transform(ST_SetSRID(ST_Point(-3, 40), 4326), 32630))'
    await owner.run({ text: insert, values: [] }, RUN)
    const source = { type: 'table' as const, name: 'shown.utm' }
    const description = await owner.describe(source, RUN)
    const [spatial] = description.spatialColumns
    if (!spatial) throw new Error('The table has a geometry.')
    // 87° E on the equator lies a quarter of the world from the central meridian of zone 30, where the projection ends.
    const { statement, layout } = postgresProvider.compiler.compileTile({
      ...{ source, description, spatial, z: 6, x: 47, y: 31, tileResolution: 1, columns: [], filters: {} },
      ...{ withFeatureBbox: false, budget: { maxFeatures: 10, maxBytes: 1000 }, mode: 'raw' },
    })
    expect(statement.fallback).toBeDefined()
    await expect(owner.runRaw({ text: statement.text, values: statement.values }, RUN)).rejects.toThrow(
      /projection|transform/i,
    )
    expect(postgresProvider.compiler.decodeTile(layout, await owner.runRaw(statement, RUN)).count).toBe(0)
    const polygon = {
      type: 'Polygon' as const,
      coordinates: [
        [
          [86, -1],
          [88, -1],
          [88, 1],
          [86, 1],
          [86, -1],
        ],
      ],
    }
    const counted = postgresProvider.compiler.compileModel({
      ...{ model: 'formula', params: { operation: 'count' }, source, description, filters: {} },
      ...{ filtersLogicalOperator: 'and', spatialFilter: { spatial, geometry: polygon } },
    })
    expect(counted.read((await owner.run(counted.statement, RUN)).rows).rows).toEqual([{ value: 0 }])
  })
})
