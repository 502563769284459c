import type { SourceDescription } from '@graticule/contract'
import { emptyMapDocument } from '@graticule/contract'
import { tileAtPosition } from '@graticule/tiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { decodeTile } from '../../testing/decode-tile.ts'

const PAIR = 'easting_deg,northing_deg'

let test: TestApp
let warehouse: TestWarehouse
let token: string

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
  // Names say nothing of coordinates, and the shapes begin after the rows that detection looks at.
  await warehouse.query(`
    CREATE TABLE demo.survey (
      id integer PRIMARY KEY, title text, easting_deg double precision, northing_deg numeric, metres double precision,
      shape_text text, shape_bytes bytea, empty_text text
    );
    INSERT INTO demo.survey
    SELECT i, 'plot ' || i, -4 + i * 0.001, 40 + i * 0.0005, 440000 + i,
           CASE WHEN i > 150 THEN format('POINT(%s %s)', 5 + i * 0.001, 50) END,
           CASE WHEN i > 150 THEN ST_AsBinary(ST_MakePoint(5 + i * 0.001, 50)) END, ' '
    FROM generate_series(1, 200) AS i;
    CREATE TABLE demo.not_yet (east real, north real);
    ANALYZE demo.survey;`)
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
})

function describeTable(spatialDataColumn?: string, table = 'demo.survey') {
  const query = spatialDataColumn === undefined ? '' : `?${new URLSearchParams({ spatialDataColumn })}`
  const url = `/workspace-api/connections/warehouse/tables/${table}${query}`
  return test.request({ method: 'GET', url, as: 'editor' })
}

function ask(url: string) {
  return test.request({ method: 'GET', url: url.replace('http://localhost', ''), token })
}

async function readTile(endpoint: 'table' | 'query', parameters: Record<string, string>, place: [number, number]) {
  const opened = await ask(`/v3/maps/warehouse/${endpoint}?${new URLSearchParams(parameters)}`)
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await ask(opened.json<{ tilejson: { url: [string] } }>().tilejson.url[0])
  expect(tileJson.statusCode, tileJson.body).toBe(200)
  const { bounds, tiles } = tileJson.json<{ bounds: number[]; tiles: [string] }>()
  const { z, x, y } = tileAtPosition(...place, 7)
  const tile = await ask(tiles[0].replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`))
  expect(tile.statusCode, tile.body).toBe(200)
  return { bounds, features: decodeTile(tile.rawPayload, z, x, y) }
}

describe('choosing what to draw by hand', () => {
  it('adds a pair that no name gives away to the ways to draw a table', async () => {
    expect((await describeTable()).json<SourceDescription>().spatialColumns).toEqual([])
    const chosen = await describeTable(PAIR)
    expect(chosen.statusCode, chosen.body).toBe(200)
    expect(chosen.json<SourceDescription>().spatialColumns).toEqual([
      {
        spatialDataColumn: PAIR,
        encoding: 'lonlat',
        columns: ['easting_deg', 'northing_deg'],
        srid: 4326,
        geometryType: 'Point',
        hasSpatialIndex: false,
      },
    ])
  })

  it('reads text and bytes whose first rows are empty', async () => {
    const encodingOf = async (column: string) =>
      (await describeTable(column)).json<SourceDescription>().spatialColumns.map(({ encoding }) => encoding)
    expect(await encodingOf('shape_text')).toEqual(['wkt'])
    expect(await encodingOf('shape_bytes')).toEqual(['wkb'])
  })

  it('takes two numeric columns of a table that is still empty', async () => {
    const chosen = await describeTable('east,north', 'demo.not_yet')
    expect(chosen.json<SourceDescription>().spatialColumns).toMatchObject([{ encoding: 'lonlat' }])
  })

  it.each([
    ['title', 'invalid_request', /"title" does not hold geometry: not all of the 100 values/],
    ['id', 'invalid_request', /"id" holds integer values, which are no geometry/],
    ['empty_text', 'invalid_request', /"empty_text" has no value yet/],
    ['metres,northing_deg', 'invalid_request', /"metres" is no longitude in degrees: it holds values of 440/],
    ['northing_deg,metres', 'invalid_request', /"metres" is no latitude in degrees/],
    ['title,northing_deg', 'invalid_request', /"title" holds text values; longitude and latitude are/],
    ['easting_deg,easting_deg', 'invalid_request', /one was chosen twice/],
    ['easting_deg,north', 'column_not_found', /Column not found/],
  ])('refuses %s in one sentence', async (spatialDataColumn, code, sentence) => {
    const response = await describeTable(spatialDataColumn)
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ code, error: expect.stringMatching(sentence) })
    const opened = await ask(
      `/v3/maps/warehouse/table?${new URLSearchParams({ name: 'demo.survey', spatialDataColumn })}`,
    )
    expect(opened.json()).toMatchObject({ code, error: expect.stringMatching(sentence) })
  })

  it('asks whether longitude and latitude were swapped', async () => {
    await warehouse.query('CREATE TABLE demo.swapped AS SELECT 120.5 AS a, 30.25 AS b')
    expect((await describeTable('a,b', 'demo.swapped')).statusCode).toBe(200)
    expect((await describeTable('b,a', 'demo.swapped')).json()).toMatchObject({
      hint: expect.stringMatching(/wrong way/),
    })
  })
})

describe('a source drawn by a choice', () => {
  it('has tiles and bounds of the pair, and of the text', async () => {
    const pair = await readTile('table', { name: 'demo.survey', spatialDataColumn: PAIR }, [-3.9, 40.05])
    expect(pair.bounds).toEqual([-3.999, 40.0005, -3.8, 40.1])
    expect(pair.features).toHaveLength(200)
    const text = await readTile('table', { name: 'demo.survey', spatialDataColumn: 'shape_text' }, [5.18, 50])
    expect(text.features).toHaveLength(50)
    const q = 'SELECT *, NULL::geometry(Point, 4326) AS geom FROM demo.survey'
    const query = await readTile('query', { q, spatialDataColumn: 'shape_text' }, [5.18, 50])
    expect(query.features).toHaveLength(50)
  })

  it('has an extent for whoever means the column as a geometry, and categories for others', async () => {
    const extent = await ask(`/v3/stats/warehouse/demo.survey/${PAIR}`)
    expect(extent.json()).toMatchObject({ type: 'Geometry', extent: { xmin: -3.999, ymax: 40.1 } })
    const geometry = await ask('/v3/stats/warehouse/demo.survey/shape_text?spatialDataType=geo')
    expect(geometry.json()).toMatchObject({ type: 'Geometry', extent: { xmin: 5.151, xmax: 5.2 } })
    const text = await ask('/v3/stats/warehouse/demo.survey/shape_text')
    expect(text.json()).toMatchObject({ type: 'String' })
    const noGeometry = await ask('/v3/stats/warehouse/demo.survey/title?spatialDataType=geo')
    expect(noGeometry.json()).toMatchObject({ type: 'String' })
  })

  it('has widgets that a polygon filters', async () => {
    const box = (west: number, south: number, east: number, north: number) => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, south],
          [east, south],
          [east, north],
          [west, north],
          [west, south],
        ],
      ],
    })
    const count = async (spatialDataColumn: string, polygon: object) => {
      const response = await ask(
        `/v3/sql/warehouse/model/formula?${new URLSearchParams({
          type: 'table',
          source: 'demo.survey',
          params: JSON.stringify({ operation: 'count' }),
          spatialDataType: 'geo',
          spatialDataColumn,
          spatialFilters: JSON.stringify({ [spatialDataColumn]: polygon }),
        })}`,
      )
      return response.json()
    }
    expect(await count(PAIR, box(-4, 39, -3.9, 41))).toMatchObject({ rows: [{ value: 100 }] })
    expect(await count('shape_text', box(5.1905, 49, 6, 51))).toMatchObject({ rows: [{ value: 10 }] })
    expect(await count('title', box(-4, 39, -3.9, 41))).toMatchObject({ code: 'invalid_request' })
  })

  it('is part of what fetchMap reads of a public map', async () => {
    const dataset = {
      id: 'survey',
      type: 'table',
      source: 'demo.survey',
      connectionName: 'warehouse',
      providerId: 'postgres',
      label: 'Survey',
      geoColumn: `geom:${PAIR}`,
      columns: null,
      format: 'tilejson',
    }
    const document = {
      ...emptyMapDocument('Survey'),
      datasets: [dataset, { ...dataset, id: 'no', geoColumn: 'title' }],
    }
    const created = await test.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { document },
    })
    expect(created.statusCode, created.body).toBe(201)
    const { id } = created.json<{ id: string }>()
    const map = await test.request({ method: 'GET', url: `/v3/maps/public/${id}`, as: 'editor' })
    expect(map.json()).toMatchObject({
      datasets: [{ id: 'survey', geoColumn: `geom:${PAIR}` }],
      graticule: { omitted: [{ id: 'no', reason: expect.stringMatching(/"title" does not hold geometry/) }] },
    })
  })
})

describe('a query', () => {
  it('is described as drawn by a text beside its geometry', async () => {
    const response = await test.request({
      method: 'POST',
      url: '/workspace-api/connections/warehouse/describe',
      as: 'editor',
      payload: {
        source: 'SELECT id, shape_text, NULL::geometry(Point, 4326) AS geom FROM demo.survey',
        spatialDataColumn: 'shape_text',
      },
    })
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json<SourceDescription>().spatialColumns.map((each) => each.spatialDataColumn)).toEqual([
      'geom',
      'shape_text',
    ])
  })
})
