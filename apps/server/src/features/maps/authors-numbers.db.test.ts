import { emptyMapDocument, type MapDataset, type MapDocument, type Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  SOUTHERN_CANARY,
  startRowSecurityWarehouse,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

// On a connection that everybody reads with a login of their own, what an author found under theirs is nobody else's:
// neither in the map nor in anything that is answered about it. Southern rows are the author's; Alice's are northern.

/** A southern revenue, as classes and filters hold it. */
const SOUTHERN_REVENUE = 1_000_123

let testApp: TestApp
let warehouse: RowSecurityWarehouse
let drawn: string
let queried: string

beforeAll(async () => {
  warehouse = await startRowSecurityWarehouse({ perRegion: 200 })
  testApp = await createTestApp()
  const created = await send('POST', '/v3/connections', 'editor', {
    name: 'warehouse',
    providerId: 'postgres',
    config: warehouse.config('author'),
    privacy: 'shared',
    credentialPolicy: 'viewer',
  })
  expect(created.statusCode, created.body).toBe(201)
  const posture = () => testApp.request({ url: '/v3/connections/warehouse/posture', as: 'editor' })
  await vi.waitFor(async () => expect((await posture()).json().state).toBe('checked'), 10_000)
  drawn = await createMap({ type: 'table', source: 'public.stores' })
  queried = await createMap({
    type: 'query',
    source: `SELECT *, note = '${SOUTHERN_CANARY}' AS is_southern FROM stores WHERE revenue <> $1`,
    queryParameters: [SOUTHERN_REVENUE],
  })
  // The author has looked at everything before, so that whatever is kept of it is there.
  for (const map of [drawn, queried]) await readAll('editor', map)
  for (const as of ['viewer', 'admin'] as const) {
    const login = { user: 'alice', password: LOGIN_PASSWORD }
    const given = await send('PUT', '/v3/connections/warehouse/my-credentials', as, { login })
    expect(given.statusCode, given.body).toBe(200)
  }
}, 60_000)
afterAll(async () => {
  await testApp.close()
  await warehouse.stop()
})

function send(method: 'POST' | 'PUT' | 'PATCH', url: string, as: Role, payload: object) {
  return testApp.request({ method, url, as, payload })
}

/** A map whose author has chosen categories, classes, filters and more among what they saw. */
async function createMap(source: Pick<MapDataset, 'type' | 'source' | 'queryParameters'>): Promise<string> {
  const document: MapDocument = {
    ...emptyMapDocument('Stores'),
    datasets: [
      {
        ...source,
        id: 'stores',
        connectionName: 'warehouse',
        providerId: 'postgres',
        label: 'Stores',
        geoColumn: 'geom',
        columns: ['note', 'revenue'],
        format: 'tilejson',
        aggregationExp: `max(CASE WHEN note = '${SOUTHERN_CANARY}' THEN 1 END) AS x`,
      },
    ],
  }
  const { config } = document.keplerMapConfig
  const range = { name: 'Bold', type: 'qualitative', category: 'CARTO', colors: ['#7F3C8D', '#11A579'] }
  const layer = {
    type: 'tileset' as const,
    config: { dataId: 'stores', label: 'Stores', color: [1, 2, 3], isVisible: true, textLabel: [] },
  }
  config.visState.layers = [
    {
      ...layer,
      id: 'by-category',
      config: {
        ...layer.config,
        visConfig: {
          filled: true,
          colorRange: { ...range, colorMap: [[SOUTHERN_CANARY, '#7F3C8D']] },
          strokeColorRange: { ...range, colorMap: [[SOUTHERN_CANARY, '#11A579']] },
          // Of a newer client.
          ...{ legendCounts: { [SOUTHERN_CANARY]: 200 } },
        },
      },
      visualChannels: { colorField: { name: 'note', type: 'string' }, colorScale: 'ordinal' },
    },
    {
      ...layer,
      id: 'by-class',
      config: {
        ...layer.config,
        visConfig: {
          filled: true,
          colorRange: {
            ...range,
            colorMap: [
              [SOUTHERN_REVENUE, '#7F3C8D'],
              [null, '#11A579'],
            ],
          },
        },
      },
      visualChannels: { colorField: { name: 'revenue', type: 'real' }, colorScale: 'custom' },
    },
  ]
  config.filters = {
    stores: {
      note: { in: { values: [SOUTHERN_CANARY, 'store 1'] } },
      revenue: { between: { values: [[SOUTHERN_REVENUE, null]] } },
    },
  }
  config.graticule.widgets = [
    {
      id: 'w1',
      type: 'category',
      title: 'Notes',
      dataSource: 'stores',
      global: true,
      column: 'note',
      operation: 'count',
      operationColumn: 'note',
    },
  ]
  const created = await send('POST', '/workspace-api/maps', 'editor', { document })
  expect(created.statusCode, created.body).toBe(201)
  const { id } = created.json()
  const userIds = [testApp.users.guest.id]
  const shared = await send('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', {
    privacy: 'public',
    userIds,
    publication: { reason: 'They are for everybody' },
  })
  expect(shared.statusCode, shared.body).toBe(200)
  return id
}

const path = (url: string) => url.replace('http://localhost', '')

/** All that somebody is answered who opens the map, looks at it everywhere and asks all that it lets them ask. */
async function readAll(as: Role | null, map: string): Promise<LightMyRequestResponse[]> {
  const seen: LightMyRequestResponse[] = []
  const get = async (url: string) => {
    const answer = await testApp.request({ url: path(url), ...(as === null ? {} : { as }) })
    seen.push(answer)
    return answer
  }
  await get(`/v3/maps/public/${map}`)
  await get('/workspace-api/maps')
  await get(`/workspace-api/maps/${map}`)
  const viewed = await get(`/workspace-api/viewer/maps/${map}?version=published`)
  const dataset: MapDataset | undefined = viewed.json().document?.datasets[0]
  if (dataset === undefined) return seen
  const isTable = dataset.type === 'table'
  const open = new URLSearchParams({ [isTable ? 'name' : 'q']: dataset.source, columns: 'note,revenue' })
  const opened = await get(`/v3/maps/warehouse/${dataset.type}?${open}`)
  if (opened.statusCode === 200) {
    const tileJson = await get(opened.json().tilejson.url[0])
    for (const [longitude, latitude, zoom] of [
      [0.5, 50.05, 6],
      [100.5, -49.95, 6],
      [0, 0, 0],
    ] as const) {
      const { z, x, y } = tileAtPosition(longitude, latitude, zoom)
      await get(tileJson.json().tiles[0].replace('{z}', z).replace('{x}', x).replace('{y}', y))
    }
  }
  for (const column of ['note', 'revenue', 'geom']) {
    await get(`/v3/stats/warehouse/${isTable ? 'public.stores/' : ''}${column}${isTable ? '' : `?q=${dataset.source}`}`)
  }
  const ask = (model: string, params: object) =>
    get(
      `/v3/sql/warehouse/model/${model}?${new URLSearchParams({
        type: dataset.type,
        source: dataset.source,
        params: JSON.stringify(params),
      })}`,
    )
  await ask('category', { column: 'note', operation: 'count', othersThreshold: 3 })
  await ask('range', { column: 'revenue' })
  await ask('histogram', { column: 'revenue', operation: 'count', ticks: [10, 1_000_000] })
  await ask('table', { column: ['note', 'revenue'], limit: 1_000 })
  return seen
}

/** What of an answer somebody with northern rows alone could not have found themself. */
function findForeign(answer: LightMyRequestResponse): string[] {
  const bytes = answer.rawPayload.toString('latin1')
  return [SOUTHERN_CANARY, String(SOUTHERN_REVENUE), '1000200', '"xmax":100', '"ymin":-50', ',-50,'].filter((value) =>
    bytes.includes(value),
  )
}

test('the author meets all of it, in the map and in what is answered', async () => {
  const seen = await readAll('editor', drawn)
  const found = new Set(seen.flatMap(findForeign))
  for (const value of [SOUTHERN_CANARY, String(SOUTHERN_REVENUE), '1000200', '"xmax":100', ',-50,'])
    expect([...found]).toContain(value)
})

test('no byte of an answer to anybody else holds a value that only the author may see', async () => {
  for (const map of [drawn, queried]) {
    for (const as of ['viewer', 'admin', 'guest', null] as const) {
      const seen = await readAll(as, map)
      expect(seen.length).toBeGreaterThan(10)
      const complaints = seen.flatMap((answer) =>
        findForeign(answer).map((value) => `${as} ${answer.raw.req.url}: ${value} in ${answer.body.slice(0, 300)}`),
      )
      expect(complaints).toEqual([])
      // Who has a login of their own sees what is theirs, and does not merely fail.
      const hasLogin = as === 'viewer' || as === 'admin'
      expect(seen.filter(({ statusCode }) => statusCode === 200).length > 12, `${as}`).toBe(hasLogin)
    }
  }
})

test('styles keep their colours, and their classes are found under the login that looks', async () => {
  const { document } = (await testApp.request({ url: `/workspace-api/viewer/maps/${drawn}`, as: 'viewer' })).json()
  const [byCategory, byClass] = document.keplerMapConfig.config.visState.layers
  expect(byCategory.config.visConfig.colorRange.colors).toEqual(['#7F3C8D', '#11A579'])
  expect(byCategory.visualChannels.colorScale).toBe('ordinal')
  expect(byClass.visualChannels.colorScale).toBe('quantile')
  expect(document.keplerMapConfig.config.filters).toEqual({})
  const stats = await testApp.request({ url: '/v3/stats/warehouse/public.stores/revenue', as: 'viewer' })
  expect(stats.json()).toMatchObject({ min: 1, max: 200 })
  // Whoever edits the map has it as it is, and so has its owner’s next save.
  const { document: draft } = (await testApp.request({ url: `/workspace-api/maps/${drawn}`, as: 'editor' })).json()
  expect(JSON.stringify(draft)).toContain(SOUTHERN_CANARY)
})

test('a copy does not carry them to whoever makes it', async () => {
  const copied = await send('POST', `/workspace-api/maps/${drawn}/duplicate`, 'admin', {})
  expect(copied.statusCode, copied.body).toBe(201)
  const own = await testApp.request({ url: `/workspace-api/maps/${copied.json().id}`, as: 'admin' })
  const { datasets, keplerMapConfig } = own.json().document
  expect(datasets[0].source).toBe('public.stores')
  expect(JSON.stringify(keplerMapConfig)).not.toContain(SOUTHERN_CANARY)
  expect(JSON.stringify(keplerMapConfig)).not.toContain(String(SOUTHERN_REVENUE))
})
