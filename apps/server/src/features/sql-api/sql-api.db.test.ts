import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

let test: TestApp
let warehouse: TestWarehouse
let token: string
let baseUrl: string

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
  baseUrl = await test.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await warehouse.close()
  await test.close()
})

function query(payload: Record<string, unknown>, bearer = token) {
  return test.request({ method: 'POST', url: '/v3/sql/warehouse/query', token: bearer, payload })
}

async function model(name: string, params: unknown, extra: Record<string, unknown> = {}, bearer = token) {
  const payload = { type: 'table', source: 'demo.stores', params, ...extra }
  return test.request({ method: 'POST', url: `/v3/sql/warehouse/model/${name}`, token: bearer, payload })
}

/** Waits until a statement whose text or attribution holds the mark is (or is no longer) running in the warehouse. */
async function waitForStatement(mark: string, isRunning: boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const rows = await warehouse.query(
      "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1",
      [`%${mark}%`],
    )
    if (rows.length > 0 === isRunning) return
    await sleep(25)
  }
  throw new Error(`The statement ${mark} ${isRunning ? 'never ran' : 'kept running'}.`)
}

/** The fields of the comment that a statement begins with. */
function readComment(text: unknown): Record<string, string> {
  const [, pairs = ''] = /^\/\* graticule (.*?) \*\//.exec(String(text)) ?? []
  return Object.fromEntries([...pairs.matchAll(/(\w+)='([^']*)'/g)].map(([, name, value]) => [name, value]))
}

async function listJobEvents(jobId: string) {
  const rows = await test.store
    .selectFrom('activity')
    .select(['type', 'actor_kind', 'request_id', 'details'])
    .where((where) => where.eb(where.ref('details', '->>').key('jobId'), '=', jobId))
    .orderBy('position')
    .execute()
  return rows.map(({ details, ...row }) => ({ ...row, status: details.status }))
}

describe('the query endpoint', () => {
  it('answers rows, schema and meta, by POST and by GET', async () => {
    const q = 'SELECT id, kind, geom FROM demo.stores WHERE id = $1'
    const posted = await query({ q, queryParameters: [7] })
    expect(posted.statusCode, posted.body).toBe(200)
    expect(posted.json()).toEqual({
      rows: [{ id: 7, kind: 'kiosk', geom: { type: 'Point', coordinates: [expect.closeTo(-3.86), 40] } }],
      schema: [
        { name: 'id', type: 'number' },
        { name: 'kind', type: 'string' },
        { name: 'geom', type: 'geometry' },
      ],
      meta: { cacheHit: false, location: '', totalBytesProcessed: '0' },
    })
    const search = new URLSearchParams({ q, queryParameters: '[7]' })
    const got = await test.request({ method: 'GET', url: `/v3/sql/warehouse/query?${search}`, token })
    expect(got.json()).toEqual(posted.json())
  })

  it('takes query parameters as JSON text in a POST, as older clients send them', async () => {
    const answer = await query({
      q: 'SELECT count(*)::int AS n FROM demo.stores WHERE kind = :k',
      queryParameters: '{"k":"mall"}',
    })
    expect(answer.json().rows).toEqual([{ n: 133 }])
  })

  it('answers the schema of an empty result', async () => {
    const answer = await query({ q: 'SELECT id FROM demo.stores WHERE false' })
    expect(answer.json()).toMatchObject({ rows: [], schema: [{ name: 'id', type: 'number' }] })
  })

  it('runs statements that change data, for those who may', async () => {
    const answer = await query({ q: "INSERT INTO demo.notes VALUES (1, 'hello')" })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(await warehouse.query('SELECT body FROM demo.notes')).toEqual([{ body: 'hello' }])
  })

  it('says where a syntax error is', async () => {
    const answer = await query({ q: 'SELECT id\nFROM demo.stores WHER id = 1' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'invalid_query', details: { line: 2 } })
    const unknown = await query({ q: 'SELECT nope FROM demo.stores' })
    expect(unknown.statusCode).toBe(400)
    expect(unknown.json().error).toContain('nope')
  })

  it('writes CSV, GeoJSON and ndjson, as a download when a name is given', async () => {
    const q = 'SELECT id, geom FROM demo.stores ORDER BY id LIMIT 2'
    const csv = await query({
      q: 'SELECT id, kind FROM demo.stores ORDER BY id LIMIT 2',
      format: 'csv',
      filename: 'a"b/c.csv',
    })
    expect(csv.body).toBe('id,kind\r\n1,kiosk\r\n2,mall\r\n')
    expect(csv.headers['content-disposition']).toBe('attachment; filename="a_b_c.csv"')
    const exports = async () => {
      await test.activity.flush()
      const events = await test.store
        .selectFrom('activity')
        .selectAll()
        .where('type', '=', 'data.exported')
        .orderBy('seq')
        .execute()
      return events.map(({ actor_kind, details }) => ({ actor_kind, ...details }))
    }
    const counted = { actor_kind: 'token', connection: 'warehouse', outcome: 'complete' }
    expect(await exports()).toEqual([
      { ...counted, format: 'csv', isFile: true, rows: 2, sizeBytes: csv.rawPayload.length },
    ])
    // What a page reads leaves nothing behind; what fails has let nothing out.
    await query({ q: 'SELECT 1 AS one' })
    expect((await query({ q: 'SELECT 1 / 0 AS one', format: 'ndjson' })).statusCode).toBe(400)
    expect((await exports()).slice(1)).toEqual([
      { ...counted, format: 'ndjson', isFile: false, rows: 0, sizeBytes: 0, outcome: 'cut off' },
    ])
    const geojson = await query({ q, format: 'geojson' })
    expect(geojson.json().features).toHaveLength(2)
    const ndjson = await query({ q, format: 'ndjson' })
    expect(ndjson.body.trimEnd().split('\n')).toHaveLength(2)
    expect((await query({ q, format: 'xml' })).statusCode).toBe(400)
  })

  it('streams an answer that is larger than what is held back', async () => {
    const response = await fetch(`${baseUrl}/v3/sql/warehouse/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ q: "SELECT i, repeat('x', 200) AS text FROM generate_series(1, 60000) AS i" }),
    })
    const body = (await response.json()) as { rows: unknown[] }
    expect(body.rows).toHaveLength(60_000)
  })

  it('refuses more than 200,000 rows', async () => {
    const answer = await query({ q: 'SELECT i FROM generate_series(1, 200001) AS i' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().code).toBe('result_too_large')
  })

  it('cancels the statement in the warehouse when the client goes away', async () => {
    const controller = new AbortController()
    const request = fetch(`${baseUrl}/v3/sql/warehouse/query?q=SELECT%20pg_sleep(50)`, {
      headers: { authorization: `Bearer ${token}`, 'x-request-id': 'gone-away' },
      signal: controller.signal,
    })
    await waitForStatement('gone-away', true)
    controller.abort()
    await expect(request).rejects.toThrow()
    await waitForStatement('gone-away', false)
  })

  it('answers a sentence when the warehouse ends the statement, and works again afterwards', async () => {
    const answer = test.request({
      method: 'POST',
      url: '/v3/sql/warehouse/query',
      token,
      payload: { q: 'SELECT pg_sleep(50)' },
      headers: { 'x-request-id': 'killed-midway' },
    })
    await waitForStatement('killed-midway', true)
    await warehouse.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%killed-midway%' AND pid <> pg_backend_pid()",
    )
    const response = await answer
    expect(response.statusCode).toBe(503)
    expect(response.json()).toMatchObject({ code: 'warehouse_unavailable', error: expect.stringContaining('broke') })
    expect((await query({ q: 'SELECT 1 AS one' })).json().rows).toEqual([{ one: 1 }])
  })

  it('is for people who may run SQL and for tokens with a grant on everything or on that very text or table', async () => {
    const q = 'SELECT 1 AS one'
    const exact = await test.createToken([{ connection_name: 'warehouse', source: q }])
    const table = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    expect((await query({ q }, exact)).statusCode).toBe(200)
    expect((await query({ q: 'SELECT 2 AS two' }, exact)).statusCode).toBe(403)
    expect((await query({ q: 'SELECT * FROM demo.stores' }, table)).statusCode).toBe(200)
    expect((await query({ q: 'SELECT * FROM demo.zones' }, table)).statusCode).toBe(403)
    const url = `/v3/sql/warehouse/query?q=${encodeURIComponent(q)}`
    expect((await test.request({ method: 'GET', url, as: 'editor' })).statusCode).toBe(200)
    expect((await test.request({ method: 'GET', url, as: 'viewer' })).statusCode).toBe(403)
    expect((await test.request({ method: 'GET', url })).statusCode).toBe(401)
  })

  it('leaves an event and a comment that say who asked', async () => {
    const response = await test.request({
      method: 'POST',
      url: '/v3/sql/warehouse/query',
      token,
      payload: { q: 'SELECT pg_sleep(0), current_query() AS query_text' },
      headers: { 'x-request-id': 'who-asked' },
    })
    expect(readComment(response.json().rows[0].query_text)).toMatchObject({
      organization: test.organizationId,
      user: test.users.editor.id,
      token: expect.any(String),
      connection: 'warehouse',
      request: 'who-asked',
    })
    await test.activity.flush()
    const events = await test.store
      .selectFrom('activity')
      .selectAll()
      .where('type', '=', 'warehouse.statement')
      .execute()
    expect(events.some((event) => event.details.purpose === 'query' && event.actor_kind === 'token')).toBe(true)
    expect(JSON.stringify(events)).not.toContain('pg_sleep')
  })
})

describe('widget models', () => {
  it('answer what SQL answers', async () => {
    const [expected] = await warehouse.query<{ n: number; total: number }>(
      'SELECT count(*)::int AS n, sum(revenue) AS total FROM demo.stores',
    )
    expect((await model('formula', { column: '*', operation: 'count' })).json().rows).toEqual([{ value: expected?.n }])
    expect((await model('formula', { column: 'revenue', operation: 'sum' })).json().rows).toEqual([
      { value: expected?.total },
    ])
    const categories = await model('category', { column: 'kind', operation: 'count' })
    expect(categories.json().rows).toEqual([
      { name: 'kiosk', value: 134 },
      { name: 'mall', value: 133 },
      { name: 'market', value: 133 },
    ])
    const range = await model('range', { column: 'revenue' })
    expect(range.json().rows).toEqual([{ min: 1.5, max: 598.5 }])
    const table = await model('table', { column: ['id', 'kind'], sortBy: 'id', sortDirection: 'desc', limit: 2 })
    expect(table.json()).toMatchObject({ rows: [{ id: 400 }, { id: 399 }], metadata: { total: 400 } })
  })

  it('take filters, a polygon and either operator', async () => {
    const polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [-4.01, 39.99],
          [-3.9, 39.99],
          [-3.9, 40.5],
          [-4.01, 40.5],
          [-4.01, 39.99],
        ],
      ],
    }
    const inside = await model('formula', { operation: 'count' }, { spatialFilters: { geom: polygon } })
    const [expected] = await warehouse.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM demo.stores WHERE ST_Intersects(geom, ST_SetSRID(ST_GeomFromGeoJSON($1), 4326))',
      [JSON.stringify(polygon)],
    )
    expect(inside.json().rows).toEqual([{ value: expected?.n }])
    expect(expected?.n).toBeGreaterThan(10)
    const filters = { kind: { in: { values: ['mall'] } }, id: { between: { values: [[1, 10]] } } }
    const either = await model('formula', { operation: 'count' }, { filters, filtersLogicalOperator: 'OR' })
    const both = await model('formula', { operation: 'count' }, { filters, filtersLogicalOperator: 'undefined' })
    expect(either.json().rows).toEqual([{ value: 140 }])
    expect(both.json().rows).toEqual([{ value: 3 }])
  })

  it('take everything as text in a GET, empty query parameters included', async () => {
    const search = new URLSearchParams({
      type: 'query',
      client: 'c',
      source: 'SELECT * FROM demo.stores WHERE id <= $1',
      params: JSON.stringify({ column: 'kind', operation: 'count', operationColumn: null }),
      queryParameters: '[6]',
      filters: '{}',
      filtersLogicalOperator: 'and',
      spatialDataType: 'geo',
    })
    const answer = await test.request({ method: 'GET', url: `/v3/sql/warehouse/model/category?${search}`, token })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json().rows.map((row: { value: number }) => row.value)).toEqual([2, 2, 2])
    const empty = new URLSearchParams({ type: 'table', source: 'demo.stores', params: '{}', queryParameters: '' })
    const formula = await test.request({ method: 'GET', url: `/v3/sql/warehouse/model/formula?${empty}`, token })
    expect(formula.json().rows).toEqual([{ value: 400 }])
  })

  it('name the column that does not exist in the words that clients know', async () => {
    const answer = await model('formula', { column: 'nope', operation: 'sum' })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ error: 'Column not found', column_name: 'nope' })
  })

  it('run SQL of their own for those who may run any, and for tokens where all that it reads is granted', async () => {
    const custom = { operation: 'custom', operationExp: 'sum(revenue) / count(*)' }
    expect((await model('formula', custom)).statusCode).toBe(200)
    const narrow = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    expect((await model('formula', { operation: 'count' }, {}, narrow)).statusCode).toBe(200)
    const reaching = { operation: 'custom', operationExp: 'max(length(version()))' }
    expect((await model('formula', custom, {}, narrow)).statusCode).toBe(200)
    expect((await model('formula', reaching)).statusCode).toBe(200)
    expect((await model('formula', reaching, {}, narrow)).statusCode).toBe(403)
    const aggregations = 'max(length(version())) AS r'
    expect((await model('aggregations', { aggregations })).statusCode).toBe(200)
    expect((await model('aggregations', { aggregations }, {}, narrow)).statusCode).toBe(403)
    const exact = await test.createToken([{ connection_name: 'warehouse', source: 'SELECT * FROM demo.stores' }])
    const query = { type: 'query', source: 'SELECT * FROM demo.stores' }
    expect((await model('formula', { operation: 'count' }, query, exact)).statusCode).toBe(200)
    expect((await model('formula', custom, query, exact)).statusCode).toBe(403)
    expect((await model('formula', { operation: 'count' }, { source: 'demo.secret' }, narrow)).statusCode).toBe(403)
  })

  it('ask the warehouse once for all who ask the same at the same time', async () => {
    const countStatements = async () => {
      await test.activity.flush()
      const rows = await test.store
        .selectFrom('activity')
        .select('id')
        .where('type', '=', 'warehouse.statement')
        .where((where) => where.eb(where.ref('details', '->>').key('purpose'), '=', 'widget'))
        .execute()
      return rows.length
    }
    const before = await countStatements()
    const params = { column: 'id', operation: 'max' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => model('formula', params)))
    expect(answers.map((answer) => answer.json().rows)).toEqual(Array(10).fill([{ value: 400 }]))
    expect(await countStatements()).toBe(before + 1)
  })

  it('are 404 for a model that does not exist and 501 for cells of spatial indexes', async () => {
    expect((await model('median', {})).statusCode).toBe(404)
    const cells = { spatialFilters: { h3: { indexes: ['8a'], type: 'h3' } }, spatialDataType: 'h3' }
    expect((await model('formula', { operation: 'count' }, cells)).statusCode).toBe(501)
  })
})

describe('jobs', () => {
  async function start(q: string, requestId = 'a-job') {
    const headers = { 'x-request-id': requestId }
    const payload = { query: q }
    const response = await test.request({ method: 'POST', url: '/v3/sql/warehouse/job', token, payload, headers })
    expect(response.statusCode, response.body).toBe(200)
    return response.json<{ jobId: string; externalId: string; status: string }>()
  }
  async function waitForEnd(jobId: string) {
    for (let attempt = 0; attempt < 200; attempt++) {
      const job = (await test.request({ method: 'GET', url: `/v3/sql/warehouse/job/${jobId}`, token })).json()
      if (!['pending', 'running'].includes(job.status)) return job
      await sleep(25)
    }
    throw new Error('The job did not end.')
  }

  it('run on after the request and tell how they ended', async () => {
    await warehouse.query('SELECT pg_advisory_lock(100)')
    const job = await start("INSERT INTO demo.notes SELECT 100, 'from a job' FROM pg_advisory_xact_lock(100)")
    expect(job.externalId).toBe(job.jobId)
    expect(['pending', 'running']).toContain(job.status)
    await warehouse.query('SELECT pg_advisory_unlock(100)')
    expect(await waitForEnd(job.jobId)).toMatchObject({ status: 'success', error: null })
    expect(await warehouse.query('SELECT body FROM demo.notes WHERE id = 100')).toEqual([{ body: 'from a job' }])
    const failed = await start('SELECT 1 / 0')
    expect(await waitForEnd(failed.jobId)).toMatchObject({
      status: 'failure',
      error: expect.stringMatching(/division/i),
    })
    const created = { type: 'sql-job.created', actor_kind: 'token', request_id: 'a-job' }
    const finished = { ...created, type: 'sql-job.finished' }
    expect(await listJobEvents(job.jobId)).toMatchObject([created, { ...finished, status: 'success' }])
    expect(await listJobEvents(failed.jobId)).toMatchObject([created, { ...finished, status: 'failure' }])
    const list = await test.request({ method: 'GET', url: '/v3/sql/jobs', token })
    expect(list.json().map((item: { jobId: string }) => item.jobId)).toEqual(
      expect.arrayContaining([job.jobId, failed.jobId]),
    )
  })

  it('can be cancelled, which ends the statement too', async () => {
    const job = await start('SELECT pg_sleep(50)', 'cancelled-job')
    await waitForStatement('cancelled-job', true)
    const cancelled = await test.request({ method: 'DELETE', url: `/v3/sql/warehouse/job/${job.jobId}`, token })
    expect(cancelled.json().status).toBe('cancelled')
    await waitForStatement('cancelled-job', false)
    expect(await waitForEnd(job.jobId)).toMatchObject({ status: 'cancelled' })
    expect((await listJobEvents(job.jobId)).map(({ type }) => type)).toEqual(['sql-job.created', 'sql-job.cancelled'])
  })

  it('are left alone by a second server that starts on the same store', async () => {
    const job = await start('SELECT pg_sleep(50)', 'long-job')
    await waitForStatement('long-job', true)
    const url = `/v3/sql/warehouse/job/${job.jobId}`
    const second = await test.buildServer('second-server')
    expect((await test.request({ method: 'GET', url, token })).json().status).toBe('running')
    await second.sweep()
    expect((await test.request({ method: 'GET', url, token })).json().status).toBe('running')
    await test.request({ method: 'DELETE', url, token })
    await waitForStatement('long-job', false)
  })

  it('that a server left unfinished end when it starts again, and when it never does', async () => {
    const insert = async (id: string, serverId: string) => {
      const connection = await test.store
        .selectFrom('connections')
        .select('id')
        .where('name', '=', 'warehouse')
        .executeTakeFirstOrThrow()
      await test.store
        .insertInto('sql_jobs')
        .values({
          id,
          server_id: serverId,
          organization_id: test.organizationId,
          owner_id: test.users.editor.id,
          connection_id: connection.id,
          query: 'SELECT 1',
          status: 'running',
          created_at: test.clock.now(),
        })
        .execute()
    }
    const statusOf = async (id: string) =>
      (await test.request({ method: 'GET', url: `/v3/sql/warehouse/job/${id}`, token })).json().status
    await insert('left-by-crashed', 'crashed-server')
    await insert('left-by-lost', 'lost-server')
    const restarted = await test.buildServer('crashed-server')
    expect([await statusOf('left-by-crashed'), await statusOf('left-by-lost')]).toEqual(['failure', 'running'])
    expect(await listJobEvents('left-by-crashed')).toMatchObject([{ type: 'sql-job.finished', actor_kind: 'system' }])
    test.clock.advance(3 * 60 * 60_000 + 1)
    await restarted.sweep()
    expect(await statusOf('left-by-lost')).toBe('failure')
  })

  it('belong to who started them', async () => {
    const job = await start('SELECT 1')
    const url = `/v3/sql/warehouse/job/${job.jobId}`
    expect((await test.request({ method: 'GET', url, as: 'admin' })).statusCode).toBe(404)
    expect((await test.request({ method: 'GET', url, as: 'editor' })).statusCode).toBe(200)
    const narrow = await test.createToken([{ connection_name: 'warehouse', source: 'demo.stores' }])
    const refused = await test.request({
      method: 'POST',
      url: '/v3/sql/warehouse/job',
      token: narrow,
      payload: { q: 'SELECT 1' },
    })
    expect(refused.statusCode).toBe(403)
  })

  it('are forgotten a week after their end, and not before they have ended', async () => {
    const ended = await start("SELECT 'a value in SQL text'")
    await waitForEnd(ended.jobId)
    // Started late in the week, so that it has not outlived its limit when the other is forgotten.
    test.clock.advance(7 * 86_400_000 - 1_000)
    const running = await start('SELECT pg_sleep(50)', 'job-of-a-week')
    await waitForStatement('job-of-a-week', true)
    const server = await test.buildServer('sweeping-server')
    const statusOf = async (id: string) =>
      (await test.request({ method: 'GET', url: `/v3/sql/warehouse/job/${id}`, token })).statusCode
    test.clock.advance(1_000)
    await server.sweep()
    expect([await statusOf(ended.jobId), await statusOf(running.jobId)]).toEqual([200, 200])
    test.clock.advance(1)
    await server.sweep()
    expect([await statusOf(ended.jobId), await statusOf(running.jobId)]).toEqual([404, 200])
    const kept = await test.store.selectFrom('sql_jobs').select('query').execute()
    expect(kept.map(({ query }) => query)).toEqual(['SELECT pg_sleep(50)'])
    await test.request({ method: 'DELETE', url: `/v3/sql/warehouse/job/${running.jobId}`, token })
    await waitForStatement('job-of-a-week', false)
  })
})
