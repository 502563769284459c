import { gunzipSync } from 'node:zlib'
import { emptyMapDocument, type NamedSource, type Role, type TrashList } from '@graticule/contract'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

// Scenario AC-18: what a program that uses a named source is told, and what PostgreSQL logged meanwhile.

/** Stands in the SQL, and must stand in nothing that a program gets. */
const MARK = 'hidden_in_the_sql'
const SQL = `SELECT id, kind, revenue, geom, '${MARK}'::text IS NOT NULL AS flag FROM demo.stores
WHERE kind = :kind AND NOT EXISTS (SELECT 1 FROM demo.secret AS hidden WHERE hidden.id = -1)`

let server: TestPostgres
let testApp: TestApp
let warehouse: TestWarehouse
let token: string

beforeAll(async () => {
  testApp = await createTestApp(async () => {
    server = await startPostgres({ settings: { log_statement: 'all' } })
    const { connectionString } = await createDatabase(server)
    return { url: connectionString, warehouseUrl: server.connectionString, close: () => server.stop() }
  })
  warehouse = await createTestWarehouse(testApp)
  const created = await create({ name: 'stores-by-kind', source: SQL })
  expect(created.statusCode, created.body).toBe(201)
  token = await testApp.createToken([{ connection_name: 'warehouse', source: 'stores-by-kind' }])
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

function create(body: Record<string, unknown>, as: 'editor' | 'admin' | 'viewer' = 'editor') {
  const payload = { connection_name: 'warehouse', ...body }
  return testApp.request({ method: 'POST', url: '/v3/named-sources', as, payload })
}

function get(path: string, bearer = token) {
  return testApp.request({ url: path.replace('http://localhost', ''), token: bearer })
}

const withKind = (kind: unknown) => ({ queryParameters: JSON.stringify({ kind }) })
const search = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString()
const open = (kind: unknown, bearer = token) =>
  get(`/v3/maps/warehouse/query?${search({ q: 'stores-by-kind', ...withKind(kind) })}`, bearer)
const count = (kind: unknown, bearer = token, source = 'stores-by-kind') =>
  get(
    `/v3/sql/warehouse/model/formula?${search({
      type: 'query',
      source,
      params: JSON.stringify({ column: 'id', operation: 'count' }),
      ...withKind(kind),
    })}`,
    bearer,
  )

/** All that an answer holds, headers included, as text. */
function everythingOf(answer: LightMyRequestResponse): string {
  const { 'content-encoding': encoding } = answer.headers
  const body =
    encoding === 'gzip' ? gunzipSync(answer.rawPayload).toString('latin1') : answer.rawPayload.toString('latin1')
  return `${JSON.stringify(answer.headers)}\n${body}`
}

function expectNothingOfTheSql(answers: readonly LightMyRequestResponse[]): void {
  for (const answer of answers) {
    const text = everythingOf(answer)
    for (const part of [MARK, 'hidden', 'NOT EXISTS', 'demo.stores', 'demo.secret']) expect(text).not.toContain(part)
  }
}

test('it is drawn, counted, described and queried by its name, and nothing of its SQL is sent', async () => {
  const opened = await open('mall')
  expect(opened.statusCode, opened.body).toBe(200)
  const tileJson = await get(opened.json().tilejson.url[0])
  expect(tileJson.statusCode).toBe(200)
  const tile = await get(tileJson.json().tiles[0].replace('{z}', '5').replace('{x}', '15').replace('{y}', '12'))
  expect(tile.statusCode).toBe(200)
  const counted = await count('mall')
  expect(counted.json().rows).toEqual([{ value: 133 }])
  const queried = await get(`/v3/sql/warehouse/query?${search({ q: 'stores-by-kind', ...withKind('mall') })}`)
  expect(queried.json().rows).toHaveLength(133)
  const stats = await get(`/v3/stats/warehouse/revenue?${search({ q: 'stores-by-kind', ...withKind('mall') })}`)
  expect(stats.statusCode).toBe(200)
  const asTable = await get(`/v3/maps/warehouse/table?${search({ name: 'stores-by-kind' })}`)
  // It needs its parameter, which a table cannot have; that much may be said.
  expect(asTable.statusCode).toBe(400)
  expectNothingOfTheSql([opened, tileJson, tile, counted, queried, stats, asTable])
})

test('no error tells what stands behind it', async () => {
  await create({ name: 'divides', source: `SELECT 1 / (id - :id::int) AS ${MARK}, geom FROM demo.stores` })
  const divides = await testApp.createToken([{ connection_name: 'warehouse', source: 'divides' }])
  const failed = await get(
    `/v3/sql/warehouse/query?${search({ q: 'divides', queryParameters: JSON.stringify({ id: 5 }) })}`,
    divides,
  )
  expect(failed.statusCode).toBe(400)
  expect(failed.json().error).toBe(
    'The named source "divides" could not be read with these parameters; its owner sees why.',
  )
  await warehouse.query('CREATE TABLE demo.passing (id int, geom geometry(Point, 4326))')
  await create({ name: 'passing-by', source: `SELECT id AS ${MARK}, geom FROM demo.passing` })
  await warehouse.query('DROP TABLE demo.passing')
  const passing = await testApp.createToken([{ connection_name: 'warehouse', source: 'passing-by' }])
  const answers = [
    failed,
    await get(`/v3/sql/warehouse/query?${search({ q: 'passing-by' })}`, passing),
    await get(`/v3/maps/warehouse/query?${search({ q: 'passing-by' })}`, passing),
    await get(`/v3/maps/warehouse/table?${search({ name: 'passing-by' })}`, passing),
    await get(
      `/v3/sql/warehouse/model/formula?${search({ type: 'query', source: 'passing-by', params: JSON.stringify({ operation: 'count' }) })}`,
      passing,
    ),
    await get(`/v3/stats/warehouse/id?${search({ q: 'passing-by' })}`, passing),
    await get(`/v3/sql/warehouse/query?${search({ q: 'stores-by-kind' })}`),
  ]
  for (const answer of answers) expect(answer.statusCode).toBe(400)
  expectNothingOfTheSql(answers)
  for (const answer of answers) expect(answer.body).not.toContain('passing ')
})

test.each([
  "mall' OR true --",
  "'; DROP TABLE demo.stores; --",
  '$1',
  ':kind',
  '{{kind}}',
  '%',
  { $ne: 1 },
  'mall\u0000x',
])('the payload %j is a value, and nothing else', async (payload) => {
  const since = server.log().length
  const answer = await count(payload)
  if (answer.statusCode === 200) expect(answer.json().rows).toEqual([{ value: 0 }])
  else expect(answer.statusCode).toBe(400)
  expectNothingOfTheSql([answer])
  const statements = server
    .log()
    .slice(since)
    .split(/\n(?=\d{4}-\d\d-\d\d )/)
    .filter((entry) => /LOG: {2}execute /.test(entry) && entry.includes('/* graticule'))
  for (const entry of statements) expect(entry).not.toMatch(/OR true|DROP TABLE demo/)
  expect(await warehouse.query('SELECT count(*)::int AS n FROM demo.stores')).toEqual([{ n: 400 }])
})

test('only its name is granted, neither its text nor what it reads, and without the grant it is 403 at once', async () => {
  for (const q of [SQL, 'SELECT * FROM demo.stores', 'divides', 'SELECT * FROM "stores-by-kind"']) {
    const refused = await get(`/v3/sql/warehouse/query?${search({ q, ...withKind('mall') })}`)
    expect(refused.statusCode, q).toBe(403)
  }
  const stores = await testApp.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
  expect((await open('mall', stores)).statusCode).toBe(403)
  const made = await testApp.request({
    method: 'POST',
    url: '/v3/tokens',
    as: 'editor',
    payload: {
      name: 'both',
      grants: ['stores-by-kind', 'demo.zones'].map((source) => ({ connection_name: 'warehouse', source })),
      allowed_apis: ['maps', 'sql'],
    },
  })
  const both = made.json<{ id: string; token: string }>()
  const opened = await open('mall', both.token)
  const tileUrl = (await get(opened.json().tilejson.url[0], both.token)).json().tiles[0]
  const tile = () => get(tileUrl.replace('{z}', '5').replace('{x}', '15').replace('{y}', '12'), both.token)
  expect((await tile()).statusCode).toBe(200)
  await testApp.request({
    method: 'PATCH',
    url: `/v3/tokens/${both.id}`,
    as: 'editor',
    payload: { grants: [{ connection_name: 'warehouse', source: 'demo.zones' }] },
  })
  expect((await tile()).statusCode).toBe(403)
  expect((await open('mall', both.token)).statusCode).toBe(403)
  expect((await count('mall', both.token)).statusCode).toBe(403)
})

test('a granted table does not open a named source that has its name', async () => {
  await warehouse.query('CREATE TABLE public.later (id int); INSERT INTO public.later VALUES (1)')
  const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'public.later' }])
  expect((await get(`/v3/sql/warehouse/query?${search({ q: 'SELECT id FROM later' })}`, holder)).statusCode).toBe(200)
  const taken = await create({ name: 'later', source: 'SELECT * FROM demo.secret' })
  expect(taken.statusCode).toBe(409)
  await warehouse.query('ALTER TABLE public.later RENAME TO sooner')
  expect((await create({ name: 'later', source: 'SELECT * FROM demo.secret' })).statusCode).toBe(201)
  await warehouse.query('ALTER TABLE public.sooner RENAME TO later')
  expect((await get(`/v3/maps/warehouse/table?name=later`, holder)).statusCode).toBe(403)
  expect((await count('x', holder, 'later')).statusCode).toBe(403)
})

test('what it stands for can be changed, and its programs get the new at once', async () => {
  await create({ name: 'changing', source: 'SELECT id, geom FROM demo.stores WHERE id <= 10' })
  const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'changing' }])
  const opened = await get(`/v3/maps/warehouse/query?q=changing`, holder)
  const [template] = (await get(opened.json().tilejson.url[0], holder)).json().tiles
  const tile = async () =>
    (await get(template.replace('{z}', '5').replace('{x}', '15').replace('{y}', '12'), holder)).rawPayload.length
  const before = await tile()
  const changed = await testApp.request({
    method: 'PATCH',
    url: '/v3/named-sources/changing',
    as: 'editor',
    payload: { source: 'SELECT id, geom FROM demo.stores' },
  })
  expect(changed.statusCode, changed.body).toBe(200)
  expect(await tile()).toBeGreaterThan(before)
  expect((await count('x', holder, 'changing')).json().rows).toEqual([{ value: 400 }])
  const gone = await testApp.request({ method: 'DELETE', url: '/v3/named-sources/changing', as: 'editor' })
  expect(gone.statusCode).toBe(204)
  // The name is granted still, and stands for nothing that there is.
  const after = await get(`/v3/maps/warehouse/query?q=changing`, holder)
  expect([400, 404]).toContain(after.statusCode)
})

test('it is its owner’s to see and to change, for who may run SQL on the connection, and leaves events', async () => {
  expect((await create({ name: 'of-a-viewer', source: 'SELECT 1 AS one' }, 'viewer')).statusCode).toBe(403)
  const own = (await testApp.request({ url: '/v3/named-sources?search=BY-kind', as: 'editor' })).json<NamedSource[]>()
  expect(own).toMatchObject([{ name: 'stores-by-kind', connection_name: 'warehouse', source: SQL }])
  expect((await testApp.request({ url: '/v3/named-sources', as: 'admin' })).body).not.toContain(MARK)
  for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
    const payload = method === 'PATCH' ? { payload: { description: 'x' } } : {}
    const url = '/v3/named-sources/stores-by-kind'
    expect((await testApp.request({ method, url, as: 'superadmin', ...payload })).statusCode).toBe(404)
    expect((await testApp.request({ method, url, token, ...payload })).statusCode).toBe(403)
  }
  expect((await create({ name: 'stores-by-kind', source: 'SELECT 1 AS one' })).statusCode).toBe(409)
  for (const source of [
    'DELETE FROM demo.stores',
    'SELECT FROM WHERE',
    'SELECT 1; SELECT 2',
    'SELECT * FROM demo.stores FOR UPDATE',
  ]) {
    expect((await create({ name: 'not-a-query', source })).statusCode, source).toBe(400)
  }
  const events = await testApp.store
    .selectFrom('activity')
    .selectAll()
    .where('type', '=', 'named-source.created')
    .execute()
  expect(events.length).toBeGreaterThan(0)
  expect(JSON.stringify(events)).not.toContain(MARK)
})

test('they go with everything else that their owner loses, and programs go on', async () => {
  await create({ name: 'handed-over', source: 'SELECT count(*)::int AS n FROM demo.stores' }, 'admin')
  const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'handed-over' }])
  const read = async () => (await get(`/v3/sql/warehouse/query?q=handed-over`, holder)).json().rows
  expect(await read()).toEqual([{ n: 400 }])
  const { admin, superadmin } = testApp.users
  const url = `/workspace-api/users/${admin.id}`
  expect((await testApp.request({ method: 'DELETE', url, as: 'superadmin' })).statusCode).toBe(422)
  const deleted = await testApp.request({
    method: 'DELETE',
    url: `${url}?receiverId=${superadmin.id}`,
    as: 'superadmin',
  })
  expect(deleted.statusCode, deleted.body).toBeLessThan(300)
  expect(await read()).toEqual([{ n: 400 }])
  const own = (await testApp.request({ url: '/v3/named-sources', as: 'superadmin' })).json<NamedSource[]>()
  expect(own.map(({ name }) => name)).toEqual(['handed-over'])
})

describe('in the trash', () => {
  const remove = (name: string, as: 'editor' | 'superadmin' = 'editor') =>
    testApp.request({ method: 'DELETE', url: `/v3/named-sources/${name}`, as })
  const restingOf = async (as: Role) => {
    const answer = await testApp.request({ url: '/workspace-api/trash?pageSize=100', as })
    return answer.json<TrashList>().items.filter(({ kind }) => kind === 'named-source')
  }
  const restore = (id: string, body: Record<string, unknown>, as: Role = 'editor', path = 'restore') =>
    testApp.request({ method: 'POST', url: `/workspace-api/trash/named-source/${id}/${path}`, as, payload: body })
  const make = async (name: string): Promise<string> => {
    const created = await create({ name, source: `SELECT id, geom FROM demo.stores WHERE '${MARK}' IS NOT NULL` })
    expect(created.statusCode, created.body).toBe(201)
    return created.json<NamedSource>().id
  }
  const read = (name: string, bearer: string) => get(`/v3/sql/warehouse/query?q=${name}`, bearer)
  const eventsOf = async (id: string) =>
    (
      await testApp.store.selectFrom('activity').selectAll().where('asset_id', '=', id).orderBy('position').execute()
    ).map(({ type }) => type)

  test('it is gone for programs at once and rests without its text for its owner and superadmins', async () => {
    const id = await make('resting')
    const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'resting' }])
    expect((await read('resting', holder)).statusCode).toBe(200)
    expect((await remove('resting')).statusCode).toBe(204)
    // As for a name that stands for nothing: the text is sent to nobody, and no table has this name.
    expect([400, 404]).toContain((await read('resting', holder)).statusCode)
    expect([400, 404]).toContain((await get('/v3/maps/warehouse/query?q=resting', holder)).statusCode)
    expect((await testApp.request({ url: '/v3/named-sources/resting', as: 'editor' })).statusCode).toBe(404)
    const patch = { method: 'PATCH' as const, url: '/v3/named-sources/resting', payload: { description: 'x' } }
    expect((await testApp.request({ ...patch, as: 'editor' })).statusCode).toBe(404)
    for (const as of ['editor', 'superadmin'] as const) {
      expect(await restingOf(as)).toContainEqual(
        expect.objectContaining({
          id,
          name: 'resting',
          privacy: 'private',
          namedBy: { connectionName: 'warehouse', tokens: 1, maps: 0 },
        }),
      )
    }
    const seen = await testApp.request({ url: '/workspace-api/trash?pageSize=100', as: 'superadmin' })
    expect(seen.body).not.toContain(MARK)
    for (const as of ['viewer', 'guest'] as const) {
      expect(await restingOf(as)).toEqual([])
      expect((await restore(id, { sharing: 'private' }, as)).statusCode).toBe(404)
      const purged = { method: 'DELETE' as const, url: `/workspace-api/trash/named-source/${id}`, as }
      expect((await testApp.request(purged)).statusCode).toBe(404)
    }
    expect((await restore(id, { sharing: 'as-before' }, 'superadmin')).statusCode).toBe(204)
    expect((await read('resting', holder)).statusCode).toBe(200)
    expect((await testApp.request({ url: '/v3/named-sources/resting', as: 'superadmin' })).statusCode).toBe(404)
    expect(await eventsOf(id)).toEqual(['named-source.created', 'named-source.deleted', 'named-source.restored'])
  })

  test('tokens that name it read by it again only when that is confirmed', async () => {
    const id = await make('granted')
    const made = await testApp.request({
      method: 'POST',
      url: '/v3/tokens',
      as: 'editor',
      payload: {
        name: 'With a table besides',
        grants: ['granted', 'demo.zones'].map((source) => ({ connection_name: 'warehouse', source })),
        allowed_apis: ['maps', 'sql'],
      },
    })
    const both = made.json<{ id: string; token: string }>()
    const alone = await testApp.createToken([{ connection_name: 'warehouse', source: '"granted"' }])
    await remove('granted')
    const confirmed = (await restore(id, { sharing: 'as-before' }, 'editor', 'restore/preview')).json()
    expect(confirmed.tokens.map(({ name }: { name: string }) => name)).toContain('With a table besides')
    expect(confirmed.tokens).toHaveLength(2)
    const told = (await restore(id, { sharing: 'as-before' }, 'superadmin', 'restore/preview')).json()
    expect(told.tokens).toContainEqual({ name: null, owner: expect.objectContaining({ name: 'The editor' }) })
    expect((await restore(id, { sharing: 'private' }, 'editor', 'restore/preview')).json().tokens).toEqual([])

    expect((await restore(id, { sharing: 'private' })).statusCode).toBe(204)
    expect((await read('granted', both.token)).statusCode).toBe(403)
    expect((await read('granted', alone)).statusCode).toBe(401)
    expect((await get('/v3/sql/warehouse/query?q=SELECT%20id%20FROM%20demo.zones', both.token)).statusCode).toBe(200)
    expect((await eventsOf(both.id)).at(-1)).toBe('token.updated')
  })

  test('its name is free meanwhile, and it comes back under another one', async () => {
    const id = await make('wanted-name')
    const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'wanted-name' }])
    await remove('wanted-name')
    await create({ name: 'wanted-name', source: 'SELECT 1 AS another' })
    const refused = await restore(id, { sharing: 'private' })
    expect(refused.json()).toMatchObject({
      status: 409,
      error: 'Another named source is called "wanted-name" by now; restore this one under another name.',
      details: { rule: 'named-source.name' },
    })
    // What was not restored took nothing from the tokens that name the other one now.
    expect((await read('wanted-name', holder)).json().rows).toEqual([{ another: 1 }])
    expect((await restore(id, { sharing: 'private', name: 'Not a name' })).statusCode).toBe(400)
    expect((await restore(id, { sharing: 'as-before', name: 'another-name' })).statusCode).toBe(204)
    expect((await testApp.request({ url: '/v3/named-sources/another-name', as: 'editor' })).statusCode).toBe(200)
    expect((await read('another-name', holder)).statusCode).toBe(403)
    expect((await read('wanted-name', holder)).json().rows).toEqual([{ another: 1 }])
  })

  test('under another name it is not read by tokens that held that name before', async () => {
    const [id, earlier] = [await make('kept-apart'), await make('held-before')]
    const holder = await testApp.createToken([{ connection_name: 'warehouse', source: 'held-before' }])
    await remove('held-before')
    expect(
      (await testApp.request({ method: 'DELETE', url: `/workspace-api/trash/named-source/${earlier}`, as: 'editor' }))
        .statusCode,
    ).toBe(204)
    await remove('kept-apart')
    expect((await restore(id, { sharing: 'as-before', name: 'held-before' })).statusCode).toBe(204)
    expect((await read('held-before', holder)).statusCode).toBe(401)
  })

  test('a map that draws it is counted, shows nothing meanwhile, and draws again', async () => {
    const id = await make('drawn-by-a-map')
    const dataset = {
      id: 'd1',
      type: 'query' as const,
      source: 'drawn-by-a-map',
      connectionName: 'warehouse',
      providerId: 'postgres',
      label: 'Stores',
      geoColumn: 'geom',
      columns: null,
      format: 'tilejson' as const,
    }
    const document = { ...emptyMapDocument('Draws it'), datasets: [dataset] }
    const map = await testApp.request({
      method: 'POST',
      url: '/workspace-api/maps',
      as: 'editor',
      payload: { document },
    })
    const privacy = {
      method: 'POST' as const,
      url: `/workspace-api/maps/${map.json().id}/privacy`,
      as: 'editor' as const,
    }
    await testApp.request({ ...privacy, payload: { privacy: 'public' } })
    const openAsVisitor = async () => {
      const visitor = (await testApp.request({ url: `/v3/maps/public/${map.json().id}` })).json().token
      return (await get('/v3/maps/warehouse/query?q=drawn-by-a-map', visitor)).statusCode
    }
    expect(await openAsVisitor()).toBe(200)
    await remove('drawn-by-a-map')
    expect([400, 403, 404]).toContain(await openAsVisitor())
    expect((await restingOf('editor')).find((item) => item.id === id)?.namedBy).toMatchObject({ tokens: 0, maps: 1 })
    expect((await restore(id, { sharing: 'private' })).statusCode).toBe(204)
    expect(await openAsVisitor()).toBe(200)
  })

  test('of a restore and a purge one happens, and it goes with its connection and to its owner’s heir', async () => {
    for (let round = 0; round < 3; round++) {
      const id = await make(`raced-${round}`)
      await remove(`raced-${round}`)
      const [restored, purged] = await Promise.all([
        restore(id, { sharing: 'private' }),
        testApp.request({ method: 'DELETE', url: `/workspace-api/trash/named-source/${id}`, as: 'superadmin' }),
      ])
      expect([restored.statusCode, purged.statusCode].sort()).toEqual([204, 404])
      const expected = restored.statusCode === 204 ? 'named-source.restored' : 'named-source.purged'
      expect((await eventsOf(id)).at(-1)).toBe(expected)
    }
    const other = await createTestWarehouse(testApp, { name: 'other-warehouse' })
    const made = await create({ connection_name: 'other-warehouse', name: 'of-another', source: 'SELECT 1 AS one' })
    await remove('of-another')
    const deleted = await testApp.request({ method: 'DELETE', url: '/v3/connections/other-warehouse', as: 'editor' })
    expect(deleted.statusCode, deleted.body).toBeLessThan(300)
    expect((await eventsOf(made.json().id)).at(-1)).toBe('named-source.purged')
    expect((await restore(made.json().id, { sharing: 'private' })).statusCode).toBe(404)
    const [event] = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'connection.deleted')
      .execute()
    expect(event?.details).toMatchObject({ purged: { 'named source': 1 } })
    await other.close()
  })
})

test('of two that are made with one name at the same time one is made', async () => {
  const made = await Promise.all([1, 2, 3, 4].map(() => create({ name: 'only-one', source: 'SELECT 1 AS one' })))
  expect(made.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409, 409])
})

test('a public map draws it by its name, and its document holds no SQL', async () => {
  await create({ name: 'for-everybody', source: `SELECT id, geom, '${MARK}'::text IS NULL AS flag FROM demo.stores` })
  const document = emptyMapDocument('Public')
  const dataset = {
    id: 'd1',
    type: 'query' as const,
    source: 'for-everybody',
    connectionName: 'warehouse',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: null,
    format: 'tilejson' as const,
  }
  const created = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { title: 'Public', document: { ...document, datasets: [dataset] } },
  })
  expect(created.statusCode, created.body).toBe(201)
  const { id } = created.json()
  const shared = await testApp.request({
    method: 'POST',
    url: `/workspace-api/maps/${id}/privacy`,
    as: 'editor',
    payload: { privacy: 'public' },
  })
  expect(shared.statusCode, shared.body).toBeLessThan(300)
  const seen = await testApp.request({ url: `/v3/maps/public/${id}` })
  expect(seen.statusCode, seen.body).toBe(200)
  const visitor = seen.json().token
  const opened = await get(`/v3/maps/warehouse/query?q=for-everybody`, visitor)
  expect(opened.statusCode, opened.body).toBe(200)
  expect((await get(`/v3/maps/warehouse/query?q=divides`, visitor)).statusCode).toBe(403)
  expectNothingOfTheSql([seen, opened])
})
