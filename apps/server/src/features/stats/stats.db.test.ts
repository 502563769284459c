import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

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

async function read(path: string) {
  const response = await test.request({ method: 'GET', url: `/v3/stats/warehouse/${path}`, token })
  expect(response.statusCode, response.body).toBe(200)
  return response.json()
}

describe('statistics', () => {
  it('of numbers have quantiles for 3 to 20 buckets, with one edge more than buckets', async () => {
    const stats = await read('demo.stores/revenue')
    expect(stats).toMatchObject({ attribute: 'revenue', type: 'Number', min: 1.5, max: 598.5 })
    expect(Object.keys(stats.quantiles)).toEqual(Array.from({ length: 18 }, (_, index) => String(index + 3)))
    for (const [count, edges] of Object.entries(stats.quantiles as Record<string, number[]>)) {
      expect(edges).toHaveLength(Number(count) + 1)
      expect([...edges].sort((a, b) => a - b)).toEqual(edges)
    }
  })

  it('of texts, truth values and times', async () => {
    expect(await read('demo.stores/kind')).toMatchObject({
      type: 'String',
      categories: [
        { category: 'kiosk', frequency: 134 },
        { category: 'mall', frequency: 133 },
        { category: 'market', frequency: 133 },
      ],
    })
    expect(await read('demo.stores/is_open')).toMatchObject({ type: 'Boolean' })
    const times = await read('demo.stores/opened')
    expect(times.type).toBe('Timestamp')
    expect(new Date(times.min).toISOString()).toBe('2024-01-02T00:00:00.000Z')
  })

  it('of geometries and of pairs of numbers are their extent', async () => {
    const { extent } = await read('demo.stores/geom')
    expect(extent.xmin).toBeCloseTo(-4)
    expect(extent.ymax).toBeCloseTo(40.4)
    expect((await read('demo.sensors/longitude,latitude')).extent).toMatchObject({ ymin: 40, ymax: 40 })
  })

  it('of geometries on both sides of the antimeridian have a second, narrower extent', async () => {
    const q =
      "SELECT ST_GeomFromText(wkt, 4326) AS geom FROM (VALUES ('POINT(178 -18)'), ('POINT(-172 -14)')) AS t (wkt)"
    expect(await read(`geom?${new URLSearchParams({ q })}`)).toEqual({
      attribute: 'geom',
      type: 'Geometry',
      extent: { xmin: -172, ymin: -18, xmax: 178, ymax: -14 },
      extentAcrossAntimeridian: { xmin: 178, ymin: -18, xmax: 188, ymax: -14 },
    })
    expect(await read('demo.stores/geom')).not.toHaveProperty('extentAcrossAntimeridian')
  })

  it('of queries, with parameters and filters, by GET and POST', async () => {
    const q = 'SELECT * FROM demo.stores WHERE id <= $1'
    const filters = { kind: { in: { values: ['mall'] } } }
    const search = new URLSearchParams({ q, queryParameters: '[30]', filters: JSON.stringify(filters) })
    const got = await read(`id?${search}`)
    expect(got).toMatchObject({ attribute: 'id', min: 2, max: 29 })
    const posted = await test.request({
      method: 'POST',
      url: '/v3/stats/warehouse/id',
      token,
      payload: { q, queryParameters: '[30]', filters },
    })
    expect(posted.json()).toEqual(got)
  })

  it('of a column that does not exist are 400 in the words that clients know', async () => {
    const response = await test.request({ method: 'GET', url: '/v3/stats/warehouse/demo.stores/nope', token })
    expect(response.statusCode).toBe(400)
    expect(response.json()).toMatchObject({ error: 'Column not found', column_name: 'nope' })
  })

  it('are limited to the sources that the asker may read', async () => {
    const narrow = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    const url = '/v3/stats/warehouse/demo.secret/id'
    expect((await test.request({ method: 'GET', url, token: narrow })).statusCode).toBe(403)
    expect((await test.request({ method: 'GET', url })).statusCode).toBe(401)
  })
})
