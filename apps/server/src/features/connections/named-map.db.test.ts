import { emptyMapDocument, type Role } from '@graticule/contract'
import { tileAtPosition } from '@graticule/tiles'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let test: TestApp
let warehouse: TestWarehouse
let requests = 0

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
})

async function createMap(as: Role): Promise<string> {
  const dataset = {
    id: 'stores',
    type: 'table',
    source: 'demo.stores',
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  }
  const document = { ...emptyMapDocument(`A map of the ${as}`), datasets: [dataset] }
  const created = await test.request({ method: 'POST', url: '/workspace-api/maps', as, payload: { document } })
  expect(created.statusCode, created.body).toBe(201)
  return created.json<{ id: string }>().id
}

type Asking = InjectOptions & { readonly as?: Role; readonly token?: string }

/** What the activity log says of the request's statements: the purpose and the map of each. */
async function recordedOf(requestId: string): Promise<ReadonlySet<string>> {
  await test.activity.flush()
  const events = await test.store
    .selectFrom('activity')
    .select('details')
    .where('type', '=', 'warehouse.statement')
    .where('request_id', '=', requestId)
    .execute()
  return new Set(events.map(({ details }) => [details.purpose, details.map ?? 'no map'].join(' of ')))
}

/** Sends requests one after the other and tells which map their statements were recorded and commented with. */
async function mapsOf(...asked: readonly (Asking | ((body: string) => Asking))[]) {
  requests += 1
  const requestId = `naming-${requests}`
  let body = ''
  for (const next of asked) {
    const { headers, ...options } = typeof next === 'function' ? next(body) : next
    const response = await test.request({ ...options, headers: { ...headers, 'x-request-id': requestId } })
    expect(response.statusCode, response.body).toBeLessThan(300)
    body = response.body
  }
  // The server tells the last statement of each session, with its comment.
  const sessions = await warehouse.query<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'graticule'",
  )
  const comments = sessions
    .map(({ query }) => query.slice(0, query.indexOf('*/')))
    .filter((text) => text.includes(requestId))
  expect(comments.length).toBeGreaterThan(0)
  return {
    recorded: await recordedOf(requestId),
    commented: new Set(comments.map((comment) => /\bmap='?([\w-]+)/.exec(comment)?.[1])),
  }
}

const UNNAMED = new Set(['catalog of no map', 'widget of no map'])

/** SQL that no cache knows. */
const freshSql = () => `SELECT *, ${Math.random()} AS fresh FROM demo.stores`

const widget = (mapId: string): Asking => ({
  method: 'GET',
  url: `/v3/sql/warehouse/model/formula?${new URLSearchParams({
    type: 'query',
    source: freshSql(),
    params: JSON.stringify({ operation: 'count' }),
    'tag-mapId': mapId,
  })}`,
})

describe('the map that a request is made for', () => {
  it('stands in the comment and the event of its tiles, widgets, statistics, SQL and jobs', async () => {
    const map = await createMap('editor')
    const as = 'editor' as const
    const { z, x, y } = tileAtPosition(-3.8, 40.2, 8)
    const path = (url: string | undefined) => (url ?? '').replace('http://localhost', '')
    const tiles = await mapsOf(
      { as, url: `/v3/maps/warehouse/query?${new URLSearchParams({ q: freshSql(), 'tag-mapId': map })}` },
      (body) => ({ as, url: path(JSON.parse(body).tilejson.url[0]) }),
      (body) => ({ as, url: path(JSON.parse(body).tiles[0]).replace('{z}/{x}/{y}', `${z}/${x}/${y}`) }),
    )
    expect(tiles).toEqual({
      recorded: new Set([`catalog of ${map}`, `extent of ${map}`, `tile of ${map}`]),
      commented: new Set([map]),
    })
    expect(await mapsOf({ ...widget(map), as })).toEqual({
      recorded: new Set([`catalog of ${map}`, `widget of ${map}`]),
      commented: new Set([map]),
    })
    const statistics = `/v3/stats/warehouse/revenue?${new URLSearchParams({ q: freshSql(), 'tag-mapId': map })}`
    expect((await mapsOf({ as, url: statistics })).recorded).toEqual(
      new Set([`catalog of ${map}`, `statistics of ${map}`]),
    )
    const query = `/v3/sql/warehouse/query?${new URLSearchParams({ q: freshSql(), 'tag-mapId': map })}`
    expect((await mapsOf({ as, url: query })).recorded).toEqual(new Set([`query of ${map}`]))
    const payload = { source: freshSql(), mapId: map }
    const described = { as, method: 'POST', url: '/workspace-api/connections/warehouse/describe', payload } as const
    expect((await mapsOf(described)).recorded).toEqual(new Set([`catalog of ${map}`]))
    const job = { q: 'SELECT 1', 'tag-mapId': map }
    const headers = { 'x-request-id': 'naming-job' }
    await test.request({ as, method: 'POST', url: '/v3/sql/warehouse/job', headers, payload: job })
    await expect.poll(() => recordedOf('naming-job')).toEqual(new Set([`job of ${map}`]))
  })

  it('is not believed when the caller may not open that map', async () => {
    const own = await createMap('editor')
    // A token of the SQL API reads no maps, whatever data it may read.
    const token = await test.createToken([{ connection_name: 'warehouse', source: '*' }], ['sql'])
    for (const claimed of [own, 'no-such-map']) {
      const refused = await mapsOf({ ...widget(claimed), token })
      expect(refused).toEqual({ recorded: UNNAMED, commented: new Set([undefined]) })
    }
    const foreign = await createMap('admin')
    const editors = await mapsOf({ ...widget(foreign), as: 'editor' })
    expect(editors.recorded).toEqual(UNNAMED)
    const admins = await mapsOf({ ...widget(foreign), as: 'admin' })
    expect(admins.recorded).toEqual(new Set([`catalog of ${foreign}`, `widget of ${foreign}`]))
  })

  it('is believed of a token whose grants cover all that the map draws', async () => {
    const map = await createMap('editor')
    const covering = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
    expect((await mapsOf({ ...widget(map), token: covering })).commented).toEqual(new Set([map]))
  })
})
