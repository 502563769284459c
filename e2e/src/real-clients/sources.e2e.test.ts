import { type TilejsonResult, vectorQuerySource, vectorTableSource } from '@carto/api-client'
import { describe, expect, inject, it } from 'vitest'
import { recordRequests } from './request-recorder.ts'
import { connectionOf, readNumber, runSql } from './sql-truth.ts'
import { readTileFeatures, tileOfView } from './tile-reading.ts'

const { targets } = inject('servers')

const GEOMETRY_NAMES = {
  point: /^(Multi)?Point$/,
  line: /^(Multi)?LineString$/,
  polygon: /^(Multi)?Polygon$/,
} as const

describe.each(targets)('sources of $label', (target) => {
  const connection = connectionOf(target)
  const { point } = target.samples
  const tile = tileOfView(target)
  const table = { ...connection, tableName: point.table, spatialDataColumn: point.geometryColumn }

  it.each(Object.values(target.samples))('S01: the table source of $geometry is a whole TileJSON', async (sample) => {
    const source = await vectorTableSource({
      ...connection,
      tableName: sample.table,
      spatialDataColumn: sample.geometryColumn,
    })
    expectTilejson(source)
    expect(source.schema.find((field) => field.name === sample.geometryColumn)?.type).toBe('geometry')
    expect(source.schema.find((field) => field.name === sample.numericColumn)?.type).toMatch(/number|bigint/)
    expect(source.schema.find((field) => field.name === sample.categoryColumn)?.type).toBe('string')
    const [layer] = source.tilestats.layers
    expect(layer?.geometry).toMatch(GEOMETRY_NAMES[sample.geometry])
    const types = new Map(layer?.attributes.map((attribute) => [attribute.attribute, attribute.type]))
    expect(types.get(sample.numericColumn)).toBe('Number')
    expect(types.get(sample.categoryColumn)).toBe('String')
    expect(types.get(sample.dateColumn)).toBe('Timestamp')
  })

  it('S02: a query source is a whole TileJSON whose schema is the query’s', async () => {
    const source = await vectorQuerySource({
      ...connection,
      sqlQuery: `SELECT ${point.geometryColumn} AS geom, ${point.numericColumn} * 2 AS doubled, 'x' AS letter FROM ${point.table}`,
    })
    expectTilejson(source)
    expect(source.schema).toEqual([
      { name: 'geom', type: 'geometry' },
      { name: 'doubled', type: expect.stringMatching(/number|bigint/) },
      { name: 'letter', type: 'string' },
    ])
    const attributes = source.tilestats.layers[0]?.attributes.map((attribute) => attribute.attribute)
    expect(attributes).toEqual(expect.arrayContaining(['doubled', 'letter']))
    const [feature] = await readTileFeatures(source, tile)
    expect(feature?.properties).toMatchObject({ letter: 'x' })
  })

  it('S03: tiles carry the columns that were asked for and no other', async () => {
    const source = await vectorTableSource({ ...table, columns: [point.categoryColumn] })
    const features = await readTileFeatures(source, tile)
    expect(features.length).toBeGreaterThan(0)
    const names = new Set(features.flatMap((feature) => Object.keys(feature.properties ?? {})))
    names.delete('layerName')
    expect([...names]).toEqual([point.categoryColumn])
  })

  it('S04: a filter leaves exactly its rows in the tile', async () => {
    const [row] = await runSql(
      target,
      `SELECT ${point.categoryColumn} AS name FROM ${point.table} WHERE ${point.categoryColumn} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`,
    )
    const kept = String(row?.name)
    const source = await vectorTableSource({
      ...table,
      columns: [point.categoryColumn, '_carto_point_density'],
      filters: { [point.categoryColumn]: { in: { values: [kept] } } },
    })
    const features = await readTileFeatures(source, tile)
    expect(features.length).toBeGreaterThan(0)
    expect(new Set(features.map((feature) => feature.properties?.[point.categoryColumn]))).toEqual(new Set([kept]))
    const inWorld = (await readTileFeatures(source, { z: 0, x: 0, y: 0 })).reduce(
      (sum, feature) => sum + Number(feature.properties?._carto_point_density ?? 1),
      0,
    )
    expect(inWorld).toBe(
      await readNumber(
        target,
        `SELECT count(*) FROM ${point.table} WHERE ${point.categoryColumn} = '${kept.replaceAll("'", "''")}'`,
      ),
    )
  })

  it.each([0.25, 0.5, 1, 2, 4] as const)('S05: tileResolution %f is accepted and echoed', async (tileResolution) => {
    const source = await vectorTableSource({ ...table, tileResolution })
    expect(source.tileResolution).toBe(tileResolution)
    expect((await readTileFeatures(source, tile)).length).toBeGreaterThan(0)
  })

  it('S21: values bound to $1 and to :name select the rows', async () => {
    const threshold = await readNumber(
      target,
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ${point.numericColumn}) FROM ${point.table}`,
    )
    const expected = await readNumber(
      target,
      `SELECT count(*) FROM ${point.table} WHERE ${point.numericColumn} > ${threshold}`,
    )
    const text = (parameter: string): string =>
      `SELECT * FROM ${point.table} WHERE ${point.numericColumn} > ${parameter}`
    for (const options of [
      { sqlQuery: text('$1'), queryParameters: [threshold] },
      { sqlQuery: text(':low'), queryParameters: { low: threshold } },
    ]) {
      const source = await vectorQuerySource({ ...connection, ...options, spatialDataColumn: point.geometryColumn })
      expectTilejson(source)
      expect(await source.widgetSource.getFormula({ operation: 'count' })).toEqual({ value: expected })
      const features = await readTileFeatures(source, tile)
      expect(features.length).toBeGreaterThan(0)
      for (const feature of features) {
        expect(Number(feature.properties?.[point.numericColumn])).toBeGreaterThan(threshold)
      }
    }
  })

  it('S22: the cache option is filled with the integer of the tilejson URL', async () => {
    const cache: { value?: number } = {}
    const { requests } = await recordRequests(() => vectorTableSource({ ...table, cache, clientId: 'cache-check' }))
    expect(Number.isInteger(cache.value)).toBe(true)
    expect(Number(requests[1]?.url.searchParams.get('cache'))).toBe(cache.value)
  })
})

function expectTilejson(source: TilejsonResult): void {
  expect(source.tilejson).toBe('2.2.0')
  expect(source.scheme).toBe('xyz')
  for (const template of source.tiles) {
    expect(new URL(template).searchParams.get('formatTiles')).toBe('mvt')
    expect(template).toMatch(/\{z\}.*\{x\}.*\{y\}/)
  }
  expect(source.minzoom).toBe(0)
  expect(source.maxzoom).toBeGreaterThanOrEqual(14)
  const [west, south, east, north] = source.bounds
  expect(west).toBeLessThanOrEqual(east)
  expect(south).toBeLessThanOrEqual(north)
  expect(source.center).toHaveLength(3)
  expect(source.vector_layers[0]?.id).toBe('default')
  expect(source.tilestats.layers).toHaveLength(1)
}
