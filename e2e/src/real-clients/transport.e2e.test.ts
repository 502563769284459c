import { CartoAPIError, query, vectorQuerySource, vectorTableSource } from '@carto/api-client'
import { describe, expect, inject, it } from 'vitest'
import { WorkspaceClient } from '../harness/workspace-client.ts'
import { recordRequests } from './request-recorder.ts'
import { connectionOf, readNumber } from './sql-truth.ts'
import { fetchTile, readTileFeatures, tileAt, tileOfView, tileUrl } from './tile-reading.ts'

const { targets, users, baseUrl } = inject('servers')
const ORIGIN = 'http://maps.example.test'

describe.each(targets)('the real client over $label', (target) => {
  const connection = connectionOf(target)
  const { point } = target.samples
  const table = { ...connection, tableName: point.table, spatialDataColumn: point.geometryColumn }
  const tableUrl = `${target.apiBaseUrl}/v3/maps/${target.connectionName}/table?name=${point.table}&spatialDataType=geo`

  it('T01: instantiation without a token is a 401 with a sentence', async () => {
    const response = await fetch(tableUrl)
    const body = (await response.json()) as { error: unknown; status: unknown }
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ error: expect.any(String), status: 401 })
  })

  it('T02: a bad token is a CartoAPIError that speaks of unauthorized access', async () => {
    const error = await rejectionOf(vectorTableSource({ ...table, accessToken: 'BAD' }))
    expect(error).toBeInstanceOf(CartoAPIError)
    expect(error.message).toContain('Unauthorized access')
  })

  it('T03: a missing table is a CartoAPIError that names it', async () => {
    const error = await rejectionOf(vectorTableSource({ ...connection, tableName: 'no_such.table_here' }))
    expect(error).toBeInstanceOf(CartoAPIError)
    const { response, responseJson } = error as CartoAPIError
    expect([400, 404]).toContain(response?.status)
    expect(responseJson).toMatchObject({ error: expect.stringContaining('table_here') })
  })

  it('T04: a syntax error in SQL is a 400', async () => {
    const error = await rejectionOf(query({ ...connection, sqlQuery: 'SELEC 1' }))
    expect(error).toBeInstanceOf(CartoAPIError)
    expect((error as CartoAPIError).response?.status).toBe(400)
    expect(error.message).toContain('Bad request')
  })

  it('T05: a browser may ask first at every kind of address', async () => {
    const source = await vectorTableSource(table)
    const { connectionName, apiBaseUrl } = target
    const addresses = [
      tableUrl,
      `${apiBaseUrl}/v3/sql/${connectionName}/query`,
      `${apiBaseUrl}/v3/sql/${connectionName}/model/formula`,
      `${apiBaseUrl}/v3/stats/${connectionName}/${point.table}/${point.numericColumn}`,
      `${apiBaseUrl}/v3/maps/public/${target.publicMapId}`,
      tileUrl(source, tileOfView(target)),
    ]
    for (const address of addresses) {
      const response = await fetch(address, {
        method: 'OPTIONS',
        headers: {
          Origin: ORIGIN,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'authorization,content-type,cache-control,x-of-an-app',
        },
      })
      expect(response.ok, address).toBe(true)
      expect(['*', ORIGIN]).toContain(response.headers.get('access-control-allow-origin'))
      expect(response.headers.get('access-control-allow-methods')).toContain('POST')
      const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase() ?? ''
      for (const name of ['authorization', 'content-type', 'cache-control', 'x-of-an-app']) {
        expect(allowed, `${name} at ${address}`).toContain(name)
      }
    }
  })

  it('T06: every answer carries the CORS header, refusals and empty tiles too', async () => {
    const source = await vectorTableSource(table)
    const withToken = { Origin: ORIGIN, Authorization: `Bearer ${target.accessToken}` }
    const answers = [
      { status: 200, response: await fetch(tableUrl, { headers: withToken }) },
      { status: 401, response: await fetch(tableUrl, { headers: { Origin: ORIGIN } }) },
      { status: 404, response: await fetch(`${target.apiBaseUrl}/v3/nothing`, { headers: withToken }) },
      { status: 200, response: await fetch(tileUrl(source, tileOfView(target)), { headers: withToken }) },
      { status: 204, response: await fetch(tileUrl(source, tileAt(0, -85, 10)), { headers: withToken }) },
    ]
    for (const { status, response } of answers) {
      await response.arrayBuffer()
      expect(response.status, response.url).toBe(status)
      expect(['*', ORIGIN], response.url).toContain(response.headers.get('access-control-allow-origin'))
      expect(response.headers.get('access-control-expose-headers')).toContain('features-dropped-from-tile')
    }
  })

  it('T07: with a tiny URL limit both steps are POSTs, and the tiles are the same', async () => {
    const tile = tileOfView(target)
    const { result: posted, requests } = await recordRequests(() =>
      vectorTableSource({ ...table, columns: [point.categoryColumn], maxLengthURL: 10 }),
    )
    expect(requests.map((request) => request.method)).toEqual(['POST', 'POST'])
    const plain = await vectorTableSource({ ...table, columns: [point.categoryColumn] })
    const features = await readTileFeatures(posted, tile)
    expect(features.length).toBeGreaterThan(0)
    expect(features).toHaveLength((await readTileFeatures(plain, tile)).length)
  })

  it('T08: nine thousand characters of SQL give a short tile URL that loads', async () => {
    const sqlQuery = `SELECT * FROM ${point.table} WHERE true ${'AND 1 = 1 '.repeat(1_000)}`
    expect(sqlQuery.length).toBeGreaterThan(9_000)
    const source = await vectorQuerySource({ ...connection, sqlQuery, spatialDataColumn: point.geometryColumn })
    const url = tileUrl(source, tileOfView(target))
    expect(url.length).toBeLessThan(7_000)
    expect((await readTileFeatures(source, tileOfView(target))).length).toBeGreaterThan(0)
  })

  it('T09: tags, a client id and unknown parameters are accepted', async () => {
    const { result, requests } = await recordRequests(() =>
      vectorTableSource({ ...table, tags: { 'tag-app': 'e2e', whatever: 'x' }, clientId: 'an-unknown-client' }),
    )
    expect(requests[0]?.url.searchParams.get('tag-app')).toBe('e2e')
    expect(result.tilejson).toBeDefined()
    const { value } = await result.widgetSource.getFormula({ operation: 'count' })
    expect(value).toBeGreaterThan(0)
  })

  it('T10: a base URL with a slash at its end works, although models then ask for //v3', async () => {
    const source = await vectorTableSource({ ...table, apiBaseUrl: `${target.apiBaseUrl}/` })
    const { result, requests } = await recordRequests(() => source.widgetSource.getFormula({ operation: 'count' }))
    expect(requests[0]?.url.pathname).toMatch(/^\/\/v3\//)
    expect(result.value).toBe(await readNumber(target, `SELECT count(*) FROM ${point.table}`))
  })

  it('T11: session mode sends no token, is refused without a session and served with one', async () => {
    const options = { apiBaseUrl: baseUrl, connectionName: target.connectionName, tableName: point.table }
    const refused = await recordRequests(() =>
      rejectionOf(
        vectorTableSource({ ...options, authMode: 'session', localCache: { cacheControl: ['no-cache', 'no-store'] } }),
      ),
    )
    expect(refused.requests[0]?.headers.has('authorization')).toBe(false)
    expect((refused.result as CartoAPIError).response?.status).toBe(401)
    expect((refused.result as CartoAPIError).responseJson).toMatchObject({ error: expect.any(String) })

    const editor = users.find((user) => user.role === 'admin')
    if (!editor) throw new Error('demo.json names no admin')
    const session = await WorkspaceClient.signIn(baseUrl, editor.email, editor.password)
    const cookies = { Cookie: session.cookie, 'Sec-Fetch-Site': 'same-origin' }
    const served = await recordRequests(async () => {
      const source = await vectorTableSource({
        ...options,
        authMode: 'session',
        maxLengthURL: 10,
        localCache: { cacheControl: ['no-cache', 'no-store'] },
      })
      const { value } = await source.widgetSource.getFormula({ operation: 'count' })
      // The layer classes send this very value when there is no token.
      const tile = await fetchTile({ tiles: source.tiles, accessToken: 'undefined' }, tileOfView(target))
      return { value, tileStatus: tile.status }
    }, cookies)
    expect(served.result.tileStatus).toBe(200)
    expect(served.result.value).toBe(await readNumber(target, `SELECT count(*) FROM ${point.table}`))
  })

  it('T12: an unknown column is an InvalidColumnError that names it', async () => {
    const { widgetSource } = await vectorTableSource(table)
    const error = await rejectionOf(widgetSource.getFormula({ column: 'no_such_column', operation: 'sum' }))
    expect(error.name).toBe('InvalidColumnError')
    expect(error.message).toContain('no_such_column')
  })

  it('T13: a model with a bad token fails with the exact words', async () => {
    const { widgetSource } = await vectorTableSource(table)
    Object.assign(widgetSource.props, { accessToken: 'BAD' })
    const error = await rejectionOf(widgetSource.getFormula({ operation: 'count' }))
    expect(error.message).toContain('Unauthorized access. Invalid credentials')
  })
})

async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(outcome instanceof Error)) throw new Error('Expected a rejection')
  return outcome
}
