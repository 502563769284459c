import { setTimeout as sleep } from 'node:timers/promises'
import { emptyMapDocument, type MapDataset, type MapDocument, type Role, WIDGET_MODELS } from '@graticule/contract'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { QueryHandles } from './query-handles.ts'

// What somebody without SQL on a connection can have run there: what a published map says, and nothing else. PostgreSQL's
// own log tells whether anything was sent; the store stands on another server, so that the log is of the warehouse alone.

/** Stands in every query, so that no answer may hold it. */
const MARK = 'words_of_the_author'
const NEAR = `SELECT id, kind, revenue, opened, geom FROM demo.stores AS ${MARK} WHERE id <= $1`
const SECRET = `SELECT * FROM demo.secret AS ${MARK}`

type Attacker = { readonly name: string; readonly as?: Role; readonly token?: string }

let warehouseServer: TestPostgres
let testApp: TestApp
let warehouse: TestWarehouse
let map: string
let hidden: string
/** What stands for the query of the map, and for one of a map that nobody else may open. */
let near: string
let secret: string
let attackers: readonly Attacker[]
/** Addresses of what an editor opened: of sources and columns that no map shows. */
let stolen: readonly { readonly tileJson: string; readonly tile: string }[]

beforeAll(async () => {
  warehouseServer = await startPostgres({ settings: { log_statement: 'all' } })
  const storeServer = await startPostgres()
  testApp = await createTestApp(async () => {
    const database = await createDatabase(storeServer, { postgis: false })
    return {
      url: database.connectionString,
      warehouseUrl: warehouseServer.connectionString,
      close: () => storeServer.stop(),
    }
  })
  warehouse = await createTestWarehouse(testApp)
  // The same data through a connection that is nobody else's: there the map lends what it shows.
  await call('POST', '/v3/connections', {
    name: 'closed',
    providerId: 'postgres',
    config: warehouse.config,
    privacy: 'private',
  })
  // The check of the login that was saved is over before the log is looked at.
  const posture = () => testApp.request({ url: '/v3/connections/closed/posture', as: 'editor' })
  await vi.waitFor(async () => expect((await posture()).json().state).toBe('checked'), 20_000)
  hidden = await createMap([datasetOf('warehouse', { type: 'query', source: SECRET, columns: null })])
  map = await createMap(
    ['warehouse', 'closed'].flatMap((connectionName) => [
      datasetOf(connectionName),
      datasetOf(connectionName, {
        id: `near of ${connectionName}`,
        type: 'query',
        source: NEAR,
        queryParameters: [20],
      }),
    ]),
  )
  const userIds = [testApp.users.guest.id]
  await call('PUT', `/workspace-api/maps/${map}/sharing`, { privacy: 'public', userIds })
  const handles = new QueryHandles(testApp.secretBox)
  near = handles.of(map, { type: 'query', sql: NEAR, parameters: [20] })
  secret = handles.of(hidden, { type: 'query', sql: SECRET })
  const { token } = (await testApp.request({ url: `/v3/maps/public/${map}` })).json()
  attackers = [
    { name: 'a viewer', as: 'viewer' },
    { name: 'a guest', as: 'guest' },
    { name: 'a public link', token },
  ]
  stolen = await Promise.all(
    ['warehouse', 'closed'].flatMap((connection) =>
      [
        { name: 'demo.secret' },
        { name: 'demo.stores' },
        { name: 'demo.stores', columns: 'kind,revenue' },
        { name: 'demo.stores', columns: 'kind', filters: { revenue: { between: { values: [[0, 10]] } } } },
        { q: NEAR, queryParameters: [400], columns: 'kind' },
        { q: near, columns: 'revenue' },
      ].map((parameters) => openAsEditor(connection, parameters)),
    ),
  )
}, 60_000)
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
  await warehouseServer.stop()
})

function datasetOf(connectionName: string, over: Partial<MapDataset> = {}): MapDataset {
  return {
    id: `stores of ${connectionName}`,
    type: 'table',
    source: 'demo.stores',
    connectionName,
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: ['kind'],
    format: 'tilejson',
    ...over,
  }
}

async function createMap(datasets: MapDataset[]): Promise<string> {
  const document: MapDocument = { ...emptyMapDocument('Stores'), datasets }
  const { config } = document.keplerMapConfig
  for (const { id } of datasets)
    config.filters[id] = { opened: { between: { values: [['2024-02-01T00:00:00Z', null]] } } }
  const ofStores = { dataSource: 'stores of warehouse', global: true }
  config.graticule.widgets = [
    { ...ofStores, id: 'total', title: 'Total', type: 'formula', operation: 'sum', column: 'revenue' },
    { ...ofStores, id: 'numbers', title: 'Numbers', type: 'histogram', column: 'big', buckets: 4 },
  ].filter(() => datasets.length > 1) as typeof config.graticule.widgets
  const created = await call('POST', '/workspace-api/maps', { document })
  return created.json().id
}

async function call(method: 'POST' | 'PUT', url: string, payload: object): Promise<LightMyRequestResponse> {
  const answer = await testApp.request({ method, url, as: 'editor', payload })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer
}

const path = (url: string) => url.replace('http://localhost', '')

async function openAsEditor(connection: string, parameters: object) {
  const endpoint = 'q' in parameters ? 'query' : 'table'
  const opened = await call('POST', `/v3/maps/${connection}/${endpoint}`, parameters)
  const tileJson = path(opened.json().tilejson.url[0])
  const answer = await testApp.request({ url: tileJson, as: 'editor' })
  expect(answer.statusCode, answer.body).toBe(200)
  return { tileJson, tile: path(answer.json().tiles[0]).replace('{z}/{x}/{y}', '5/15/12') }
}

/** Sends parameters as the real clients do, in the address or as a body. */
function send(attacker: Attacker, url: string, parameters: object, asPost = false): Promise<LightMyRequestResponse> {
  const { name: _name, ...who } = attacker
  if (asPost) return testApp.request({ method: 'POST', url, payload: parameters, ...who })
  const query = new URLSearchParams(
    Object.entries(parameters).map(([key, value]): [string, string] => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  )
  return testApp.request({ url: `${url}?${query}`, ...who })
}

let marks = 0

/** All that the warehouse's server has logged so far, up to a statement of our own. */
async function readLog(): Promise<string> {
  const mark = `SELECT 'mark ${++marks} of the log'`
  await warehouse.query(mark)
  const deadline = Date.now() + 10_000
  while (!warehouseServer.log().includes(mark)) {
    if (Date.now() > deadline) throw new Error('The server does not log its statements.')
    await sleep(2)
  }
  return warehouseServer.log()
}

/** The statements that the server was sent while something happened, by its own log. */
async function sentDuring(work: () => Promise<unknown>): Promise<string[]> {
  await readLog()
  const begin = `mark ${marks} of the log'`
  await work()
  const log = await readLog()
  const ours = log.slice(
    log.lastIndexOf(begin) + begin.length,
    log.lastIndexOf('LOG:', log.lastIndexOf(`mark ${marks} `)),
  )
  return ours.split('\n').filter((line) => /LOG: {2}(statement|execute)/.test(line))
}

/** Every answer differs, so that none comes from memory. */
let fresh = 0

interface Attack {
  readonly url: string
  readonly parameters: Readonly<Record<string, unknown>>
}

const BOX = {
  type: 'Polygon',
  coordinates: [
    [
      [-5, 39],
      [-3, 39],
      [-3, 41],
      [-5, 39],
    ],
  ],
}

/** Sources that the map does not read, however they are spelled. */
function listForeignSources() {
  return {
    tables: [
      'demo.secret',
      'demo.nowhere',
      'stores',
      'demo.stores AS s',
      'demo.stores; SELECT 1',
      '(SELECT * FROM demo.secret) AS s',
      'pg_catalog.pg_class',
      near,
    ],
    queries: [
      'SELECT 1',
      'SELECT * FROM demo.secret',
      'SELECT * FROM demo.stores',
      NEAR,
      `${NEAR} `,
      NEAR.toLowerCase(),
      `SELECT * FROM (${near}) AS x`,
      `${near} UNION SELECT * FROM demo.secret`,
      near.replace(map, hidden),
      `${near.slice(0, -1)}${near.endsWith('A') ? 'B' : 'A'}`,
      near.toUpperCase(),
      secret,
      'demo.secret',
    ],
  }
}

/** Of a source that the map does read: columns, geometries, filters and SQL that it does not declare. */
const UNDECLARED = [
  { spatialDataColumn: 'big' },
  { spatialDataColumn: 'geom,geom' },
  { filters: { revenue: { between: { values: [[0, 10]] } } } },
  { filters: { opened: { between: { values: [['2025-01-01T00:00:00Z', null]] } } } },
  { filters: { 'revenue" > 0 OR "kind': { in: { values: ['x'] } } } },
]

const MODEL_PARAMS: Readonly<Record<(typeof WIDGET_MODELS)[number], readonly object[]>> = {
  formula: [
    { column: 'revenue', operation: 'max' },
    { column: '*', operation: 'custom', operationExp: 'max(revenue)' },
    { column: '*', operation: 'count', operationExp: '(SELECT count(*) FROM demo.secret)' },
    { column: 'kind', operation: 'custom' },
  ],
  category: [
    { column: 'revenue', operation: 'count' },
    { column: 'kind', operation: 'sum', operationColumn: 'revenue' },
    { column: 'kind', operation: 'custom', operationExp: 'sum(revenue)' },
    { operationColumn: 'kind', column: 'opened', operation: 'count' },
  ],
  histogram: [
    { column: 'revenue', operation: 'count', ticks: [10] },
    { column: 'kind', operation: 'custom', ticks: [1] },
  ],
  range: [{ column: 'revenue' }, { column: 'opened' }],
  scatterplot: [{ xAxisColumn: 'kind', yAxisColumn: 'revenue', limit: 10 }],
  table: [
    { column: ['kind', 'revenue'] },
    { column: ['kind'], sortBy: 'revenue' },
    { column: ['*'] },
    { column: ['kind", (SELECT 1) AS "x'] },
  ],
  timeseries: [
    { column: 'opened', stepSize: 'day', operation: 'count' },
    { column: 'kind', stepSize: 'day', operation: 'sum', operationColumn: 'revenue' },
    { column: 'kind', stepSize: 'day', operation: 'count', splitByCategory: 'revenue' },
    { column: 'kind', stepSize: 'day', operation: 'custom', operationExp: 'sum(revenue)' },
  ],
  aggregations: [
    { aggregations: 'sum(revenue) AS x' },
    { aggregations: [{ column: 'revenue', operation: 'sum', alias: 'x' }] },
    { aggregations: [{ column: '*', operation: 'custom', operationExp: 'max(revenue)', alias: 'x' }] },
  ],
  pick: [{ columns: ['revenue'], dataType: 'points', featureIds: ['1'] }],
}

/** What readers of the map may read, as a request names it; a handle, a text, and the names of the endpoints. */
function listDeclaredSources() {
  return [
    {
      endpoint: 'table',
      open: { name: 'demo.stores' },
      model: { type: 'table', source: 'demo.stores' },
      stats: 'demo.stores/',
    },
    { endpoint: 'query', open: { q: near }, model: { type: 'query', source: near }, stats: '' },
  ] as const
}

/** Every request that names its source, and asks for what the map does not declare. */
function listAttacks(connection: string): Attack[] {
  const { tables, queries } = listForeignSources()
  const maps = `/v3/maps/${connection}`
  const models = `/v3/sql/${connection}/model`
  const foreign = [
    ...tables.map((name): Attack => ({ url: `${maps}/table`, parameters: { name } })),
    ...queries.map((q): Attack => ({ url: `${maps}/query`, parameters: { q } })),
    { url: `${maps}/query`, parameters: { q: NEAR, queryParameters: [400] } },
    { url: `${maps}/query`, parameters: { q: near, queryParameters: [400] } },
    ...tables.map(
      (source): Attack => ({ url: `${models}/formula`, parameters: { type: 'table', source, params: {} } }),
    ),
    ...queries.map(
      (source): Attack => ({ url: `${models}/formula`, parameters: { type: 'query', source, params: {} } }),
    ),
    ...tables
      .filter((name) => !name.includes('/'))
      .map((name): Attack => ({ url: `/v3/stats/${connection}/${encodeURIComponent(name)}/kind`, parameters: {} })),
    ...queries.map((q): Attack => ({ url: `/v3/stats/${connection}/kind`, parameters: { q } })),
  ]
  const undeclared = listDeclaredSources().flatMap(({ endpoint, open, model, stats }) => [
    ...[...UNDECLARED, { columns: 'revenue' }, { columns: 'kind,opened' }, { aggregationExp: 'max(revenue) AS x' }].map(
      (extra): Attack => ({ url: `${maps}/${endpoint}`, parameters: { ...open, ...extra } }),
    ),
    ...WIDGET_MODELS.flatMap((name) =>
      MODEL_PARAMS[name].map((params): Attack => ({ url: `${models}/${name}`, parameters: { ...model, params } })),
    ),
    ...[...UNDECLARED, { spatialFilters: { big: BOX } }].map(
      (extra): Attack => ({
        url: `${models}/category`,
        parameters: { ...model, params: { column: 'kind', operation: 'count' }, ...extra },
      }),
    ),
    ...['revenue', 'opened', 'no such column'].map(
      (column): Attack => ({ url: `/v3/stats/${connection}/${stats}${column}`, parameters: stats === '' ? open : {} }),
    ),
    ...UNDECLARED.slice(2).map(
      (extra): Attack => ({
        url: `/v3/stats/${connection}/${stats}kind`,
        parameters: { ...(stats === '' ? open : {}), ...extra },
      }),
    ),
    {
      url: `/v3/stats/${connection}/${stats}big`,
      parameters: { ...(stats === '' ? open : {}), spatialDataType: 'geo' },
    },
  ])
  return [...foreign, ...undeclared]
}

describe('what the map declares', () => {
  test.each(['warehouse', 'closed'])('is read through %s by everybody who may open it', async (connection) => {
    for (const attacker of attackers) {
      for (const { endpoint, open, model, stats } of listDeclaredSources()) {
        const opened = await send(attacker, `/v3/maps/${connection}/${endpoint}`, { ...open, cache: ++fresh })
        expect(opened.statusCode, `${attacker.name}: ${opened.body}`).toBe(200)
        // Columns are not even named that the map does not show.
        expect(opened.json().schema.map(({ name }: { name: string }) => name)).toEqual(['kind', 'geom'])
        const tileJson = await send(attacker, path(opened.json().tilejson.url[0]).split('?')[0] ?? '', {})
        expect(tileJson.statusCode, tileJson.body).toBe(200)
        expect(tileJson.body).not.toContain('revenue')
        const tile = await send(
          attacker,
          path(tileJson.json().tiles[0]).split('?')[0]?.replace('{z}/{x}/{y}', '5/15/12') ?? '',
          {},
        )
        expect(tile.statusCode).toBe(200)
        expect(tile.rawPayload.includes('kind')).toBe(true)
        expect(tile.rawPayload.includes('revenue')).toBe(false)
        const counted = await send(attacker, `/v3/sql/${connection}/model/category`, {
          ...model,
          params: { column: 'kind', operation: 'count' },
          filters: { opened: { between: { values: [['2024-02-01T00:00:00Z', null]], owner: 'author' } } },
          spatialFilters: { geom: BOX },
        })
        expect(counted.statusCode, counted.body).toBe(200)
        const read = await send(attacker, `/v3/stats/${connection}/${stats}kind`, stats === '' ? open : {})
        expect(read.statusCode, read.body).toBe(200)
        const extent = await send(attacker, `/v3/stats/${connection}/${stats}geom`, {
          ...(stats === '' ? open : {}),
          spatialDataType: 'geo',
        })
        expect(extent.json(), extent.body).toHaveProperty('extent')
        for (const answer of [opened, tileJson, tile, counted, read, extent]) expect(answer.body).not.toContain(MARK)
      }
    }
  })

  test('answers the questions of its widgets about columns that it does not show', async () => {
    const source = { type: 'table', source: 'demo.stores' }
    const asked = [
      { model: 'formula', params: { column: 'revenue', operation: 'sum' } },
      { model: 'range', params: { column: 'big' } },
      { model: 'histogram', params: { column: 'big', operation: 'count', ticks: [9007199254741100] } },
    ]
    for (const attacker of attackers) {
      for (const { model, params } of asked) {
        const parameters = { ...source, params, filters: { kind: { in: { values: ['mall', `${++fresh}`] } } } }
        const sent = await sentDuring(async () => {
          const answer = await send(attacker, `/v3/sql/warehouse/model/${model}`, parameters)
          expect(answer.statusCode, answer.body).toBe(200)
        })
        // The log does tell of what is sent.
        expect(sent.length, `${attacker.name} ${model}`).toBeGreaterThan(0)
        // The widgets are of another dataset than the one of this connection.
        const elsewhere = await send(attacker, `/v3/sql/closed/model/${model}`, { ...source, params })
        expect(elsewhere.json()).toMatchObject({ code: 'not_in_map', details: { rule: 'map.question' } })
      }
    }
  })

  test('is told with handles instead of SQL, and without its parameters; whoever edits it has the text', async () => {
    const seen = await Promise.all([
      testApp.request({ url: `/v3/maps/public/${map}` }),
      testApp.request({ url: `/workspace-api/viewer/maps/${map}` }),
      testApp.request({ url: `/workspace-api/viewer/maps/${map}`, as: 'guest' }),
      testApp.request({ url: `/workspace-api/maps/${map}`, as: 'viewer' }),
      testApp.request({ url: `/workspace-api/viewer/maps/${map}`, as: 'admin' }),
      testApp.request({ url: `/workspace-api/viewer/maps/${map}?version=published`, as: 'editor' }),
    ])
    for (const answer of seen) {
      expect(answer.statusCode, answer.body).toBe(200)
      expect(answer.body).toContain(near)
      expect(answer.body).not.toContain(MARK)
      const { datasets } = answer.json().document ?? answer.json()
      for (const dataset of datasets as MapDataset[]) expect(dataset.queryParameters ?? null).toBeNull()
    }
    const draft = await testApp.request({ url: `/workspace-api/maps/${map}`, as: 'editor' })
    expect(draft.body).toContain(NEAR)
    expect(draft.body).not.toContain('gtq_')
  })
})

describe('what the map does not declare', () => {
  test.each(['warehouse', 'closed'])('is refused of %s in GET and POST, and nothing is sent', async (connection) => {
    for (const attacker of attackers) {
      const complaints: string[] = []
      const sent = await sentDuring(async () => {
        for (const { url, parameters } of listAttacks(connection)) {
          for (const asPost of [false, true]) {
            const answer = await send(attacker, url, parameters, asPost)
            const body = answer.json()
            const isRefused = answer.statusCode === 403 && body.code === 'not_in_map'
            const isExplained = typeof body.details?.rule === 'string' && typeof body.decisionId === 'string'
            if (isRefused && isExplained && !answer.body.includes(MARK)) continue
            complaints.push(`${asPost ? 'POST' : 'GET'} ${url} ${JSON.stringify(parameters)}: ${answer.body}`)
          }
        }
      })
      expect(complaints, attacker.name).toEqual([])
      expect(sent, attacker.name).toEqual([])
    }
  })

  test('is refused at the addresses of what others opened', async () => {
    for (const attacker of attackers) {
      const sent = await sentDuring(async () => {
        for (const { tileJson, tile } of stolen) {
          for (const address of [tileJson, tile]) {
            const { name: _name, ...who } = attacker
            const answer = await testApp.request({ url: address, ...who })
            expect([403, 404], `${attacker.name} ${address}: ${answer.body}`).toContain(answer.statusCode)
          }
        }
      })
      expect(sent).toEqual([])
    }
  })

  test('is not run as SQL either: queries, jobs, descriptions, lists and advice', async () => {
    for (const attacker of attackers) {
      for (const connection of ['warehouse', 'closed']) {
        const sent = await sentDuring(async () => {
          for (const q of [...listForeignSources().queries, near]) {
            for (const asPost of [false, true]) {
              const query = await send(attacker, `/v3/sql/${connection}/query`, { q }, asPost)
              const isKnown = connection === 'warehouse' ? attacker.as !== 'guest' : attacker.as === undefined
              expect(query.statusCode, query.body).toBe(isKnown ? 403 : 404)
              if (isKnown) expect(query.json().code).toBe('not_in_map')
            }
            const job = await send(attacker, `/v3/sql/${connection}/job`, { q }, true)
            expect([403, 404]).toContain(job.statusCode)
          }
        })
        expect(sent).toEqual([])
      }
    }
  })

  test('is refused on every route that there is, whatever the request is called to carry', async () => {
    const routes = testApp.app.declaredRoutes.filter(
      ({ method, url }) => method !== 'HEAD' && !url.startsWith('/docs/'),
    )
    expect(routes.length).toBeGreaterThan(200)
    const reached: string[] = []
    for (const [index, { method, url }] of routes.entries()) {
      // Of what the map declares these tell, whatever else stands in the request.
      if (url.startsWith('/v3/maps/public/')) continue
      const sent = await sentDuring(async () => {
        for (const attacker of attackers) {
          // What a request may do to the session that sends it is not what is looked at.
          const { name: _name, ...known } = attacker
          const isOwn = method !== 'GET' && attacker.as !== undefined
          const cookie = isOwn ? await testApp.signIn(attacker.as ?? 'viewer') : ''
          const who = isOwn ? { headers: { cookie, 'sec-fetch-site': 'same-origin' } } : known
          for (const carried of carryEverything()) {
            const target = fill(url, carried)
            const inAddress = new URLSearchParams(
              Object.entries(carried.values).map(([key, value]): [string, string] => [
                key,
                typeof value === 'string' ? value : JSON.stringify(value),
              ]),
            )
            const payload = method === 'GET' ? {} : { payload: carried.values }
            const answer = await testApp.request({
              method: method as 'GET',
              url: `${target}${target.includes('?') ? '&' : '?'}${inAddress}`,
              ...payload,
              ...who,
            } as Parameters<TestApp['request']>[0])
            if (answer.body.includes(MARK)) reached.push(`${method} ${url} tells SQL to ${attacker.name}`)
          }
        }
      })
      if (sent.length > 0) reached.push(`${index} ${method} ${url}: ${sent[0]}`)
    }
    expect(reached).toEqual([])
    // The people are as they were: what they may read they still read.
    for (const attacker of attackers) {
      const answer = await send(attacker, '/v3/maps/warehouse/table', { name: 'demo.stores' })
      expect(answer.statusCode, `${attacker.name}: ${answer.body}`).toBe(200)
    }
  }, 240_000)
})

interface Carried {
  readonly connection: string
  readonly handle: string
  readonly column: string
  /** Under every name that any route reads SQL, sources, columns, filters or expressions from. */
  readonly values: Readonly<Record<string, unknown>>
}

function carryEverything(): Carried[] {
  const carried = [
    { connection: 'warehouse', sql: NEAR },
    { connection: 'closed', sql: secret },
  ]
  return carried.map(
    ({ connection, sql }, index): Carried => ({
      connection,
      handle: /(?:tilejson)\/([\w-]+)/.exec(stolen[index]?.tileJson ?? '')?.[1] ?? '',
      column: 'revenue',
      values: {
        q: sql,
        query: sql,
        sql,
        source: sql,
        name: 'demo.secret',
        type: 'query',
        table: 'demo.secret',
        queryParameters: [400],
        columns: 'revenue',
        column: 'revenue',
        spatialDataColumn: 'geom',
        filters: { revenue: { between: { values: [[0, 10]] } } },
        aggregationExp: 'max(revenue) AS x',
        operation: 'custom',
        operationExp: 'max(revenue)',
        params: { column: 'revenue', operation: 'custom', operationExp: 'max(revenue)' },
        mapId: map,
        'tag-mapId': map,
        connection,
        connectionName: connection,
      },
    }),
  )
}

/** The path of a route with what an attacker would write into it. */
function fill(url: string, { connection, handle, column }: Carried): string {
  const parts: Readonly<Record<string, string>> = {
    connection,
    name: connection,
    idOrName: connection,
    handle,
    z: '5',
    x: '15',
    y: '12',
    model: 'formula',
    schema: 'demo',
    table: 'demo.secret',
    id: map,
  }
  return url
    .replace(/:(\w+)/g, (_whole, name: string) => parts[name] ?? map)
    .replace('*', `${connection}/demo.stores/${column}`)
}
