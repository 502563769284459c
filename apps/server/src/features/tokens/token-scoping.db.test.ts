import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

// Scenario AC-17: what a token with narrow grants gets over HTTP, and what PostgreSQL logged meanwhile.

const SITE = 'https://app.example'
let server: TestPostgres
let testApp: TestApp
let warehouse: TestWarehouse

beforeAll(async () => {
  testApp = await createTestApp(async () => {
    server = await startPostgres({ settings: { log_statement: 'all' } })
    const { connectionString } = await createDatabase(server)
    return { url: connectionString, warehouseUrl: server.connectionString, close: () => server.stop() }
  })
  warehouse = await createTestWarehouse(testApp)
  await warehouse.query('CREATE VIEW demo.open_stores AS SELECT * FROM demo.stores WHERE is_open')
  await warehouse.query(
    'CREATE FUNCTION peek(demo.stores) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM demo.secret $$',
  )
})
afterAll(async () => {
  await warehouse.close()
  await testApp.close()
})

interface Made {
  readonly id: string
  readonly token: string
}

async function createToken(sources: readonly string[], extra: object = {}): Promise<Made> {
  const payload = {
    name: 'scoped',
    grants: sources.map((source) => ({ connection_name: 'warehouse', source })),
    allowed_apis: ['maps', 'sql'],
    referers: [SITE],
    ...extra,
  }
  const created = await testApp.request({ method: 'POST', url: '/v3/tokens', as: 'editor', payload })
  expect(created.statusCode, created.body).toBe(201)
  return created.json()
}

function get(path: string, { token }: Pick<Made, 'token'>, headers: Record<string, string> = { origin: SITE }) {
  return testApp.request({ url: path.replace('http://localhost', ''), token, headers })
}

const query = (sql: string, token: Made) => get(`/v3/sql/warehouse/query?${new URLSearchParams({ q: sql })}`, token)
const openTable = (name: string, token: Made, headers?: Record<string, string>) =>
  get(`/v3/maps/warehouse/table?name=${name}`, token, headers)

/** What the warehouse was told to run, other than to say what it would read, and that names this. */
function ran(mark: string, since: number): string[] {
  return server
    .log()
    .slice(since)
    .split(/\n(?=\d{4}-\d\d-\d\d )/)
    .filter((entry) => /LOG: {2}execute /.test(entry) && entry.includes('/* graticule') && entry.includes(mark))
    .filter((entry) => !/\*\/\s*PREPARE graticule_reads AS/.test(entry))
}

test('a granted table is drawn to its tiles, and no other one', async () => {
  const token = await createToken(['demo.stores'])
  const opened = await openTable('demo.stores', token)
  expect(opened.statusCode).toBe(200)
  const tileJson = await get(opened.json().tilejson.url[0], token)
  const [template] = tileJson.json().tiles
  const tile = await get(template.replace('{z}', '5').replace('{x}', '15').replace('{y}', '12'), token)
  expect(tile.statusCode).toBe(200)
  expect(tile.rawPayload.length).toBeGreaterThan(100)

  const since = server.log().length
  const secret = await openTable('demo.secret', token)
  const nowhere = await openTable('demo.nowhere', token)
  expect(secret.statusCode).toBe(403)
  expect(secret.json().code).toBe('source_not_granted')
  expect(secret.json().error).toBe(nowhere.json().error)
  expect(nowhere.statusCode).toBe(403)
  expect(ran('secret', since)).toEqual([])

  // The address of a tile that somebody else opened is worth no more.
  const whole = await createToken(['*'])
  const other = (await openTable('demo.secret', whole)).json()
  const stolen = await get(other.tilejson.url[0], token)
  expect(stolen.statusCode).toBe(403)
})

test('SQL runs when all that it reads is granted, whatever its text', async () => {
  const token = await createToken(['demo.stores'])
  for (const sql of [
    'SELECT count(*)::int AS n FROM demo.stores',
    'WITH a AS (SELECT * FROM "demo"."stores") SELECT (SELECT count(*)::int FROM a) AS n',
    'SELECT 400 AS n',
  ]) {
    const answer = await query(sql, token)
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json().rows).toEqual([{ n: 400 }])
  }
  const bound = await get(
    `/v3/sql/warehouse/query?${new URLSearchParams({
      q: 'SELECT count(*)::int AS n FROM demo.stores WHERE kind = :kind',
      queryParameters: JSON.stringify({ kind: "x' OR true --" }),
    })}`,
    token,
  )
  expect(bound.json().rows).toEqual([{ n: 0 }])
  const drawn = await get(
    `/v3/maps/warehouse/query?${new URLSearchParams({ q: 'SELECT * FROM demo.stores WHERE id < 10' })}`,
    token,
  )
  expect(drawn.statusCode).toBe(200)
})

test.each([
  'SELECT * FROM demo.secret',
  'SELECT s.id FROM demo.stores AS s JOIN demo.secret AS x ON x.id = s.id',
  'SELECT (SELECT count(*) FROM demo.secret) AS n FROM demo.stores',
  'SELECT 1 AS n FROM demo.stores WHERE EXISTS (SELECT 1 FROM demo.secret)',
  'SELECT id FROM demo.stores UNION SELECT id FROM demo.secret',
  'SELECT 1) AS x, (SELECT * FROM demo.secret',
  "SELECT query_to_xml('SELECT * FROM demo.secret', true, true, '') FROM demo.stores",
  "SELECT table_to_xml('demo.secret', true, true, '')",
  "SELECT * FROM ts_stat('SELECT to_tsvector(id::text) FROM demo.secret')",
  "SELECT pg_read_file('postgresql.conf')",
  'SELECT lo_get(1)',
  'SELECT s.peek FROM demo.stores AS s',
  'SELECT peek(s) FROM demo.stores AS s',
  "SELECT pg_relation_size('demo.secret')",
  "SELECT 'demo.secret'::regclass",
  'SELECT relname FROM pg_class',
  'SELECT table_name FROM information_schema.tables',
  'SELECT f_table_name FROM geometry_columns',
  "SELECT most_common_vals FROM pg_stats WHERE tablename = 'secret'",
  'SELECT * FROM demo.open_stores',
  "SELECT nope FROM demo.secret WHERE id = 'x'",
  'SELECT * FROM demo.nowhere',
  'SELECT * FROM demo.stores FOR UPDATE',
  'DELETE FROM demo.stores',
  'WITH gone AS (DELETE FROM demo.stores RETURNING id) SELECT * FROM gone',
  'CREATE TABLE demo.copied AS SELECT * FROM demo.stores',
  'SELECT * INTO demo.copied FROM demo.stores',
  'COPY demo.secret TO STDOUT',
  'EXPLAIN SELECT * FROM demo.secret',
])('%s is 403 to a token for one table, and never run', async (sql) => {
  const token = await createToken(['demo.stores'])
  const since = server.log().length
  const mark = sql.slice(0, 20)
  for (const answer of [
    await query(sql, token),
    await get(`/v3/maps/warehouse/query?${new URLSearchParams({ q: sql })}`, token),
    await get(
      `/v3/sql/warehouse/model/formula?${new URLSearchParams({
        type: 'query',
        source: sql,
        params: JSON.stringify({ column: 'id', operation: 'count' }),
      })}`,
      token,
    ),
  ]) {
    expect(answer.statusCode, answer.body).toBe(403)
    expect(answer.json().code).toBe('source_not_granted')
    expect(answer.body).not.toMatch(/does not exist|secret"/)
  }
  expect(ran(mark, since)).toEqual([])
  expect(await warehouse.query('SELECT count(*)::int AS n FROM demo.stores')).toEqual([{ n: 400 }])
  expect(await warehouse.query("SELECT to_regclass('demo.copied') AS copied")).toEqual([{ copied: null }])
})

test('an expression inside of a widget reaches no further than the grants', async () => {
  const token = await createToken(['demo.stores'])
  const formula = (operationExp: string) =>
    get(
      `/v3/sql/warehouse/model/formula?${new URLSearchParams({
        type: 'table',
        source: 'demo.stores',
        params: JSON.stringify({ operation: 'custom', operationExp }),
      })}`,
      token,
    )
  expect((await formula('count(*) / 2')).json().rows).toEqual([{ value: 200 }])
  const since = server.log().length
  for (const expression of [
    '(SELECT count(*) FROM demo.secret)',
    'count(*) FROM demo.secret --',
    "length(max(query_to_xml('TABLE demo.secret', true, true, '')::text))",
    "max(pg_relation_size('demo.secret'))",
  ]) {
    expect((await formula(expression)).statusCode, expression).toBe(400)
  }
  for (const expression of ['max(peek(source))', 'max(source.peek)', 'max(length(version()))']) {
    const refused = await formula(expression)
    expect(refused.statusCode, refused.body).toBe(403)
    expect(refused.json().code).toBe('source_not_granted')
  }
  expect(ran('secret', since)).toEqual([])
  expect(ran('peek', since)).toEqual([])
})

test('a view is granted as itself, and a wildcard means the tables of its schema', async () => {
  const view = await createToken(['demo.open_stores'])
  expect((await query('SELECT count(*)::int AS n FROM demo.open_stores', view)).json().rows).toEqual([{ n: 200 }])
  expect((await query('SELECT count(*)::int AS n FROM demo.stores', view)).statusCode).toBe(403)
  const all = await createToken(['demo.*', 'public.*', 'pg_catalog.*'])
  expect((await openTable('demo.secret', all)).statusCode).toBe(200)
  expect((await query('SELECT count(*)::int AS n FROM demo.stores, demo.secret', all)).json().rows).toEqual([
    { n: 400 },
  ])
  for (const hidden of ['geometry_columns', 'public.geometry_columns', 'pg_catalog.pg_class']) {
    expect((await query(`SELECT * FROM ${hidden}`, all)).statusCode, hidden).toBe(403)
    expect((await openTable(hidden, all)).statusCode, hidden).toBe(403)
  }
})

test('missing and other referers are told so, and a slash at the end makes no difference', async () => {
  const token = await createToken(['demo.stores'], { referers: [`${SITE}/`, 'https://maps.example/page/'] })
  for (const headers of [
    { origin: SITE },
    { referer: `${SITE}/` },
    { referer: `${SITE}/deep/page?x=1` },
    { origin: 'https://maps.example' },
  ] as Record<string, string>[]) {
    expect((await openTable('demo.stores', token, headers)).statusCode).toBe(200)
  }
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'http://app.example' },
    { referer: 'https://app.example.evil.example/' },
    { origin: `${SITE}:8443` },
    { origin: 'null' },
  ] as Record<string, string>[]) {
    const refused = await openTable('demo.stores', token, headers)
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({ error: 'Unauthorized referer', status: 403 })
  }
})

test('a token opens its allowed APIs, and never those of people', async () => {
  const drawing = await createToken(['demo.stores'], { allowed_apis: ['maps'] })
  expect((await query('SELECT 1', drawing)).statusCode).toBe(403)
  const asking = await createToken(['demo.stores'], { allowed_apis: ['sql'] })
  expect((await openTable('demo.stores', asking)).statusCode).toBe(403)
  for (const path of ['/v3/tokens', `/v3/tokens/${asking.id}`, '/workspace-api/maps', '/workspace-api/users']) {
    expect((await get(path, asking)).statusCode, path).toBe(403)
  }
  expect((await get('/v3/imports', asking)).statusCode).toBe(404)
  const made = await testApp.request({
    method: 'POST',
    url: '/v3/tokens',
    token: asking.token,
    headers: { origin: SITE },
    payload: { name: 'child', grants: [{ connection_name: 'warehouse', source: '*' }], allowed_apis: ['sql'] },
  })
  expect(made.statusCode).toBe(403)
})

test('it is 401 after its end, and within a second after it was revoked, on every server', async () => {
  const other = await testApp.buildServer('another')
  const there = (token: string) =>
    other.app.inject({
      url: '/v3/maps/warehouse/table?name=demo.stores',
      headers: { host: 'localhost', origin: SITE, authorization: `Bearer ${token}` },
    })
  const ending = await createToken(['demo.stores'], {
    expiration_date: new Date(testApp.clock.now().getTime() + 60_000).toISOString(),
  })
  expect((await openTable('demo.stores', ending)).statusCode).toBe(200)
  expect((await there(ending.token)).statusCode).toBe(200)
  testApp.clock.advance(60_001)
  expect((await openTable('demo.stores', ending)).statusCode).toBe(401)
  expect((await there(ending.token)).statusCode).toBe(401)

  const revoked = await createToken(['demo.stores'])
  expect((await there(revoked.token)).statusCode).toBe(200)
  await testApp.request({ method: 'DELETE', url: `/v3/tokens/${revoked.id}`, as: 'editor' })
  expect((await openTable('demo.stores', revoked)).statusCode).toBe(401)
  testApp.clock.advance(1_001)
  expect((await there(revoked.token)).statusCode).toBe(401)
})

test('the grants of a token that change hold at once', async () => {
  const token = await createToken(['demo.stores', 'demo.zones'])
  expect((await openTable('demo.zones', token)).statusCode).toBe(200)
  const payload = { grants: [{ connection_name: 'warehouse', source: 'demo.stores' }] }
  await testApp.request({ method: 'PATCH', url: `/v3/tokens/${token.id}`, as: 'editor', payload })
  expect((await openTable('demo.zones', token)).statusCode).toBe(403)
  const senseless = { grants: [{ connection_name: 'warehouse', source: 'demo.sto*' }] }
  const refused = await testApp.request({
    method: 'PATCH',
    url: `/v3/tokens/${token.id}`,
    as: 'editor',
    payload: senseless,
  })
  expect(refused.statusCode).toBe(400)
  expect(refused.json().error).toContain('schema.*')
})
