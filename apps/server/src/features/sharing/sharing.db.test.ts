import { type AccessExplanation, emptyMapDocument, type Role } from '@graticule/contract'
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
      expect((await open(as, 'demo.secret')).json()).toMatchObject({ status: 403, code: 'not_in_map' })
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
    expect(refused.statusCode).toBe(404)
    await shareConnection('shared')
    expect((await read(tile, 'guest')).statusCode).toBe(200)
  })

  test('AC-14: the tiles of another map’s source are to a guest as those of one that does not exist', async () => {
    await share('editor', map, { privacy: 'shared', userIds: [testApp.users.guest.id] })
    await openTile('guest')
    const opened = await open('editor', 'demo.zones')
    const tileJson = opened.json().tilejson.url[0]
    const tile = (await read(tileJson, 'editor')).json().tiles[0].replace('{z}/{x}/{y}', '5/15/12')
    expect((await read(tile, 'editor')).statusCode).toBe(200)
    const unknown = (url: string) => url.replace(/(tilejson|tiles)\/[\w-]+/, '$1/AAAAAAAAAAAAAAAAAAAAAA')
    const answers = await Promise.all([
      read(tile, 'guest'),
      read(unknown(tile), 'guest'),
      read(tileJson, 'guest'),
      read(unknown(tileJson), 'guest'),
    ])
    const bodyOf = (answer: (typeof answers)[number]) => {
      const { requestId: _request, decisionId: _decision, ...body } = answer.json()
      return body
    }
    expect(bodyOf(answers[0])).toMatchObject({ status: 404 })
    for (const each of answers) expect(bodyOf(each)).toEqual(bodyOf(answers[0]))
    // Who spells a source out is told that no map has it, whether or not there is one.
    const spelled = await open('guest', 'demo.zones')
    expect(bodyOf(spelled)).toMatchObject({ status: 403, code: 'not_in_map', details: { rule: 'source.grant' } })
    expect(bodyOf(await open('guest', 'demo.nowhere'))).toEqual(bodyOf(spelled))
  })

  test('AC-21: a refused source is explained by what is missing, and each change that is named lets it through', async () => {
    const { admin, guest, viewer } = testApp.users
    const { id } = (await read('/v3/connections/warehouse', 'editor')).json()
    const explain = async (subject: string, source: string) => {
      const query = new URLSearchParams({ subject, action: 'tile.read', asset: `connection:${id}`, source })
      const answer = await read(`/v3/access/explain?${query}`, 'admin')
      expect(answer.statusCode, answer.body).toBe(200)
      return answer.json<AccessExplanation>()
    }
    const says = async (subject: string, source: string) =>
      (await explain(subject, source)).flips.map(({ sentence }) => sentence)
    const agree = async (as: Role, source: string, status: number) => {
      const answer = await open(as, source)
      expect(answer.statusCode, answer.body).toBe(status)
      const explained = await explain(testApp.users[as].id, source)
      expect(explained.allowed).toBe(status === 200)
      expect(explained.credentials).toMatchObject([{ source, connection: 'warehouse', isSent: status === 200 }])
      if (status !== 200) expect(explained.reason).toBe(answer.json().error)
      return answer
    }
    const shareConnection = (payload: object) =>
      testApp.request({ method: 'PUT', url: '/v3/connections/warehouse/sharing', as: 'editor', payload })

    // Nobody's map reads it: one of an owner who may use the connection has to.
    await share('editor', map, { privacy: 'shared', userIds: [guest.id] })
    await agree('guest', 'demo.zones', 403)
    expect(await says(guest.id, 'demo.zones')).toEqual([
      'If a map that they may open read this source, and its owner may use the connection "warehouse".',
    ])
    await agree('guest', 'demo.stores', 200)

    // A map reads it whose owner may not: the connection has to be shared with that owner.
    await share('editor', map, { privacy: 'private' })
    expect((await shareConnection({ privacy: 'shared', userIds: [admin.id] })).statusCode).toBe(200)
    const theirs = await createMap('admin')
    await share('admin', theirs, { privacy: 'shared', userIds: [guest.id, viewer.id] })
    await agree('guest', 'demo.stores', 200)
    expect((await shareConnection({ privacy: 'private' })).statusCode).toBe(200)
    testApp.clock.advance(2_000)
    expect(await says(guest.id, 'demo.stores')).toEqual([
      'If the connection "warehouse" were shared with The admin, whose map reads this source.',
    ])
    const inMap = (
      await read(`/v3/access/explain?subject=${guest.id}&action=map.read&asset=map:${theirs}`, 'admin')
    ).json<AccessExplanation>()
    expect(inMap.credentials).toMatchObject([
      { source: 'demo.stores', connection: 'warehouse', flips: await says(guest.id, 'demo.stores') },
    ])
    expect(await says(viewer.id, 'demo.stores')).toEqual([
      'If the connection "warehouse" were shared with them by name.',
      'If the connection "warehouse" were shared with The admin, whose map reads this source.',
    ])
    expect((await shareConnection({ privacy: 'shared', userIds: [viewer.id] })).statusCode).toBe(200)
    testApp.clock.advance(2_000)
    await agree('viewer', 'demo.stores', 200)
    await agree('guest', 'demo.stores', 403)

    // Theirs to draw, but no map says so: whoever knows of the connection is told what is missing, by the refusal too.
    const refused = await agree('viewer', 'demo.zones', 403)
    expect(refused.json().code).toBe('not_in_map')
    expect(refused.json().details).toEqual({
      rule: 'source.grant',
      connection: 'warehouse',
      source: 'demo.zones',
      change: 'A map that you may open would have to read demo.zones of the connection "warehouse".',
    })
    expect(await says(viewer.id, 'demo.zones')).toEqual([
      'If their role were superadmin.',
      'If their role were admin.',
      'If their role were editor.',
      'If a map that they may open read this source.',
    ])
    const promoted = { method: 'PATCH', url: `/workspace-api/users/${viewer.id}`, as: 'admin' } as const
    expect((await testApp.request({ ...promoted, payload: { role: 'editor' } })).statusCode).toBe(200)
    await agree('viewer', 'demo.zones', 200)

    const nonsense = `/v3/access/explain?subject=${guest.id}&action=map.read&asset=map:${theirs}&source=demo.zones`
    expect((await read(nonsense, 'admin')).statusCode).toBe(400)
  })

  test('AC-21: a token is told which grant it lacks', async () => {
    const token = await testApp.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    const refused = await testApp.request({ url: '/v3/maps/warehouse/table?name=demo.roads', token })
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({
      code: 'source_not_granted',
      details: { change: 'The token would need a grant on demo.roads of the connection "warehouse".' },
    })
  })
})
