import { emptyMapDocument } from '@graticule/contract'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import type { InjectOptions } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asker, Target } from '../../testing/access-matrix/matrix.ts'
import { createMatrixWorld, type MatrixWorld } from '../../testing/access-matrix/matrix-world.ts'
import { ROUTES } from '../../testing/access-matrix/routes.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'

let server: TestPostgres
let storeServer: TestPostgres
let testApp: TestApp
let world: MatrixWorld
let observer: pg.Client

beforeAll(async () => {
  // `application_name` tells the sessions of the product from those of the test.
  server = await startPostgres({ settings: { log_statement: 'all', log_line_prefix: 'by=%a ' } })
  storeServer = await startPostgres()
  testApp = await createTestApp(async () => {
    const { connectionString } = await createDatabase(storeServer, { postgis: false })
    return { url: connectionString, warehouseUrl: server.connectionString, close: () => storeServer.stop() }
  })
  world = await createMatrixWorld(testApp)
  observer = new pg.Client({ connectionString: server.connectionString })
  await observer.connect()
}, 60_000)
afterAll(async () => {
  await world.close()
  await testApp.close()
  await observer.end()
  await server.stop()
})

let marks = 0
/** A statement of the test's own in the log says where a stretch of it begins and ends, and that all of it is there. */
async function mark(): Promise<string> {
  marks += 1
  const text = `SELECT 'mark ${marks} of the log'`
  await observer.query(text)
  await expect.poll(() => server.log().includes(text), { timeout: 10_000 }).toBe(true)
  return text
}

/** The statements that the product sent while this ran. */
async function statementsOf<Answer>(work: () => Promise<Answer>): Promise<{ answer: Answer; statements: string[] }> {
  const begin = await mark()
  const answer = await work()
  const end = await mark()
  const log = server.log()
  const from = log.lastIndexOf(begin)
  if (from === -1) throw new Error('The log is longer than what is kept of it.')
  const stretch = log.slice(from + begin.length, log.lastIndexOf(end))
  const statements = stretch.split(/^(?=by=)/m).flatMap((entry) => {
    const found = /^by=graticule LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry)
    return found === null ? [] : [(found[1] ?? '').trim()]
  })
  return { answer, statements }
}

type Comment = Readonly<Record<string, string>>

/** The fields of the comment that a statement begins with; null without one. */
function readComment(text: string): Comment | null {
  const pairs = /^\/\* graticule (.*?) \*\/ /.exec(text)?.[1]
  if (pairs === undefined) return null
  return Object.fromEntries(
    [...pairs.matchAll(/(\w+)='([^']*)'/g)].map(([, name = '', value = '']) => [name, decodeURIComponent(value)]),
  )
}

const requestIds = new Set<string>()

/** Sends a request under an id of its own, and says what is wrong with what it leaves in the log and in the activity. */
async function complainAbout(
  name: string,
  asker: Asker,
  options: InjectOptions,
  isOver: () => Promise<boolean> = async () => true,
): Promise<{ readonly complaints: string[]; readonly sent: number }> {
  const requestId = `request-${requestIds.size + 1}`
  requestIds.add(requestId)
  const credentials = await world.headersOf(asker)
  const headers = { host: 'localhost', ...credentials, ...options.headers, 'x-request-id': requestId }
  const { answer, statements } = await statementsOf(async () => {
    const response = await testApp.app.inject({ ...options, headers })
    await expect.poll(isOver, { timeout: 20_000 }).toBe(true)
    return response
  })
  const complaints: string[] = []
  if (answer.statusCode >= 300) complaints.push(`answered ${answer.statusCode} ${answer.body.slice(0, 200)}`)
  const comments = statements.map(readComment)
  comments.forEach((comment, index) => {
    const shown = statements[index]?.slice(0, 300)
    if (comment === null) complaints.push(`sent without a comment: ${shown}`)
    // A session is made fit for the next one after the answer, in the name of the request before.
    else if (!requestIds.has(comment.request ?? '')) complaints.push(`sent for no request: ${shown}`)
  })
  // What a request began and nobody waits for, such as the check of a login, is told of when it is over.
  const untold = () => listUntold(comments.filter((comment) => comment !== null))
  const isTold = await expect
    .poll(untold, { timeout: 10_000 })
    .toEqual([])
    .then(() => true)
    .catch(() => false)
  if (!isTold) complaints.push(...(await untold()).map((comment) => `left no event: ${JSON.stringify(comment)}`))
  const sent = comments.filter((comment) => comment?.request === requestId).length
  return { complaints: complaints.map((text) => `${asker}, ${name}: ${text}`), sent }
}

/** The comments whose statement has left no event of the same request, by the same person or program, of the same map. */
async function listUntold(comments: readonly Comment[]): Promise<Comment[]> {
  await testApp.activity.flush()
  const events = await testApp.store
    .selectFrom('activity')
    .select(['organization_id', 'actor_kind', 'actor_id', 'request_id', 'details'])
    .where('type', '=', 'warehouse.statement')
    .execute()
  return comments.filter(
    ({ organization, request, user, token, connection, map }) =>
      !events.some(
        ({ organization_id, request_id, actor_kind, actor_id, details }) =>
          organization_id === organization &&
          request_id === request &&
          details.connection === connection &&
          (details.map ?? (actor_kind === 'public-map' ? map : undefined)) === map &&
          actor_id === { token, 'public-map': map, user }[String(actor_kind)],
      ),
  )
}

/** The request of a row of the access matrix about a source. */
function requestOf(row: string, target: Target, askerId: string): InjectOptions {
  const [method = '', path = ''] = (row.split(' · ')[0] ?? '').split(' ')
  const { body, query } = ROUTES[row] ?? {}
  const url = path.replaceAll(/:(\w+)|\*/g, (whole, name: string | undefined) =>
    name === undefined ? (target.parameters[whole] ?? '') : encodeURIComponent(target.parameters[name] ?? target.id),
  )
  const search = typeof query === 'function' ? query(target, askerId) : query
  return {
    method: method as NonNullable<InjectOptions['method']>,
    url: search === undefined ? url : `${url}?${search}`,
    // Whatever somebody else has asked already is asked anew.
    headers: { 'cache-control': 'no-cache' },
    ...(body === undefined ? {} : { payload: typeof body === 'function' ? body(target, askerId) : body }),
  }
}

const STORES = {
  id: 'stores',
  type: 'table',
  source: 'demo.stores',
  providerId: 'postgres',
  label: 'Stores',
  geoColumn: 'geom',
  columns: null,
  format: 'tilejson',
} as const

const areJobsOver = async () => {
  const running = testApp.store.selectFrom('sql_jobs').select('id').where('finished_at', 'is', null)
  return (await running.execute()).length === 0
}

const SOURCE_ROWS = Object.entries(ROUTES).flatMap(([row, { subject }]) => (subject === 'source' ? [row] : []))

describe.each([
  ['editor', 'own'],
  ['viewer', 'drawn'],
  ['token', 'named'],
] as const)('what %s asks of a source that is %s', (asker, relation) => {
  const rows = SOURCE_ROWS.filter((row) => ROUTES[row]?.lines[relation]?.[asker] === 'ok')

  test('reaches the warehouse in no statement without its comment and its event', async () => {
    const silent: string[] = []
    const complaints: string[] = []
    for (const row of rows) {
      const target = await world.target('source', relation, asker, true)
      const askerId = asker === 'token' ? 'none' : world.idOf(asker)
      const found = await complainAbout(row, asker, requestOf(row, target, askerId), areJobsOver)
      complaints.push(...found.complaints)
      if (found.sent === 0) silent.push(row)
    }
    expect(complaints).toEqual([])
    expect(rows.length).toBeGreaterThan(5)
    // What is asked of a job that has ended reaches the store alone.
    expect(silent.filter((row) => !row.includes('/job/:id'))).toEqual([])
  })
})

test('what is asked of a connection reaches the warehouse in no statement without its comment and its event', async () => {
  const send = async (
    name: string,
    options: InjectOptions,
    isOver?: () => Promise<boolean>,
    asker: Asker = 'editor',
  ) => {
    const { complaints, sent } = await complainAbout(name, asker, options, isOver)
    expect(complaints).toEqual([])
    expect(sent, name).toBeGreaterThan(0)
  }
  const { parameters } = await world.target('source', 'own', 'editor', false)
  const { config } = await testApp.store
    .selectFrom('connections')
    .select('config')
    .where('name', '=', parameters.name ?? '')
    .executeTakeFirstOrThrow()
  const { password } = new URL(server.connectionString)
  const login = { ...(typeof config === 'string' ? JSON.parse(config) : config), password }
  const payload = { providerId: 'postgres', config: login }
  await send('a test of what is entered', { method: 'POST', url: '/v3/connections/test', payload })
  const url = '/v3/connections/anew'
  const isChecked = async () => {
    const headers = { host: 'localhost', ...(await world.headersOf('editor')) }
    return (await testApp.app.inject({ url: `${url}/posture`, headers })).json().state === 'checked'
  }
  const whole = { ...payload, name: 'anew', privacy: 'shared' }
  await send(
    'a new connection, and the check that follows',
    { method: 'POST', url: '/v3/connections', payload: whole },
    isChecked,
  )
  await send('a check', { method: 'POST', url: `${url}/posture` })
  const grants = { purpose: 'view-maps', schemas: ['demo'] }
  await send('the grants that a purpose takes', { method: 'POST', url: `${url}/grants`, payload: grants })
  const publishing = { name: 'Public', login: { user: login.user, password }, reason: 'It is a test.' }
  await send('a login for public maps', { method: 'POST', url: `${url}/publishing-logins`, payload: publishing })
  const source = { name: 'stores-by-kind', connection_name: 'anew', source: 'SELECT kind, geom FROM demo.stores' }
  await send('a named source', { method: 'POST', url: '/v3/named-sources', payload: source })
  const personal = { ...whole, name: 'personal', credentialPolicy: 'viewer', postureReason: 'It is a test.' }
  await send('a connection for logins of one’s own', { method: 'POST', url: '/v3/connections', payload: personal })
  const asAdmin = (name: string, options: InjectOptions) => send(name, options, undefined, 'admin')
  await asAdmin('a login of one’s own', {
    method: 'PUT',
    url: '/v3/connections/personal/my-credentials',
    payload: { login: { user: login.user, password } },
  })
  await asAdmin('a query by it', { url: `/v3/sql/personal/query?q=${encodeURIComponent('SELECT 1 AS one')}` })

  // What is shown to everybody, and read in the name of the map.
  const dataset = { ...STORES, connectionName: 'anew' }
  const document = { ...emptyMapDocument('Open'), datasets: [dataset] }
  const made = await testApp.request({
    method: 'POST',
    url: '/workspace-api/maps',
    as: 'editor',
    payload: { document },
  })
  const map = made.json<{ id: string }>().id
  const open = { privacy: 'public', publication: { reason: 'It is a test.' } }
  await testApp.request({ method: 'POST', url: `/workspace-api/maps/${map}/privacy`, as: 'editor', payload: open })
  const { token } = (await testApp.request({ url: `/v3/maps/public/${map}` })).json<{ token: string }>()
  const visitor = {
    url: `/v3/maps/anew/table?name=${STORES.source}`,
    headers: { authorization: `Bearer ${token}`, 'cache-control': 'no-cache' },
  }
  await send('a source of a public map', visitor, undefined, 'anonymous')
})

test('an event has the digest of its statement, the same whatever values are bound or written, and of the login, and neither text', async () => {
  const digestsOf = async (q: string, parameters: object, as: 'editor' | 'admin' = 'editor') => {
    const queryParameters = JSON.stringify(parameters)
    const answer = await testApp.request({
      url: `/v3/sql/warehouse/query?${new URLSearchParams({ q, queryParameters })}`,
      headers: { 'cache-control': 'no-cache' },
      as,
    })
    expect(answer.statusCode, answer.body).toBe(200)
    await testApp.activity.flush()
    const events = await testApp.store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'warehouse.statement')
      .where('request_id', '=', String(answer.headers['x-request-id']))
      .execute()
    expect(JSON.stringify(events)).not.toMatch(/demo\.stores|kiosk/)
    return events.map(({ details }) => [details.sqlSha256, details.databaseSha256]).at(-1)
  }
  const text = 'SELECT count(*)::int AS n FROM demo.stores WHERE kind = :kind'
  const [sql, database] = (await digestsOf(text, { kind: 'kiosk' })) ?? []
  expect([sql, database]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)])
  expect(await digestsOf(text, { kind: 'mall' })).toEqual([sql, database])
  // Whoever has the log must not find out by trying which value was written into a statement.
  const [written] = (await digestsOf(text.replace(':kind', "'kiosk'"), {})) ?? []
  expect(await digestsOf(text.replace(':kind', "'mall'"), {})).toEqual([written, database])
  const [other, same] = (await digestsOf(text.replace('kind = :kind', 'kind <> :kind'), { kind: 'mall' })) ?? []
  expect(other).not.toBe(sql)
  expect(same).toBe(database)
})
