import { emptyMapDocument, type MapDataset, type MapDocument, type MapLayer } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let test: TestApp
let warehouse: TestWarehouse

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
})

type Role = 'superadmin' | 'admin' | 'editor' | 'viewer' | 'guest'

function datasetOf(changes: Partial<MapDataset> = {}): MapDataset {
  return {
    id: 'stores',
    type: 'table',
    source: 'demo.stores',
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: ['kind', 'revenue'],
    format: 'tilejson',
    ...changes,
  }
}

function layerOf(dataId: string, column: string | null): MapLayer {
  return {
    id: `layer of ${dataId}`,
    type: 'tileset',
    config: { dataId, label: dataId, color: [1, 2, 3], isVisible: true, textLabel: [], visConfig: { filled: true } },
    visualChannels: column === null ? {} : { colorField: { name: column, type: 'string' }, colorScale: 'ordinal' },
  }
}

function documentOf(title: string, datasets: MapDataset[] = [], layers: MapLayer[] = []): MapDocument {
  const document = emptyMapDocument(title)
  document.keplerMapConfig.config.visState.layers = layers
  return { ...document, datasets }
}

async function createMap(document: MapDocument, as: Role = 'editor') {
  const response = await test.request({ method: 'POST', url: '/workspace-api/maps', as, payload: { document } })
  expect(response.statusCode, response.body).toBe(201)
  return response.json<{ id: string; revision: number; document: MapDocument }>()
}

function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, as?: Role, payload?: object) {
  return test.request({
    method,
    url: `/workspace-api/maps${path === '' || path.startsWith('?') ? path : `/${path}`}`,
    ...(as ? { as } : {}),
    ...(payload ? { payload } : {}),
  })
}

describe('maps of the workspace', () => {
  it('are created, read, changed under a revision, copied and deleted, and each leaves an event', async () => {
    const created = await createMap(documentOf('First'))
    expect(created.revision).toBe(1)
    const document = { ...created.document, title: 'First, renamed' }
    const saved = await call('PATCH', created.id, 'editor', { revision: 1, document })
    expect(saved.json()).toMatchObject({ revision: 2, title: 'First, renamed' })
    const stale = await call('PATCH', created.id, 'editor', { revision: 1, document })
    expect(stale.statusCode).toBe(409)
    expect(stale.json()).toMatchObject({ code: 'conflict', details: { revision: 2 } })
    const copy = await call('POST', `${created.id}/duplicate`, 'editor')
    expect(copy.json()).toMatchObject({ title: 'Copy of First, renamed', privacy: 'private', revision: 1 })
    expect((await call('DELETE', created.id, 'editor')).statusCode).toBe(204)
    expect((await call('GET', created.id, 'editor')).statusCode).toBe(404)
    const events = await test.store.selectFrom('activity').selectAll().where('asset_id', '=', created.id).execute()
    expect(events.map((event) => event.type).sort()).toEqual(['map.created', 'map.deleted', 'map.updated'])
  })

  it('lose nothing that the schema does not know', async () => {
    const document = documentOf('Round trip', [datasetOf()], [layerOf('stores', 'kind')])
    const config = document.keplerMapConfig.config
    Object.assign(config.visState.layers[0]?.config.visConfig ?? {}, { somethingNewer: { deep: [1, 2] } })
    Object.assign(config, { legendNote: 'kept' })
    const created = await createMap(document)
    const read = await call('GET', created.id, 'editor')
    expect(read.json().document).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it('are refused in a sentence when their parts do not fit together or a connection is not the editor’s', async () => {
    const refuse = async (document: object) => {
      const response = await call('POST', '', 'editor', { document })
      expect(response.statusCode).toBe(400)
      return response.json().error
    }
    expect(await refuse(documentOf('x', [], [layerOf('gone', null)]))).toContain('"gone"')
    expect(await refuse(documentOf('x', [datasetOf()], [layerOf('stores', 'name')]))).toContain('styled by "name"')
    expect(await refuse(documentOf('x', [datasetOf({ connectionName: 'nowhere' })]))).toContain('"nowhere"')
    expect(await refuse({ ...documentOf('x'), title: '' })).toContain('title')
  })

  it('are listed, searched, sorted and paged', async () => {
    for (const title of ['Zebra 100%', 'Apple', 'Mango']) await createMap(documentOf(title), 'admin')
    const list = async (query: string) =>
      (await call('GET', `?${query}`, 'admin')).json<{ maps: { title: string }[]; total: number }>()
    const sorted = await list('scope=mine&orderBy=title')
    expect(sorted.maps.map((map) => map.title)).toEqual(['Apple', 'Mango', 'Zebra 100%'])
    expect((await list('scope=mine&search=100%25')).maps.map((map) => map.title)).toEqual(['Zebra 100%'])
    expect((await list('scope=mine&search=mAN')).total).toBe(1)
    const page = await list('scope=mine&orderBy=title&pageSize=2&page=2')
    expect(page).toMatchObject({ total: 3, maps: [{ title: 'Zebra 100%' }] })
    const withLayers = await createMap(documentOf('With layers', [datasetOf()], [layerOf('stores', null)]))
    const [summary] = (await call('GET', '?search=With%20layers', 'editor')).json().maps
    expect(summary).toMatchObject({ id: withLayers.id, layerCount: 1, connectionNames: ['warehouse'] })
  })

  it('show each person what they may do, with the reason why not', async () => {
    const map = await createMap(documentOf('Shared'))
    expect((await call('GET', map.id, 'viewer')).statusCode).toBe(404)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'shared' })
    const seen = (await call('GET', map.id, 'viewer')).json()
    expect(seen.permissions).toMatchObject({
      edit: { allowed: false, reason: expect.stringContaining('viewer') },
      duplicate: { allowed: false },
    })
    expect((await call('PATCH', map.id, 'viewer', { revision: 1, document: map.document })).statusCode).toBe(403)
    expect((await call('GET', '?scope=shared', 'viewer')).json().maps).toContainEqual(
      expect.objectContaining({ id: map.id }),
    )
  })

  it('of another organization are not there', async () => {
    const map = await createMap(documentOf('Ours'))
    const stranger = await createTestApp()
    try {
      const url = `/workspace-api/maps/${map.id}`
      expect((await stranger.request({ method: 'GET', url, as: 'superadmin' })).statusCode).toBe(404)
    } finally {
      await stranger.close()
    }
  })

  it('cannot be shared by somebody who may not use a connection in them any more', async () => {
    const hidden = await createTestWarehouse(test, { name: 'hidden', privacy: 'shared' })
    const map = await createMap(documentOf('Hidden', [datasetOf({ connectionName: 'hidden' })]), 'admin')
    const url = '/v3/connections/hidden'
    await test.request({ method: 'PATCH', url, as: 'editor', payload: { privacy: 'private' } })
    for (const privacy of ['shared', 'public']) {
      const refused = await call('POST', `${map.id}/privacy`, 'admin', { privacy })
      expect(refused.statusCode).toBe(400)
      expect(refused.json().error).toContain('"hidden"')
    }
    await call('DELETE', map.id, 'admin')
    await hidden.close()
  })
})

describe('data through a map', () => {
  it('is read by viewers for exactly the sources of maps that they may open', async () => {
    const sql = 'SELECT * FROM demo.stores WHERE id <= $1'
    const datasets = [datasetOf(), datasetOf({ id: 'few', type: 'query', source: sql, queryParameters: [10] })]
    const map = await createMap(documentOf('For viewers', datasets))
    const open = (path: string, payload: object) =>
      test.request({ method: 'POST', url: `/v3/maps/warehouse/${path}`, as: 'viewer', payload })
    expect((await open('table', { name: 'demo.stores' })).statusCode).toBe(403)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'shared' })
    expect((await open('table', { name: 'demo.stores' })).statusCode).toBe(200)
    expect((await open('table', { name: 'demo.secret' })).statusCode).toBe(403)
    expect((await open('query', { q: sql, queryParameters: [10] })).statusCode).toBe(200)
    expect((await open('query', { q: sql, queryParameters: [400] })).statusCode).toBe(403)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'private' })
    expect((await open('table', { name: 'demo.stores' })).statusCode).toBe(403)
  })
})

describe('a tile that is cached', () => {
  async function findTile(as: Role): Promise<string> {
    const opened = await test.request({
      method: 'GET',
      url: '/v3/maps/warehouse/table?name=demo.roads&spatialDataColumn=shape',
      as,
    })
    const path = (url: string) => url.replace('http://localhost', '')
    const tileJson = await test.request({ method: 'GET', url: path(opened.json().tilejson.url[0]), as })
    return path(tileJson.json().tiles[0]).replace('{z}/{x}/{y}', '5/15/12')
  }
  const read = async (url: string, as: Role) => (await test.request({ method: 'GET', url, as })).statusCode

  it('is refused as soon as the map that gave the right to it is shared no more', async () => {
    const map = await createMap(
      documentOf('Roads', [datasetOf({ source: 'demo.roads', geoColumn: 'geom:shape', columns: null })]),
    )
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'shared' })
    const url = await findTile('viewer')
    for (let time = 0; time < 3; time++) expect(await read(url, 'viewer')).toBe(200)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'private' })
    expect(await read(url, 'viewer')).toBe(403)
    expect(await read(url, 'editor')).toBe(200)
  })

  it('is refused as soon as its connection is shared no more', async () => {
    const url = await findTile('admin')
    for (let time = 0; time < 3; time++) expect(await read(url, 'admin')).toBe(200)
    const share = (privacy: string) =>
      test.request({ method: 'PATCH', url: '/v3/connections/warehouse', as: 'editor', payload: { privacy } })
    await share('private')
    expect(await read(url, 'admin')).toBe(404)
    await share('shared')
    expect(await read(url, 'admin')).toBe(200)
  })
})

describe('public maps', () => {
  function read(id: string, token?: string) {
    return test.request({ method: 'GET', url: `/v3/maps/public/${id}?v=3.4&client=c`, ...(token ? { token } : {}) })
  }

  it('are read by anybody with a token for exactly their datasets, until they are public no more', async () => {
    const map = await createMap(documentOf('Public', [datasetOf()], [layerOf('stores', 'kind')]))
    expect((await read(map.id)).statusCode).toBe(404)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'public' })
    const response = await read(map.id)
    expect(response.statusCode, response.body).toBe(200)
    const body = response.json()
    expect(body.token).toMatch(/^gtm_/)
    expect(body.graticule.omitted).toEqual([])
    expect(body.keplerMapConfig.config).not.toHaveProperty('graticule')
    expect(body.keplerMapConfig.config.customBaseMaps.customStyle.url).toBe(
      'http://localhost/basemaps/graticule-light/style.json',
    )
    const open = (name: string) =>
      test.request({ method: 'GET', url: `/v3/maps/warehouse/table?name=${name}`, token: body.token })
    expect((await open('demo.stores')).statusCode).toBe(200)
    expect((await open('demo.secret')).statusCode).toBe(403)
    const sql = await test.request({ method: 'GET', url: '/v3/sql/warehouse/query?q=SELECT%201', token: body.token })
    expect(sql.statusCode).toBe(403)
    const stats = await test.request({ method: 'GET', url: '/v3/stats/warehouse/demo.stores/kind', token: body.token })
    expect(stats.json()).toMatchObject({ attribute: 'kind', type: 'String' })

    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'private' })
    expect((await open('demo.stores')).statusCode).toBe(401)
    expect((await read(map.id)).statusCode).toBe(404)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'public' })
    expect((await open('demo.stores')).statusCode).toBe(401)
    expect((await read(map.id)).json().token).not.toBe(body.token)
  })

  it('answer by POST too, and are never 304', async () => {
    const map = await createMap(documentOf('Posted'))
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'public' })
    const url = `/v3/maps/public/${map.id}`
    const headers = { 'if-modified-since': new Date().toUTCString(), 'if-none-match': '*' }
    const response = await test.request({ method: 'POST', url, payload: { v: '3.4' }, headers })
    expect(response.statusCode).toBe(200)
  })

  it('leave out what cannot be read, with its layers, and say why', async () => {
    await warehouse.query('CREATE TABLE demo.passing AS SELECT id, kind AS label, geom FROM demo.stores')
    const datasets = [
      datasetOf(),
      datasetOf({ id: 'passing', source: 'demo.passing', columns: ['label'] }),
      datasetOf({ id: 'broken', type: 'query', source: 'SELECT * FROM nowhere', columns: null }),
      datasetOf({ id: 'flat', source: 'demo.notes', columns: null }),
    ]
    const layers = [
      layerOf('stores', 'kind'),
      layerOf('passing', 'label'),
      layerOf('broken', null),
      layerOf('flat', null),
    ]
    const map = await createMap(documentOf('Partly broken', datasets, layers))
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'public' })
    await warehouse.query('ALTER TABLE demo.passing RENAME label TO renamed')
    const body = (await read(map.id)).json()
    expect(body.datasets.map((dataset: MapDataset) => dataset.id)).toEqual(['stores', 'passing'])
    expect(body.datasets[1].columns).toEqual([])
    expect(body.keplerMapConfig.config.visState.layers.map((layer: MapLayer) => layer.config.dataId)).toEqual([
      'stores',
    ])
    expect(body.graticule.omitted).toEqual(
      expect.arrayContaining([
        // Its SQL is not for readers, and neither is what the warehouse says of it.
        { kind: 'dataset', id: 'broken', reason: expect.stringContaining('The query behind this layer') },
        { kind: 'dataset', id: 'flat', reason: expect.stringContaining('geometry') },
        { kind: 'layer', id: 'layer of passing', reason: expect.stringContaining('label') },
        { kind: 'layer', id: 'layer of broken', reason: expect.any(String) },
      ]),
    )
    expect(JSON.stringify(body)).not.toContain('nowhere')
  })

  it('that are private open for a token whose grants cover all of their sources', async () => {
    const map = await createMap(documentOf('For a program', [datasetOf()], [layerOf('stores', 'kind')]))
    const covering = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    const elsewhere = await test.createToken([{ connection_name: 'warehouse', source: 'demo.zones' }])
    const read200 = await read(map.id, covering)
    expect(read200.statusCode, read200.body).toBe(200)
    expect(read200.json()).not.toHaveProperty('token')
    expect((await read(map.id, elsewhere)).statusCode).toBe(404)
  })

  it('show their viewer page to strangers without anybody’s address', async () => {
    const map = await createMap(documentOf('Viewed', [datasetOf()]))
    const url = `/workspace-api/viewer/maps/${map.id}`
    expect((await test.request({ method: 'GET', url })).statusCode).toBe(404)
    await call('POST', `${map.id}/privacy`, 'editor', { privacy: 'public' })
    const seen = (await test.request({ method: 'GET', url })).json()
    expect(seen).toMatchObject({
      token: expect.stringMatching(/^gtm_/),
      publicUrl: `http://localhost/map/${map.id}`,
      owner: { email: '' },
      permissions: { edit: { allowed: false } },
    })
    expect(JSON.stringify(seen)).not.toContain('editor@example.org')
    const colleague = await test.request({ method: 'GET', url, as: 'viewer' })
    expect(colleague.json().owner.email).toBe('editor@example.org')
  })
})

describe('basemaps', () => {
  it('are offered with styles whose addresses are absolute', async () => {
    const list = (await test.request({ method: 'GET', url: '/workspace-api/basemaps' })).json()
    expect(list.map((basemap: { id: string }) => basemap.id)).toContain('graticule-light')
    const style = await test.request({ method: 'GET', url: '/basemaps/graticule-light/style.json' })
    expect(style.headers['content-type']).toContain('application/json')
    expect(style.body).not.toContain('{baseUrl}')
    const sources = Object.values(style.json().sources) as { data?: unknown }[]
    expect(sources.length).toBeGreaterThan(0)
    for (const source of sources.filter((candidate) => typeof candidate.data === 'string')) {
      const data = await test.request({ method: 'GET', url: String(source.data).replace('http://localhost', '') })
      expect(data.statusCode, String(source.data)).toBe(200)
    }
    expect((await test.request({ method: 'GET', url: '/basemaps/nowhere/style.json' })).statusCode).toBe(404)
    expect((await test.request({ method: 'GET', url: '/basemaps/data/..%2f..%2findex.html' })).statusCode).toBe(400)
  })
})
