import { emptyMapDocument, type Role } from '@graticule/contract'
import { tileAtPosition } from '@graticule/tiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeConnectionEditing } from '../../testing/connection-editing-suite.ts'
import { describeConnectionRemoval } from '../../testing/connection-removal-suite.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { decodeTile } from '../../testing/decode-tile.ts'

describe('deleting on PostgreSQL', () => describeConnectionRemoval(createTestApp))
describe('editing on PostgreSQL', () => describeConnectionEditing(createTestApp))

describe('AC-16: deleting and making private a connection that maps of several people draw from', () => {
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

  async function createMap(as: Role, title: string): Promise<string> {
    const dataset = { id: 'd1', type: 'table', source: 'demo.stores', connectionName: 'warehouse' }
    const rest = { providerId: 'postgres', label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' }
    const document = { ...emptyMapDocument(title), datasets: [{ ...dataset, ...rest }] }
    const created = await test.request({ method: 'POST', url: '/workspace-api/maps', as, payload: { document } })
    expect(created.statusCode, created.body).toBe(201)
    return created.json<{ id: string }>().id
  }

  /** The status of a tile of the map, by the connection that its document names, and how many features it has. */
  async function draw(id: string, as: Role): Promise<[number, number]> {
    const map = (await test.request({ method: 'GET', url: `/workspace-api/maps/${id}`, as })).json()
    const { connectionName, source } = map.document.datasets[0]
    return drawWith(connectionName, source, { as })
  }

  async function drawWith(
    connection: string,
    table: string,
    asker: { as: Role } | { token: string },
  ): Promise<[number, number]> {
    const get = (url: string) => test.request({ method: 'GET', url: url.replace('http://localhost', ''), ...asker })
    const opened = await get(`/v3/maps/${connection}/table?name=${table}`)
    if (opened.statusCode !== 200) return [opened.statusCode, 0]
    const tileJson = (await get(opened.json().tilejson.url[0])).json()
    const { z, x, y } = tileAtPosition(-3.8, 40.2, 8)
    const path = tileJson.tiles[0].replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)
    const tile = await get(path)
    return [tile.statusCode, decodeTile(tile.rawPayload, z, x, y).length]
  }

  it('keeps everything drawing through the connection that takes its place', async () => {
    const maps = [
      ['editor', await createMap('editor', 'First')],
      ['editor', await createMap('editor', 'Second')],
      ['admin', await createMap('admin', 'Of a colleague')],
    ] as const
    const workflow = await test.request({
      method: 'POST',
      url: '/workspace-api/workflows',
      as: 'editor',
      payload: { title: 'Nightly', connectionId: 'warehouse' },
    })
    const before = await Promise.all(maps.map(([as, id]) => draw(id, as)))
    expect(before.every(([status, features]) => status === 200 && features > 0)).toBe(true)
    const payload = { name: 'successor', providerId: 'postgres', config: warehouse.config, privacy: 'shared' }
    await test.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
    const refused = await test.request({ method: 'DELETE', url: '/v3/connections/warehouse', as: 'editor' })
    expect(refused.statusCode).toBe(409)
    const url = '/v3/connections/warehouse?targetConnectionId=successor'
    const replaced = await test.request({ method: 'DELETE', url, as: 'editor' })
    expect(replaced.json()).toEqual({ repointed: { map: 3, workflow: 1, 'named source': 0, token: 0 } })
    expect(await Promise.all(maps.map(([as, id]) => draw(id, as)))).toEqual(before)
    const found = await test.request({
      method: 'GET',
      url: `/workspace-api/workflows/${workflow.json().id}`,
      as: 'editor',
    })
    expect(found.json().connection.name).toBe('successor')
  })

  it('ends what a colleague’s public map gave away, and gives it back with the right', async () => {
    const config = { name: 'lent', providerId: 'postgres', config: warehouse.config, privacy: 'shared' }
    await test.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload: config })
    const dataset = { id: 'd1', type: 'table', source: 'demo.stores', connectionName: 'lent', providerId: 'postgres' }
    const datasets = [{ ...dataset, label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' }]
    const document = { ...emptyMapDocument('For the world'), datasets }
    const map = await test.request({ method: 'POST', url: '/workspace-api/maps', as: 'admin', payload: { document } })
    const sharing = `/workspace-api/maps/${map.json().id}/sharing`
    await test.request({ method: 'PUT', url: sharing, as: 'admin', payload: { privacy: 'public' } })
    const open = await test.request({ method: 'GET', url: `/workspace-api/viewer/maps/${map.json().id}` })
    expect(open.statusCode, open.body).toBe(200)
    const { token } = open.json()
    const [status, features] = await drawWith('lent', 'demo.stores', { token })
    expect([status, features > 0]).toEqual([200, true])
    const setPrivacy = async (privacy: 'private' | 'shared') => {
      const url = '/v3/connections/lent'
      const changed = await test.request({ method: 'PATCH', url, as: 'editor', payload: { privacy } })
      expect(changed.statusCode, changed.body).toBe(200)
    }
    await setPrivacy('private')
    expect((await drawWith('lent', 'demo.stores', { token }))[0]).toBe(403)
    expect((await draw(map.json().id, 'admin'))[0]).toBe(403)
    await setPrivacy('shared')
    expect((await drawWith('lent', 'demo.stores', { token }))[0]).toBe(200)
  })
})
