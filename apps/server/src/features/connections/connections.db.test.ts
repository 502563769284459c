import { findFreePort } from '@graticule/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toJson } from '../../platform/db/database.ts'
import { SEALED_COLUMNS } from '../../platform/secrets/sealed-columns.ts'
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

function create(payload: Record<string, unknown>, as: 'editor' | 'viewer' | 'admin' = 'editor') {
  return test.request({ method: 'POST', url: '/v3/connections', as, payload: { providerId: 'postgres', ...payload } })
}

async function listEvents(type: string) {
  return test.store.selectFrom('activity').selectAll().where('type', '=', type).orderBy('position').execute()
}

describe('creating a connection', () => {
  it('really opens it first, and keeps its password sealed and to itself', async () => {
    const config = { ...warehouse.config, password: 'the-password-of-a-trusted-user' }
    const response = await create({ name: 'sealed', config })
    expect(response.statusCode, response.body).toBe(201)
    expect(response.body).not.toContain('the-password')
    expect(response.json()).toMatchObject({
      name: 'sealed',
      privacy: 'private',
      config: { database: warehouse.config.database },
    })
    const row = await test.store
      .selectFrom('connections')
      .selectAll()
      .where('name', '=', 'sealed')
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain('the-password')
    expect(row.secrets).toMatch(/^v1\./)
    const opened = JSON.parse(test.secretBox.open(row.secrets ?? '', SEALED_COLUMNS.connectionSecrets.in(row.id)))
    expect(opened).toEqual({ password: 'the-password-of-a-trusted-user' })
    const [event] = (await listEvents('connection.created')).filter((found) => found.asset_id === row.id)
    expect(event?.actor_id).toBe(test.users.editor.id)
    expect(JSON.stringify(event)).not.toContain('the-password')
  })

  it('says which step failed, and saves nothing', async () => {
    const port = await findFreePort()
    const closed = await create({ name: 'closed-port', config: { ...warehouse.config, port } })
    expect(closed.statusCode).toBe(503)
    expect(closed.json()).toMatchObject({
      code: 'warehouse_unavailable',
      error: expect.stringContaining(`127.0.0.1:${port}`),
    })
    const noDatabase = await create({ name: 'no-database', config: { ...warehouse.config, database: 'nowhere' } })
    expect(noDatabase.json().error).toContain('"nowhere"')
    const incomplete = await create({ name: 'incomplete', config: { host: '127.0.0.1' } })
    expect(incomplete.statusCode).toBe(400)
    expect(incomplete.json().error).toContain('"Database"')
    const names = await test.store.selectFrom('connections').select('name').execute()
    for (const name of ['closed-port', 'no-database', 'incomplete']) expect(names).not.toContainEqual({ name })
  })

  it('does not open sockets of the machine that the server runs on', async () => {
    const response = await create({ name: 'socket', config: { ...warehouse.config, host: '/tmp' } })
    expect(response.statusCode).toBe(400)
    expect(response.json().error).toContain('sockets')
  })

  it('keeps names usable in addresses, and apart', async () => {
    for (const name of ['Has Spaces', 'ab', '-dash', 'dash-', 'UPPER', 'a/b']) {
      expect((await create({ name, config: warehouse.config })).statusCode, name).toBe(400)
    }
    expect((await create({ name: 'public', config: warehouse.config })).json().error).toContain('reserved')
    const twice = await create({ name: 'warehouse', config: warehouse.config })
    expect(twice.statusCode).toBe(409)
    expect(twice.json().error).toContain('"warehouse"')
  })

  it('is for those whose role allows it', async () => {
    expect((await create({ name: 'by-viewer', config: warehouse.config }, 'viewer')).statusCode).toBe(403)
    const token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
    const byToken = await test.request({ method: 'GET', url: '/v3/connections', token })
    expect(byToken.statusCode).toBe(403)
  })

  it('can be tried without saving', async () => {
    const payload = { providerId: 'postgres', config: warehouse.config }
    const ok = await test.request({ method: 'POST', url: '/v3/connections/test', as: 'editor', payload })
    expect(ok.json()).toMatchObject({ ok: true, version: expect.stringContaining('PostGIS') })
    const viewer = await test.request({ method: 'POST', url: '/v3/connections/test', as: 'viewer', payload })
    expect(viewer.statusCode).toBe(403)
  })
})

describe('every try of a connection', () => {
  it('leaves an event, whether it is a test, a creation or a change, and whatever becomes of it', async () => {
    const listTries = async () => {
      await test.activity.flush()
      const events = await listEvents('warehouse.statement')
      return events
        .filter((event) => event.details.purpose === 'connection-test')
        .map(({ actor_id, request_id, details }) => ({ actor_id, request_id, outcome: details.outcome }))
    }
    const before = (await listTries()).length
    const closed = { ...warehouse.config, port: await findFreePort() }
    await create({ name: 'tried', config: warehouse.config })
    const send = (method: 'POST' | 'PATCH', url: string, payload: Record<string, unknown>, requestId: string) =>
      test.request({ method, url, as: 'editor', payload, headers: { 'x-request-id': requestId } })
    await send('POST', '/v3/connections/test', { providerId: 'postgres', config: warehouse.config }, 'test')
    await send('POST', '/v3/connections/test', { providerId: 'postgres', config: closed }, 'failed-test')
    await send('POST', '/v3/connections', { providerId: 'postgres', name: 'untried', config: closed }, 'failed-create')
    await send('PATCH', '/v3/connections/tried', { config: closed }, 'failed-change')
    expect((await listTries()).slice(before)).toMatchObject([
      { outcome: 'ok' },
      { request_id: 'test', outcome: 'ok', actor_id: test.users.editor.id },
      { request_id: 'failed-test', outcome: 'warehouse_unavailable' },
      { request_id: 'failed-create', outcome: 'warehouse_unavailable' },
      { request_id: 'failed-change', outcome: 'warehouse_unavailable' },
    ])
  })
})

describe('changing a connection', () => {
  it('keeps the password that is left out, and opens anew under the new settings', async () => {
    await create({ name: 'edited', config: { ...warehouse.config, password: 'kept' } })
    const payload = { config: { ...warehouse.config, password: undefined, connectTimeoutSeconds: 5 } }
    const response = await test.request({ method: 'PATCH', url: '/v3/connections/edited', as: 'editor', payload })
    expect(response.statusCode, response.body).toBe(200)
    expect(response.json().config).toMatchObject({ connectTimeoutSeconds: 5 })
    const row = await test.store
      .selectFrom('connections')
      .selectAll()
      .where('name', '=', 'edited')
      .executeTakeFirstOrThrow()
    expect(row.credential_version).toBe(2)
    expect(JSON.parse(test.secretBox.open(row.secrets ?? '', SEALED_COLUMNS.connectionSecrets.in(row.id)))).toEqual({
      password: 'kept',
    })
  })

  it('serves nothing from the cache of the time before', async () => {
    await warehouse.query('CREATE TABLE demo.before (n integer); INSERT INTO demo.before VALUES (1)')
    await create({ name: 'moving', config: warehouse.config })
    const ask = async () => {
      const payload = { type: 'table', source: 'demo.before', params: { operation: 'count' } }
      const url = '/v3/sql/moving/model/formula'
      return (await test.request({ method: 'POST', url, as: 'editor', payload })).json().rows
    }
    expect(await ask()).toEqual([{ value: 1 }])
    await warehouse.query('INSERT INTO demo.before VALUES (2)')
    expect(await ask()).toEqual([{ value: 1 }])
    const payload = { config: { ...warehouse.config, connectTimeoutSeconds: 7 } }
    await test.request({ method: 'PATCH', url: '/v3/connections/moving', as: 'editor', payload })
    expect(await ask()).toEqual([{ value: 2 }])
  })

  it('is for its owner; sharing lets others use it but not see how it logs in', async () => {
    await create({ name: 'mine', config: warehouse.config })
    const url = '/v3/connections/mine'
    expect((await test.request({ method: 'GET', url, as: 'admin' })).statusCode).toBe(404)
    expect((await test.request({ method: 'PATCH', url, as: 'admin', payload: { privacy: 'shared' } })).statusCode).toBe(
      404,
    )
    const shared = await test.request({ method: 'PATCH', url, as: 'editor', payload: { privacy: 'shared' } })
    expect(shared.json().privacy).toBe('shared')
    const seen = await test.request({ method: 'GET', url, as: 'admin' })
    expect(seen.json()).toMatchObject({
      config: {},
      permissions: { edit: { allowed: false, reason: expect.any(String) } },
    })
    expect((await test.request({ method: 'DELETE', url, as: 'admin' })).statusCode).toBe(403)
    const open = await test.request({ method: 'PATCH', url, as: 'editor', payload: { privacy: 'public' } })
    expect(open.statusCode).toBe(422)
    expect(open.json()).toMatchObject({ code: 'rule_violated', details: { rule: 'sharing.connection.public' } })
  })
})

describe('deleting a connection', () => {
  it('is refused while maps draw from it, with the maps named', async () => {
    await create({ name: 'drawn', config: warehouse.config })
    const map = await test.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { title: 'Drawn' },
    })
    const { id, revision, document } = map.json()
    const dataset = {
      id: 'd1',
      type: 'table',
      source: 'demo.stores',
      connectionName: 'drawn',
      providerId: 'postgres',
      label: 'Stores',
      geoColumn: 'geom',
      columns: null,
      format: 'tilejson',
    }
    const saved = await test.request({
      method: 'PATCH',
      url: `/workspace-api/maps/${id}`,
      as: 'editor',
      payload: { revision, document: { ...document, datasets: [dataset] } },
    })
    expect(saved.statusCode, saved.body).toBe(200)
    const refused = await test.request({ method: 'DELETE', url: '/v3/connections/drawn', as: 'editor' })
    expect(refused.statusCode).toBe(409)
    expect(refused.json().details.dependents).toMatchObject([{ kind: 'map', id, title: 'Drawn' }])
    await test.request({ method: 'DELETE', url: `/workspace-api/maps/${id}`, as: 'editor' })
    expect((await test.request({ method: 'DELETE', url: '/v3/connections/drawn', as: 'editor' })).statusCode).toBe(204)
    expect((await test.request({ method: 'GET', url: '/v3/connections/drawn', as: 'editor' })).statusCode).toBe(404)
    expect(await listEvents('connection.deleted')).toHaveLength(1)
  })
})

describe('a connection', () => {
  it('also answers to its aliases', async () => {
    await test.store
      .updateTable('connections')
      .set({ aliases: toJson(['carto_dw']) })
      .where('name', '=', 'warehouse')
      .execute()
    const byAlias = await test.request({ method: 'GET', url: '/v3/connections/carto_dw', as: 'editor' })
    expect(byAlias.json().name).toBe('warehouse')
    const token = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    const opened = await test.request({ method: 'GET', url: '/v3/maps/carto_dw/table?name=demo.stores', token })
    expect(opened.statusCode, opened.body).toBe(200)
    expect((await create({ name: 'carto_dw', config: warehouse.config })).statusCode).toBe(409)
  })

  it('of another organization is not there', async () => {
    const stranger = await createTestApp()
    try {
      const url = `/v3/connections/${warehouse.connectionId}`
      expect((await stranger.request({ method: 'GET', url, as: 'superadmin' })).statusCode).toBe(404)
    } finally {
      await stranger.close()
    }
  })

  it('shows its schemas, tables and columns to those who may browse', async () => {
    const base = '/workspace-api/connections/warehouse'
    const schemas = await test.request({ method: 'GET', url: `${base}/schemas`, as: 'editor' })
    expect(schemas.json().schemas).toContainEqual({ name: 'demo', tableCount: expect.any(Number) })
    const tables = await test.request({ method: 'GET', url: `${base}/schemas/demo/tables`, as: 'editor' })
    expect(tables.json().tables).toContainEqual(
      expect.objectContaining({ name: 'stores', geometryType: 'Point', geometryColumn: 'geom' }),
    )
    const table = await test.request({ method: 'GET', url: `${base}/tables/demo.sensors`, as: 'editor' })
    expect(table.json().spatialColumns[0]).toMatchObject({
      spatialDataColumn: 'longitude,latitude',
      encoding: 'lonlat',
    })
    const payload = { source: 'SELECT id, geom FROM demo.stores WHERE id < $1', queryParameters: [5] }
    const described = await test.request({ method: 'POST', url: `${base}/describe`, as: 'editor', payload })
    expect(described.json().columns.map((column: { name: string }) => column.name)).toEqual(['id', 'geom'])
    expect((await test.request({ method: 'GET', url: `${base}/schemas`, as: 'viewer' })).statusCode).toBe(403)
  })

  it('is described from memory until a refresh asks again', async () => {
    const url = '/workspace-api/connections/warehouse/tables/demo.reshaped'
    await warehouse.query('CREATE TABLE demo.reshaped (a integer)')
    const countColumns = async (query = '') =>
      (await test.request({ method: 'GET', url: url + query, as: 'editor' })).json().columns.length
    expect(await countColumns()).toBe(1)
    await warehouse.query('ALTER TABLE demo.reshaped ADD b integer')
    expect(await countColumns()).toBe(1)
    expect(await countColumns('?refresh=true')).toBe(2)
  })
})
