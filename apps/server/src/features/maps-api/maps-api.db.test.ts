import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toJson } from '../../platform/db/database.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { decodeTile } from '../../testing/decode-tile.ts'

let test: TestApp
let warehouse: TestWarehouse
let token: string

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
})

interface TileJson {
  tilejson: string
  tiles: string[]
  bounds: number[]
  center: number[]
  tileResolution: number
  minzoom: number
  maxzoom: number
  vector_layers: { id: string; fields: Record<string, string> }[]
  tilestats: { layers: { geometry: string; attributes: { attribute: string; type: string }[] }[] }
}

function get(url: string, options: Omit<InjectOptions, 'url'> & { token?: string } = { token }) {
  return test.request({ method: 'GET', url: url.replace('http://localhost', ''), token, ...options })
}

async function open(path: string, parameters: Record<string, unknown>, bearer = token) {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    query.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return test.request({ method: 'GET', url: `/v3/maps/warehouse/${path}?${query}`, token: bearer })
}

async function readTileJson(path: string, parameters: Record<string, unknown>): Promise<TileJson> {
  const opened = await open(path, parameters)
  expect(opened.statusCode, opened.body).toBe(200)
  const response = await get(opened.json<{ tilejson: { url: [string] } }>().tilejson.url[0])
  expect(response.statusCode, response.body).toBe(200)
  return response.json<TileJson>()
}

function tileUrl(tileJson: TileJson, z: number, x: number, y: number): string {
  return (tileJson.tiles[0] ?? '').replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)
}

const MADRID = tileAtPosition(-3.8, 40.2, 8)

async function readTile(tileJson: TileJson, { z, x, y } = MADRID) {
  const response = await get(tileUrl(tileJson, z, x, y))
  expect(response.statusCode, response.body).toBe(200)
  expect(response.headers['content-type']).toBe('application/vnd.mapbox-vector-tile')
  return decodeTile(response.rawPayload, z, x, y)
}

describe('opening a source', () => {
  it('answers the schema in the order of the columns and an absolute TileJSON address', async () => {
    const response = await open('table', { name: 'demo.stores', spatialDataColumn: 'geom', tileResolution: '0.5' })
    expect(response.statusCode, response.body).toBe(200)
    const body = response.json()
    expect(body.schema).toEqual([
      { name: 'id', type: 'number' },
      { name: 'kind', type: 'string' },
      { name: 'revenue', type: 'number' },
      { name: 'opened', type: 'timestamp' },
      { name: 'is_open', type: 'boolean' },
      { name: 'big', type: 'bigint' },
      { name: 'geom', type: 'geometry' },
    ])
    expect(body.nrows).toBe(400)
    expect(typeof body.size).toBe('number')
    const url = new URL(body.tilejson.url[0])
    expect(url.origin).toBe('http://localhost')
    expect(Number.isInteger(Number(url.searchParams.get('cache')))).toBe(true)
  })

  it('works by POST with native values, and takes unknown and empty parameters', async () => {
    const response = await test.request({
      method: 'POST',
      url: '/v3/maps/warehouse/query?client=x',
      token,
      payload: {
        q: 'SELECT id, kind, geom FROM demo.stores WHERE id <= $1',
        queryParameters: [10],
        filters: { kind: { in: { values: ['market'], owner: 'w' } } },
        tileResolution: 1,
        columns: 'id,kind',
        featureBbox: '',
        'tag-app': 'test',
        v: '3.4',
      },
    })
    expect(response.statusCode, response.body).toBe(200)
    const tileJsonUrl = response.json().tilejson.url[0]
    // A client with a small limit posts to the TileJSON address too.
    const path = tileJsonUrl.replace('http://localhost', '')
    const tileJson = await test.request({ method: 'POST', url: path, token, payload: { v: '3.4', client: 'c' } })
    expect(tileJson.statusCode, tileJson.body).toBe(200)
    const features = await readTile(tileJson.json<TileJson>())
    expect(features.map((feature) => feature.properties)).toEqual(expect.arrayContaining([{ id: 3, kind: 'market' }]))
    expect(features).toHaveLength(3)
  })

  it('never answers 304, however the client asks', async () => {
    const opened = await test.request({
      method: 'GET',
      url: '/v3/maps/warehouse/table?name=demo.stores',
      token,
      headers: { 'if-modified-since': new Date().toUTCString(), 'if-none-match': '*' },
    })
    expect(opened.statusCode).toBe(200)
    const tileJson = await get(opened.json().tilejson.url[0], {
      token,
      headers: { 'if-modified-since': new Date().toUTCString() },
    })
    expect(tileJson.statusCode).toBe(200)
  })

  it('needs somebody to ask: 401 with an error that is text', async () => {
    const response = await test.request({ method: 'GET', url: '/v3/maps/warehouse/table?name=demo.stores' })
    expect(response.statusCode).toBe(401)
    expect(typeof response.json().error).toBe('string')
    const undefinedBearer = await test.request({
      method: 'GET',
      url: '/v3/maps/warehouse/table?name=demo.stores',
      token: 'undefined',
    })
    expect(undefinedBearer.statusCode).toBe(401)
  })

  it('says what is wrong with a missing table, column, geometry or parameter', async () => {
    const missingTable = await open('table', { name: 'demo.nowhere' })
    expect(missingTable.statusCode).toBe(404)
    expect(missingTable.json().code).toBe('table_not_found')
    const missingColumn = await open('table', { name: 'demo.stores', columns: 'id,nope' })
    expect(missingColumn.statusCode).toBe(400)
    expect(missingColumn.json()).toMatchObject({ error: 'Column not found', column_name: 'nope' })
    const missingGeometry = await open('table', { name: 'demo.notes' })
    expect(missingGeometry.statusCode).toBe(400)
    expect(missingGeometry.json()).toMatchObject({ error: 'Column not found', column_name: 'geom' })
    expect((await open('table', {})).json().error).toContain('"name" is missing')
    expect((await open('table', { name: 'demo.stores', filters: '{' })).json().error).toContain('not valid JSON')
    expect((await open('table', { name: 'demo.stores', tileResolution: '3' })).json().error).toContain('tileResolution')
    const syntax = await open('query', { q: 'SELEC 1' })
    expect(syntax.statusCode).toBe(400)
    expect(syntax.json().code).toBe('invalid_query')
  })

  it('refuses SQL of more than a megabyte', async () => {
    const response = await test.request({
      method: 'POST',
      url: '/v3/maps/warehouse/query',
      token,
      payload: { q: `SELECT 1 /* ${'x'.repeat(1024 * 1024)} */` },
    })
    expect(response.statusCode).toBe(413)
  })

  it('says 501 for kinds of sources that this version does not serve', async () => {
    for (const path of ['tileset', 'raster', 'boundary']) {
      const response = await open(path, { name: 'demo.stores' })
      expect(response.statusCode).toBe(501)
      expect(response.json()).toMatchObject({ code: 'not_implemented', error: expect.stringContaining(path) })
    }
    for (const spatialDataType of ['h3', 'quadbin']) {
      const response = await open('table', { name: 'demo.stores', spatialDataType, aggregationExp: 'count(*) as n' })
      expect(response.statusCode).toBe(501)
    }
  })
})

describe('TileJSON', () => {
  it('says everything that clients read', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores', tileResolution: '0.25' })
    expect(tileJson.tilejson).toBe('2.2.0')
    expect(tileJson.tileResolution).toBe(0.25)
    expect(tileJson.bounds[0]).toBeCloseTo(-4)
    expect(tileJson.bounds[3]).toBeCloseTo(40.4)
    expect(tileJson.center[0]).toBeCloseTo(-3.81)
    expect(tileJson.vector_layers[0]?.id).toBe('default')
    expect(tileJson.vector_layers[0]?.fields).not.toHaveProperty('geom')
    const layer = tileJson.tilestats.layers[0]
    expect(layer?.geometry).toBe('Point')
    expect(layer?.attributes).toContainEqual({ attribute: 'revenue', type: 'Number' })
    expect(layer?.attributes).toContainEqual({ attribute: 'opened', type: 'Timestamp' })
    expect(layer?.attributes.map((attribute) => attribute.attribute)).toEqual([
      'id',
      'kind',
      'revenue',
      'opened',
      'is_open',
      'big',
      'geom',
    ])
  })

  it('names tiles without a file extension, with formatTiles, and short whatever the SQL', async () => {
    const padding = Array.from({ length: 700 }, (_, index) => `'padding ${index}'`).join(', ')
    const q = `SELECT * FROM demo.stores WHERE kind NOT IN (${padding})`
    expect(q.length).toBeGreaterThan(9_000)
    const response = await test.request({ method: 'POST', url: '/v3/maps/warehouse/query', token, payload: { q } })
    expect(response.statusCode, response.body).toBe(200)
    const tileJson = (await get(response.json().tilejson.url[0])).json<TileJson>()
    const template = tileJson.tiles[0] ?? ''
    expect(template.length).toBeLessThan(500)
    const url = new URL(template.replace('{z}', '1').replace('{x}', '1').replace('{y}', '1'))
    expect(url.searchParams.get('formatTiles')).toBe('mvt')
    expect([...url.searchParams.keys()][0]).not.toBe('client')
    expect(url.pathname).not.toMatch(/\.\w+$/)
    expect(await readTile(tileJson)).toHaveLength(400)
  })
})

describe('tiles', () => {
  it('hold the features of the source with their values and positions', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores' })
    const features = await readTile(tileJson)
    expect(features).toHaveLength(400)
    const seventh = features.find((feature) => feature.properties.id === 7)
    expect(seventh?.properties).toMatchObject({ id: 7, kind: 'kiosk', revenue: 10.5, is_open: false })
    expect(seventh?.id).toBeGreaterThan(0)
    const [longitude, latitude] = seventh?.geometry.type === 'Point' ? seventh.geometry.coordinates : []
    expect(longitude).toBeCloseTo(-4 + 7 * 0.02, 3)
    expect(latitude).toBeCloseTo(40, 3)
  })

  it('carry only the columns that were asked for', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores', columns: 'geom,kind' })
    const features = await readTile(tileJson)
    expect(new Set(features.flatMap((feature) => Object.keys(feature.properties)))).toEqual(new Set(['kind']))
  })

  it('hold only what passes the filters', async () => {
    const filters = { kind: { in: { values: ['mall'] } }, revenue: { between: { values: [[100, 200]] } } }
    const tileJson = await readTileJson('table', { name: 'demo.stores', filters })
    const features = await readTile(tileJson)
    const expected = await warehouse.query<{ id: number }>(
      "SELECT id FROM demo.stores WHERE kind = 'mall' AND revenue BETWEEN 100 AND 200 ORDER BY id",
    )
    expect(features.map((feature) => feature.properties.id).sort((a, b) => Number(a) - Number(b))).toEqual(
      expected.map((row) => row.id),
    )
    expect(expected.length).toBeGreaterThan(5)
  })

  it('draw lines in another reference system, polygons, and plain pairs of numbers', async () => {
    const roads = await readTile(await readTileJson('table', { name: 'demo.roads', spatialDataColumn: 'shape' }))
    expect(roads[0]?.geometry.type).toMatch(/LineString/)
    const zones = await readTile(await readTileJson('table', { name: 'demo.zones', spatialDataColumn: 'geom' }))
    expect(zones.map((feature) => feature.properties.name).sort()).toEqual(['east', 'west'])
    expect(zones[0]?.geometry.type).toMatch(/Polygon/)
    const sensors = await readTile(
      await readTileJson('table', { name: 'demo.sensors', spatialDataColumn: 'longitude,latitude' }),
    )
    expect(sensors).toHaveLength(50)
  })

  it('bind the parameters of a query by position and by name', async () => {
    const byPosition = await readTileJson('query', {
      q: 'SELECT * FROM demo.stores WHERE id <= $1 AND kind = $2',
      queryParameters: [30, 'mall'],
    })
    const byName = await readTileJson('query', {
      q: 'SELECT * FROM demo.stores WHERE id <= :most AND kind = :kind',
      queryParameters: { most: 30, kind: 'mall' },
    })
    const withSemicolon = await readTileJson('query', { q: 'SELECT * FROM demo.stores WHERE id <= 10; -- the first' })
    expect(await readTile(withSemicolon)).toHaveLength(10)
    expect(await readTile(byPosition)).toHaveLength(10)
    expect(await readTile(byName)).toHaveLength(10)
  })

  it('are 204 without a body where there is nothing', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores' })
    for (let attempt = 0; attempt < 2; attempt++) {
      const response = await get(tileUrl(tileJson, 8, 0, 0))
      expect(response.statusCode).toBe(204)
      expect(response.rawPayload).toHaveLength(0)
    }
  })

  it('that cannot be are 400', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores' })
    for (const [z, x, y] of [
      [2, 4, 0],
      [2, 0, 4],
      [60, 0, 0],
    ] as const) {
      const response = await get(tileUrl(tileJson, z, x, y))
      expect(response.statusCode).toBe(400)
      expect(response.json().code).toBe('tile_out_of_range')
    }
  })

  it('are answered 304 to who has them already, and come from the cache the second time', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores', columns: 'id' })
    const url = tileUrl(tileJson, MADRID.z, MADRID.x, MADRID.y)
    const first = await get(url)
    const etag = String(first.headers.etag)
    expect(first.headers['cache-control']).toMatch(/^private, max-age=\d+$/)
    expect(first.headers.vary).toContain('Authorization')
    await warehouse.query("UPDATE demo.stores SET kind = kind || '' WHERE id = 1")
    const second = await get(url, { token, headers: { 'if-none-match': etag } })
    expect(second.statusCode).toBe(304)
    expect(second.rawPayload).toHaveLength(0)
    expect((await get(url)).rawPayload.equals(first.rawPayload)).toBe(true)
  })

  it('are made anew for no-cache', async () => {
    await warehouse.query(
      'CREATE TABLE demo.changing AS SELECT 1 AS id, ST_SetSRID(ST_MakePoint(-3.8, 40.2), 4326) AS geom',
    )
    const tileJson = await readTileJson('table', { name: 'demo.changing' })
    const url = tileUrl(tileJson, MADRID.z, MADRID.x, MADRID.y)
    const countFeatures = async (headers: Record<string, string> = {}) =>
      decodeTile((await get(url, { token, headers })).rawPayload, MADRID.z, MADRID.x, MADRID.y).length
    expect(await countFeatures()).toBe(1)
    await warehouse.query('INSERT INTO demo.changing SELECT 2, ST_SetSRID(ST_MakePoint(-3.7, 40.1), 4326)')
    expect(await countFeatures()).toBe(1)
    expect(await countFeatures({ 'cache-control': 'no-cache' })).toBe(2)
    expect(await countFeatures()).toBe(2)
    test.clock.advance(301_000)
    await warehouse.query('DELETE FROM demo.changing WHERE id = 2')
    expect(await countFeatures()).toBe(1)
  })

  it('stay within the budget by binning points, and say so', async () => {
    await warehouse.query(`
      CREATE TABLE demo.crowd AS
      SELECT i AS id, ST_SetSRID(ST_MakePoint(-4 + (i % 300) * 0.002, 40 + (i / 300) * 0.002), 4326) AS geom
      FROM generate_series(1, 60000) AS i`)
    const tileJson = await readTileJson('table', { name: 'demo.crowd', columns: '_carto_point_density' })
    const { z, x, y } = tileAtPosition(-3.8, 40.2, 6)
    const response = await get(tileUrl(tileJson, z, x, y))
    expect(response.statusCode, response.body.slice(0, 300)).toBe(200)
    expect(response.headers['features-dropped-from-tile']).toBe('true')
    const features = decodeTile(response.rawPayload, z, x, y)
    expect(features.length).toBeLessThan(50_000)
    const density = features.reduce((sum, feature) => sum + Number(feature.properties._carto_point_density), 0)
    expect(density).toBe(60_000)
    // The second time the tile is known to be crowded, and what it holds is the same.
    const again = await get(tileUrl(tileJson, z, x, y), { token, headers: { 'cache-control': 'no-cache' } })
    expect(again.rawPayload.equals(response.rawPayload)).toBe(true)
  })
})

describe('a slow tile', () => {
  it('is asked for once, goes on while anybody waits, and is cancelled when the last one leaves', async () => {
    const baseUrl = await test.app.listen({ host: '127.0.0.1', port: 0 })
    await warehouse.query(`
      CREATE TABLE demo.brake (is_on boolean);
      CREATE FUNCTION demo.slow(geom geometry) RETURNS geometry LANGUAGE plpgsql VOLATILE AS
      $$ BEGIN IF EXISTS (SELECT 1 FROM demo.brake) THEN PERFORM pg_sleep(0.2); END IF; RETURN geom; END $$`)
    const opened = await open('query', { q: 'SELECT id, demo.slow(geom) AS geom FROM demo.stores' })
    expect(opened.statusCode, opened.body).toBe(200)
    const tileJson = (await get(opened.json().tilejson.url[0])).json<TileJson>()
    const url = tileUrl(tileJson, 9, 250, 193).replace('http://localhost', baseUrl)
    await warehouse.query('INSERT INTO demo.brake VALUES (true)')
    const countRunning = async () => {
      const rows = await warehouse.query<{ query: string }>(
        "SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%purpose=''tile''%'",
      )
      return rows.length
    }
    const waitFor = async (count: number) => {
      for (let attempt = 0; attempt < 400; attempt++) {
        if ((await countRunning()) === count) return
        await sleep(25)
      }
      throw new Error(`There were never ${count} statements.`)
    }
    const clients = [new AbortController(), new AbortController(), new AbortController()]
    const waiting = clients.map(({ signal }) => fetch(url, { signal, headers: { authorization: `Bearer ${token}` } }))
    const outcomes = Promise.allSettled(waiting)
    await waitFor(1)
    clients[0]?.abort()
    clients[1]?.abort()
    await sleep(300)
    expect(await countRunning()).toBe(1)
    clients[2]?.abort()
    await waitFor(0)
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('a warehouse that cannot be reached any more', () => {
  it('is told as a sentence that says what to check', async () => {
    const gone = await createTestWarehouse(test, { name: 'gone' })
    const all = await test.createToken([{ connection_name: 'gone', source: '*' }])
    const port = await findFreePort()
    await test.store
      .updateTable('connections')
      .set({ config: toJson({ ...gone.config, password: undefined, port }), credential_version: 2 })
      .where('name', '=', 'gone')
      .execute()
    const opened = await test.request({ method: 'GET', url: '/v3/maps/gone/table?name=demo.stores', token: all })
    expect(opened.statusCode).toBe(503)
    expect(opened.json()).toMatchObject({
      code: 'warehouse_unavailable',
      error: expect.stringContaining(`127.0.0.1:${port}`),
    })
    await gone.close()
  })
})

describe('the right to a source', () => {
  it('of a token ends at its grants, in the same words whether or not the source exists', async () => {
    const narrow = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    expect((await open('table', { name: 'demo.stores' }, narrow)).statusCode).toBe(200)
    const existing = await open('table', { name: 'demo.secret' }, narrow)
    const missing = await open('table', { name: 'demo.nowhere' }, narrow)
    expect(existing.statusCode).toBe(403)
    expect(missing.statusCode).toBe(403)
    expect(existing.json().error).toBe(missing.json().error)
    expect((await open('query', { q: 'SELECT * FROM demo.stores' }, narrow)).statusCode).toBe(200)
    expect((await open('query', { q: 'SELECT * FROM demo.secret' }, narrow)).statusCode).toBe(403)
  })

  it('is checked against the source again for TileJSON and every tile, however the handle was come by', async () => {
    const opened = await open('table', { name: 'demo.secret' })
    const tileJsonUrl = opened.json().tilejson.url[0]
    const tileJson = (await get(tileJsonUrl)).json<TileJson>()
    const { z, x, y } = tileAtPosition(-4, 40, 8)
    const url = tileUrl(tileJson, z, x, y)
    expect((await get(url)).statusCode).toBe(200)
    const narrow = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    expect((await get(tileJsonUrl, { token: narrow })).statusCode).toBe(403)
    expect((await get(url, { token: narrow })).statusCode).toBe(403)
    const noGrant = await test.createToken([{ connection_name: 'elsewhere', source: '*' }])
    expect((await get(url, { token: noGrant })).statusCode).toBe(404)
    const sqlOnly = await test.createToken([{ connection_name: 'warehouse', source: '*' }], ['sql'])
    expect((await get(url, { token: sqlOnly })).statusCode).toBe(403)
  })

  it('does not reach into another organization, even with a handle or id of it', async () => {
    const tileJson = await readTileJson('table', { name: 'demo.stores' })
    const other = await createTestApp()
    try {
      const stranger = await other.createToken([{ connection_name: 'warehouse', source: '*' }])
      const url = tileUrl(tileJson, 8, MADRID.x, MADRID.y).replace('http://localhost', '')
      expect((await other.request({ method: 'GET', url, token: stranger })).statusCode).toBe(404)
    } finally {
      await other.close()
    }
  })

  it('is a matter of the role for people: editors open any table, viewers none outside of their maps', async () => {
    const url = '/v3/maps/warehouse/table?name=demo.stores'
    expect((await test.request({ method: 'GET', url, as: 'editor' })).statusCode).toBe(200)
    expect((await test.request({ method: 'GET', url, as: 'viewer' })).statusCode).toBe(403)
    expect((await test.request({ method: 'GET', url, as: 'guest' })).statusCode).toBe(404)
  })

  it('needs a connection that exists', async () => {
    const response = await test.request({ method: 'GET', url: '/v3/maps/nowhere/table?name=a.b', as: 'editor' })
    expect(response.statusCode).toBe(404)
  })
})
