import { emptyMapDocument, type Role } from '@graticule/contract'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { describeSharing } from '../../testing/sharing-suite.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const createApp = () =>
  createTestApp(async () => {
    const database = await createDatabase(server, { postgis: false })
    return { url: database.connectionString, warehouseUrl: server.connectionString, close: () => database.drop() }
  })

describe('groups and sharing on PostgreSQL', () => {
  describeSharing(createApp)
})

describe('data through a map whose connection is not shared', () => {
  let testApp: TestApp
  let warehouse: TestWarehouse
  let map: string

  beforeEach(async () => {
    testApp = await createApp()
    warehouse = await createTestWarehouse(testApp, { privacy: 'private' })
    map = await createMap('editor')
  })
  afterEach(async () => {
    await warehouse.close()
    await testApp.close()
  })

  const path = (url: string) => url.replace('http://localhost', '')
  const read = (url: string, as: Role) => testApp.request({ url: path(url), as })
  const open = (as: Role, table = 'demo.stores') => read(`/v3/maps/warehouse/table?name=${table}`, as)
  const share = async (as: Role, id: string, payload: object) => {
    const answer = await testApp.request({ method: 'PUT', url: `/workspace-api/maps/${id}/sharing`, as, payload })
    expect(answer.statusCode, answer.body).toBe(200)
  }

  async function createMap(as: Role): Promise<string> {
    const document = {
      ...emptyMapDocument('Stores'),
      datasets: [
        {
          id: 'stores',
          type: 'table',
          source: 'demo.stores',
          connectionName: 'warehouse',
          providerId: 'postgres',
          label: 'Stores',
          geoColumn: 'geom',
          columns: ['kind'],
          format: 'tilejson',
        },
      ],
    }
    const answer = await testApp.request({ method: 'POST', url: '/workspace-api/maps', as, payload: { document } })
    expect(answer.statusCode, answer.body).toBe(201)
    return answer.json().id
  }

  async function openTile(as: Role): Promise<string> {
    const opened = await open(as)
    expect(opened.statusCode, opened.body).toBe(200)
    const tileJson = await read(opened.json().tilejson.url[0], as)
    expect(tileJson.statusCode, tileJson.body).toBe(200)
    return tileJson.json().tiles[0].replace('{z}/{x}/{y}', '5/15/12')
  }

  test('is read by those the map is shared with, guests too, from exactly its sources', async () => {
    const readers = ['guest', 'viewer', 'admin'] as const
    for (const as of readers) expect((await open(as)).statusCode).toBe(404)
    const userIds = readers.map((role) => testApp.users[role].id)
    await share('editor', map, { privacy: 'shared', userIds })
    for (const as of readers) {
      const tile = await openTile(as)
      for (let time = 0; time < 2; time++) expect((await read(tile, as)).statusCode).toBe(200)
      expect((await open(as, 'demo.secret')).statusCode).toBe(403)
      const stats = await read('/v3/stats/warehouse/demo.stores/kind', as)
      expect(stats.statusCode, stats.body).toBe(200)
      // The map lends its sources, not its connection.
      expect((await read('/v3/connections/warehouse', as)).statusCode).toBe(404)
      expect((await read('/v3/connections', as)).json()).toEqual([])
      expect((await read('/v3/sql/warehouse/query?q=SELECT%201', as)).statusCode).toBe(404)
    }
  })

  test('is refused from the next request on, also when the tile is in the cache, in words that hide the connection', async () => {
    await share('editor', map, { privacy: 'shared', userIds: [testApp.users.guest.id] })
    const tile = await openTile('guest')
    for (let time = 0; time < 3; time++) expect((await read(tile, 'guest')).statusCode).toBe(200)
    await share('editor', map, { privacy: 'private' })
    const refused = await read(tile, 'guest')
    expect(refused.statusCode).toBe(404)
    const unknown = await read(tile.replace('/warehouse/', '/nowhere/'), 'guest')
    expect(unknown.json().error.replace('nowhere', 'warehouse')).toBe(refused.json().error)
    expect((await read(tile, 'editor')).statusCode).toBe(200)
  })

  test('is not lent to a superadmin whom nobody shares the map with: they look at it under their own rights', async () => {
    expect((await read(`/workspace-api/maps/${map}`, 'superadmin')).statusCode).toBe(200)
    expect((await open('superadmin')).statusCode).toBe(404)
    await share('editor', map, { privacy: 'shared' })
    expect((await read(await openTile('superadmin'), 'superadmin')).statusCode).toBe(200)
  })

  test('follows the groups of the reader', async () => {
    const groups = '/workspace-api/groups'
    const group = await testApp.request({ method: 'POST', url: groups, as: 'admin', payload: { name: 'Partners' } })
    const members = `${groups}/${group.json().id}/members`
    const payload = { userIds: [testApp.users.guest.id] }
    await testApp.request({ method: 'POST', url: members, as: 'admin', payload })
    await share('editor', map, { privacy: 'shared', groupIds: [group.json().id] })
    const tile = await openTile('guest')
    expect((await read(tile, 'guest')).statusCode).toBe(200)
    await testApp.request({ method: 'DELETE', url: `${members}/${testApp.users.guest.id}`, as: 'admin' })
    expect((await read(tile, 'guest')).statusCode).toBe(404)
  })

  test('ends with the right of the one who made the map', async () => {
    const connection = '/v3/connections/warehouse'
    const shareConnection = (privacy: string) =>
      testApp.request({ method: 'PATCH', url: connection, as: 'editor', payload: { privacy } })
    await shareConnection('shared')
    const theirs = await createMap('admin')
    await share('admin', theirs, { privacy: 'shared', userIds: [testApp.users.guest.id] })
    const tile = await openTile('guest')
    expect((await read(tile, 'guest')).statusCode).toBe(200)
    await shareConnection('private')
    const refused = await read(tile, 'guest')
    expect(refused.statusCode).toBe(403)
    expect(refused.json().code).toBe('source_not_granted')
    await shareConnection('shared')
    expect((await read(tile, 'guest')).statusCode).toBe(200)
  })
})
