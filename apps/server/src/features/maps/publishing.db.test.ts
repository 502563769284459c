import { emptyMapDocument, type MapDataset, type MapDetail, type Role } from '@graticule/contract'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describePublishing } from '../../testing/publishing-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

describe('drafts and what is published on PostgreSQL', () => {
  describePublishing(() => createTestApp(() => stores.open()))
})

describe('data through a map', () => {
  let testApp: TestApp
  let warehouse: TestWarehouse
  let map: string

  beforeEach(async () => {
    testApp = await createTestApp()
    warehouse = await createTestWarehouse(testApp, { privacy: 'private' })
    const document = { ...emptyMapDocument('Stores'), datasets: [datasetOf('demo.stores')] }
    const created = await testApp.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { document },
    })
    expect(created.statusCode, created.body).toBe(201)
    map = created.json().id
  })
  afterEach(async () => {
    await warehouse.close()
    await testApp.close()
  })

  const datasetOf = (source: string): MapDataset => ({
    id: source,
    type: 'table',
    source,
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: source,
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson',
  })
  type Reader = { readonly as: Role } | { readonly token: string }
  const path = (url: string) => url.replace('http://localhost', '')
  const open = async (reader: Reader, table: string) =>
    testApp.request({ url: `/v3/maps/warehouse/table?name=${table}`, ...reader })
  const statusOf = async (reader: Reader, table: string) => (await open(reader, table)).statusCode

  async function send(method: 'POST' | 'PUT' | 'PATCH', url: string, payload: object, as: Role = 'editor') {
    const answer = await testApp.request({ method, url: `/workspace-api/maps/${map}${url}`, as, payload })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<MapDetail>()
  }

  async function drawOnly(source: string) {
    const { revision, document } = (await testApp.request({ url: `/workspace-api/maps/${map}`, as: 'editor' })).json()
    return send('PATCH', '', { revision, document: { ...document, datasets: [datasetOf(source)] } })
  }

  async function findTile(reader: Reader, table: string): Promise<string> {
    const opened = await open(reader, table)
    expect(opened.statusCode, opened.body).toBe(200)
    const tileJson = await testApp.request({ url: path(opened.json().tilejson.url[0]), ...reader })
    expect(tileJson.statusCode, tileJson.body).toBe(200)
    return path(tileJson.json().tiles[0]).replace('{z}/{x}/{y}', '5/15/12')
  }
  /** Of addresses of tiles, people who meet the connection in maps alone are not told whether there is one (AC-14). */
  const refusalOf = (reader: Reader) => ('token' in reader ? 403 : 404)
  const readTile = async (reader: Reader, url: string) => (await testApp.request({ url, ...reader })).statusCode

  test('is what was published: no reader reads a draft, and what is published stays readable', async () => {
    await send('PUT', '/sharing', { privacy: 'public', userIds: [testApp.users.guest.id] })
    const { token } = (await testApp.request({ url: `/v3/maps/public/${map}` })).json()
    const readers: Reader[] = [{ as: 'viewer' }, { as: 'guest' }, { as: 'admin' }, { token }]
    const edited = await drawOnly('demo.zones')
    for (const reader of readers) {
      expect(await statusOf(reader, 'demo.stores')).toBe(200)
      expect(await statusOf(reader, 'demo.zones')).toBe(403)
    }
    const tiles = await Promise.all(
      readers.map(async (reader) => ({ reader, tile: await findTile(reader, 'demo.stores') })),
    )
    for (const { reader, tile } of tiles) {
      for (let time = 0; time < 2; time++) expect(await readTile(reader, tile)).toBe(200)
    }
    await send('POST', '/publish', { revision: edited.revision })
    for (const { reader, tile } of tiles) {
      expect(await readTile(reader, tile)).toBe(refusalOf(reader))
      expect(await statusOf(reader, 'demo.stores')).toBe(403)
      expect(await statusOf(reader, 'demo.zones')).toBe(200)
    }
  })

  test('is lent from the draft to those who help with it alone, as far as its owner may read it', async () => {
    await send('PUT', '/sharing', { privacy: 'shared' })
    await send('PATCH', '/sharing-options', { collaborative: true })
    await drawOnly('demo.zones')
    for (const table of ['demo.stores', 'demo.zones']) expect(await statusOf({ as: 'admin' }, table)).toBe(200)
    expect(await statusOf({ as: 'viewer' }, 'demo.zones')).toBe(403)
    // The connection itself is no more theirs than before.
    expect(await statusOf({ as: 'admin' }, 'demo.secret')).toBe(403)
    const sql = await testApp.request({ url: '/v3/sql/warehouse/query?q=SELECT%201', as: 'admin' })
    expect(sql.statusCode).toBe(404)
    await send('PATCH', '/sharing-options', { collaborative: false })
    expect(await statusOf({ as: 'admin' }, 'demo.zones')).toBe(403)
    expect(await statusOf({ as: 'admin' }, 'demo.stores')).toBe(200)
  })

  test('is closed with the password: tiles, widgets and all, as soon as it changes', async () => {
    await send('PATCH', '/sharing-options', { password: 'open sesame' })
    await send('PUT', '/sharing', { privacy: 'public' })
    const unlock = async (password: string) =>
      (await testApp.request({ method: 'POST', url: `/v3/maps/public/${map}/unlock`, payload: { password } })).json()
    const reader = { token: (await unlock('open sesame')).token }
    const tile = await findTile(reader, 'demo.stores')
    for (let time = 0; time < 2; time++) expect(await readTile(reader, tile)).toBe(200)
    // Those whom nothing but the link reaches have nothing through the map either.
    expect(await statusOf({ as: 'viewer' }, 'demo.stores')).toBe(404)
    await send('PATCH', '/sharing-options', { password: 'another one' })
    expect(await readTile(reader, tile)).toBe(401)
    expect(await statusOf(reader, 'demo.stores')).toBe(401)
    expect(await readTile({ token: (await unlock('another one')).token }, tile)).toBe(200)
  })

  test('keeps a connection from being deleted while readers are shown something of it', async () => {
    await send('PUT', '/sharing', { privacy: 'shared' })
    const { revision, document } = (await testApp.request({ url: `/workspace-api/maps/${map}`, as: 'editor' })).json()
    await send('PATCH', '', { revision, document: { ...document, datasets: [] } })
    const remove = () => testApp.request({ method: 'DELETE', url: '/v3/connections/warehouse', as: 'editor' })
    expect((await remove()).statusCode).toBe(409)
    await send('PUT', '/sharing', { privacy: 'private' })
    expect((await remove()).statusCode).toBe(204)
  })
})
