import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import {
  createDatabase,
  LOGIN_PASSWORD,
  startPostgres,
  startRedis,
  type TestDatabase,
  type TestPostgres,
  type TestRedis,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SESSION_COOKIE } from '../../http/authentication.ts'
import type { App } from '../../http/server.ts'
import { createId } from '../../platform/db/ids.ts'
import { createRandomToken, hashToken } from '../../platform/secrets/bearer-tokens.ts'
import { Secret } from '../../platform/secrets/secret.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'

const SOCKETS = 20
const LOGINS = Array.from({ length: 50 }, (_, index) => `u${String(index).padStart(2, '0')}`)
/** Of each login; POOL_HYGIENE_REQUESTS=200 asks as often as the acceptance scenario says. */
const REQUESTS = Number(process.env.POOL_HYGIENE_REQUESTS ?? 16)
/** Of each login, for what is kept; POOL_HYGIENE_CACHED_REQUESTS=200 asks as often as the acceptance scenario says. */
const CACHED_REQUESTS = Number(process.env.POOL_HYGIENE_CACHED_REQUESTS ?? 40)
/** Requests that are under way at once: three for every socket. */
const AT_ONCE = 3 * SOCKETS
const ROWS = 5
/** Before what a client beside the product asks. */
const DIRECT = '/* direct */ '

/** A person of the workspace, the login that they gave, and what it is shown by a client of its own. */
interface Reader {
  readonly userId: string
  readonly login: string
  readonly cookie: string
  readonly rows: readonly { readonly id: number; readonly note: string; readonly revenue: number }[]
}

let server: TestPostgres
let redis: TestRedis
let database: TestDatabase
let observer: pg.Client
let testApp: TestApp
let readers: readonly Reader[]
let tileTemplate: string

beforeAll(async () => {
  server = await startPostgres({
    authentication: 'scram',
    settings: {
      log_statement: 'all',
      log_line_prefix: 'by=%u ',
      logging_collector: 'on',
      log_directory: 'log',
      log_filename: 'all.log',
    },
  })
  database = await createDatabase(server)
  observer = new pg.Client({ connectionString: database.connectionString })
  await observer.connect()
  await observer.query(`
    CREATE TABLE stores (id integer PRIMARY KEY, region text, revenue integer, note text, geom geometry(Point, 4326));
    INSERT INTO stores
    SELECT 100 * u + i, 'u' || lpad(u::text, 2, '0'), 1000 * u + i, 'canary-u' || lpad(u::text, 2, '0'),
           ST_SetSRID(ST_MakePoint(0.5 + i / 100.0, 50.1), 4326)
    FROM generate_series(0, ${LOGINS.length - 1}) AS u, generate_series(1, ${ROWS}) AS i;
    ALTER TABLE stores ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON stores FOR SELECT USING (region = current_user);
    GRANT SELECT ON stores TO PUBLIC;
    GRANT TEMPORARY ON DATABASE ${database.database} TO PUBLIC;
    CREATE ROLE author LOGIN PASSWORD '${LOGIN_PASSWORD}';
    ${LOGINS.map((login) => `CREATE ROLE ${login} LOGIN PASSWORD '${LOGIN_PASSWORD}';`).join('\n')}
    ANALYZE;
  `)
  redis = await startRedis()
  testApp = await createTestApp(undefined, undefined, undefined, { redisUrl: new Secret(redis.url) })
  const { host, port } = database
  const payload = {
    name: 'warehouse',
    providerId: 'postgres',
    config: { host, port, database: database.database, user: 'author', password: LOGIN_PASSWORD, sslMode: 'disable' },
    privacy: 'shared',
    credentialPolicy: 'viewer',
    options: { maxConcurrentQueries: SOCKETS },
  }
  const created = await testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
  expect(created.statusCode, created.body).toBe(201)
  readers = await Promise.all(LOGINS.map(addReader))
  await eachOf(readers, 10, async (reader) => {
    const login = { user: reader.login, password: LOGIN_PASSWORD }
    const url = '/v3/connections/warehouse/my-credentials'
    const given = await send(reader, 'give', { method: 'PUT', url, payload: { login } })
    expect(given.statusCode, given.body).toBe(200)
  })
  tileTemplate = await findTiles()
}, 120_000)
afterAll(async () => {
  await testApp.close()
  await observer.end()
  await server.stop()
  await redis.stop()
})

async function addReader(login: string): Promise<Reader> {
  const { store, clock, organizationId } = testApp
  const [userId, token, now] = [createId(), createRandomToken('gts_'), clock.now()]
  const person = { id: userId, organization_id: organizationId, email: `${login}@example.org`, name: login }
  await store
    .insertInto('users')
    .values({ ...person, role: 'editor', created_at: now })
    .execute()
  await store
    .insertInto('sessions')
    .values({
      ...{ id: createId(), user_id: userId, token_hash: hashToken(token), created_at: now, last_seen_at: now },
      ...{ expires_at: new Date(now.getTime() + 86_400_000), user_agent: 'test', ip_address: '127.0.0.1' },
    })
    .execute()
  const { host, port } = database
  const client = new pg.Client({ host, port, database: database.database, user: login, password: LOGIN_PASSWORD })
  await client.connect()
  const { rows } = await client.query<Reader['rows'][number]>(
    `${DIRECT}SELECT id, note, revenue FROM stores ORDER BY id`,
  )
  await client.end()
  return { userId, login, cookie: `${SESSION_COOKIE}=${token}`, rows }
}

async function send(
  { cookie }: Reader,
  requestId: string,
  options: InjectOptions,
  to: App = testApp.app,
): Promise<LightMyRequestResponse> {
  const sent = { host: 'localhost', cookie, 'sec-fetch-site': 'same-origin', 'x-request-id': requestId }
  return to.inject({ ...options, headers: { ...sent, ...options.headers } })
}

const path = (url: string) => url.replace('http://localhost', '')

async function findTiles(): Promise<string> {
  const [first] = readers
  if (!first) throw new Error('There is nobody.')
  const table = await send(first, 'open', { url: '/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom' })
  expect(table.statusCode, table.body).toBe(200)
  const tileJson = await send(first, 'open', { url: path(table.json().tilejson.url[0]) })
  return path(tileJson.json().tiles[0])
}

/** Runs the work for all, so many at once. */
async function eachOf<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>) {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** In an order that differs from one login to the next and is the same in every run. */
function interleave<Item>(items: readonly Item[]): Item[] {
  const mixed = [...items]
  let state = 20_261_130
  for (let index = mixed.length - 1; index > 0; index--) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    const other = state % (index + 1)
    const [a, b] = [mixed[index] as Item, mixed[other] as Item]
    mixed[index] = b
    mixed[other] = a
  }
  return mixed
}

const queryUrl = (q: string) => `/v3/sql/warehouse/query?q=${encodeURIComponent(q)}`
const ASK = `SELECT current_user::text AS who, session_user::text AS login, NULLIF(current_setting('app.left', true), '') AS setting,
  to_regclass('pg_temp.left_behind')::text AS kept, json_agg(json_build_object('id', id, 'note', note, 'revenue', revenue)
  ORDER BY id) AS rows FROM stores`
const LEAVE = [
  "DO $$ BEGIN PERFORM set_config('app.left', current_user::text, false); END $$",
  'CREATE TEMPORARY TABLE left_behind AS SELECT current_user::text AS who',
  'DO $$ BEGIN PERFORM pg_advisory_lock(hashtext(current_user)); END $$',
  "DO $$ BEGIN PERFORM set_config('search_path', 'pg_temp', false); END $$",
]

/** The bytes of an answer, unpacked, in which nothing of anybody else may be. */
function unpack(answer: LightMyRequestResponse, { login }: Reader): Buffer {
  const bytes =
    answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.rawPayload) : Buffer.from(answer.rawPayload)
  for (const [, owner] of bytes.toString('latin1').matchAll(/canary-(u\d\d)/g)) expect(owner).toBe(login)
  return bytes
}

/** One request of one of four kinds, whose answer must be what a client of that login's own is shown. */
async function ask(reader: Reader, round: number, marker: string): Promise<void> {
  switch (round % 4) {
    case 0: {
      const answer = await send(reader, marker, { url: queryUrl(`${ASK} -- ${marker}`) })
      expect(answer.statusCode, answer.body).toBe(200)
      const shown = JSON.parse(unpack(answer, reader).toString()).rows[0]
      const rows = typeof shown.rows === 'string' ? JSON.parse(shown.rows) : shown.rows
      const { login } = reader
      expect({ ...shown, rows }).toEqual({ who: login, login, setting: null, kept: null, rows: reader.rows })
      return
    }
    case 1: {
      const left = LEAVE[Math.floor(round / 4) % LEAVE.length] ?? ''
      const answer = await send(reader, marker, { url: queryUrl(`${left} -- ${marker}`) })
      expect(answer.statusCode, answer.body).toBe(200)
      return
    }
    case 2: {
      const params = JSON.stringify({ operation: 'sum', column: 'revenue' })
      const query = new URLSearchParams({ source: 'public.stores', type: 'table', params, client: marker })
      const answer = await send(reader, marker, { url: `/v3/sql/warehouse/model/formula?${query}` })
      const total = reader.rows.reduce((sum, { revenue }) => sum + revenue, 0)
      expect(JSON.parse(unpack(answer, reader).toString()), answer.body).toMatchObject({ rows: [{ value: total }] })
      return
    }
    default: {
      const { z, x, y } = tileAtPosition(0.5, 50.1, Math.floor(round / 4) % 7)
      const url = tileTemplate.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)
      const answer = await send(reader, marker, { url, headers: { 'accept-encoding': 'gzip' } })
      expect(answer.statusCode, answer.body).toBe(200)
      const features = decodeTile(unpack(answer, reader), z, x, y).map(({ properties }) => properties)
      const shown = features.map(({ id, note, revenue }) => ({ id, note, revenue }))
      expect(shown.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual(reader.rows)
    }
  }
}

/** Everything that the server wrote so far, by the login that it was for. */
async function readLog(): Promise<{ user: string; text: string }[]> {
  const end = `SELECT 'end of the log ${createId()}'`
  await observer.query(end)
  for (;;) {
    const log = await readFile(join(server.socketDirectory, 'data', 'log', 'all.log'), 'utf8')
    if (!log.includes(end)) {
      await sleep(10)
      continue
    }
    return log.split(/^(?=by=)/m).flatMap((entry) => {
      const found = /^by=(\S*) LOG: {2}(?:statement|execute [^:]*): ([\s\S]*)$/.exec(entry)
      return found ? [{ user: found[1] ?? '', text: found[2] ?? '' }] : []
    })
  }
}

/** Each statement of a person's was sent under that person's login, as its comment and the server's log say. */
function expectAttributed(log: readonly { readonly user: string; readonly text: string }[]): number {
  const loginOf = new Map(readers.map(({ userId, login }) => [userId, login]))
  const strange: string[] = []
  let count = 0
  for (const { user, text } of log) {
    if (text.startsWith(DIRECT)) continue
    const [, userId = ''] = /^\/\* graticule .*?user='([^']*)'/.exec(text) ?? []
    const login = loginOf.get(userId)
    if (login !== undefined) count += 1
    if ((login ?? user) !== user || (login === undefined && LOGINS.includes(user))) strange.push(`${user}: ${text}`)
    const [, marked = user] = /marker-(u\d\d)-/.exec(text) ?? []
    if (marked !== user) strange.push(`${user}: ${text}`)
  }
  expect(strange).toEqual([])
  return count
}

async function countSockets(): Promise<number> {
  const { rows } = await observer.query(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND usename ~ '^u[0-9]+$'",
    [database.database],
  )
  return rows[0].n
}

// Its time grows with the numbers of requests.
vi.setConfig({ testTimeout: 60_000 + REQUESTS * 2_000 + CACHED_REQUESTS * 2_000 })

test('AC-13: fifty logins over twenty sockets get each what is theirs, under their own name, and leave nothing behind', async () => {
  const jobs = interleave(
    readers.flatMap((reader) => Array.from({ length: REQUESTS }, (_, round) => ({ reader, round }))),
  )
  let isOver = false
  let most = 0
  const watching = (async () => {
    while (!isOver) {
      // A look is not of one moment: a socket that goes and the one that takes its place may both be in it.
      const looks = [await countSockets(), await countSockets(), await countSockets()]
      most = Math.max(most, Math.min(...looks))
      await sleep(20)
    }
  })()
  await eachOf(jobs, AT_ONCE, ({ reader, round }) => ask(reader, round, `marker-${reader.login}-${round}`)).finally(
    () => {
      isOver = true
    },
  )
  await watching
  // What PostgreSQL lists: a session is in it from its log-in until it has ended, which is before its socket closes.
  expect(most).toBeLessThanOrEqual(SOCKETS)
  expect(most).toBeGreaterThan(SOCKETS / 2)
  const log = await readLog()
  const statements = expectAttributed(log)
  expect(statements).toBeGreaterThanOrEqual((jobs.length * 3) / 4)
  // A person's own SQL was sent, and under the login of its marker alone.
  const sentFor = new Map<string, Set<string>>()
  for (const { user, text } of log) {
    const [, marker] = /-- (marker-u\d\d-\d+)\s*$/.exec(text) ?? []
    if (marker !== undefined) sentFor.set(marker, (sentFor.get(marker) ?? new Set()).add(user))
  }
  const own = jobs.filter(({ round }) => round % 4 < 2)
  const expected = own.map(({ reader, round }) => [`marker-${reader.login}-${round}`, new Set([reader.login])] as const)
  expect(sentFor).toEqual(new Map(expected))
  const { rows: locks } = await observer.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")
  expect(locks).toEqual([])
  process.stdout.write(
    `${LOGINS.length} logins × ${REQUESTS} requests, ${AT_ONCE} at once, ${most} of ${SOCKETS} sockets, ${statements} statements\n`,
  )
})

test('AC-13: a socket that is killed in the middle of a statement fails that statement, which nobody runs again', async () => {
  const [killed, others] = [readers.slice(0, 6), readers.slice(6, 26)]
  const dying = killed.map((reader) => {
    const text = `SELECT current_user::text AS who, pg_sleep(30) -- killed-${reader.login}`
    return send(reader, `killed-${reader.login}`, { url: queryUrl(text) })
  })
  const going = eachOf(others, 10, (reader) => ask(reader, 0, `marker-${reader.login}-beside`))
  const logins = killed.map(({ login }) => login)
  const asleep = "SELECT pid FROM pg_stat_activity WHERE usename = ANY ($1) AND wait_event = 'PgSleep'"
  const victims = async () => (await observer.query<{ pid: number }>(asleep, [logins])).rows
  await expect.poll(async () => (await victims()).length, { timeout: 10_000 }).toBe(killed.length)
  for (const { pid } of await victims()) await observer.query('SELECT pg_terminate_backend($1)', [pid])
  for (const answer of await Promise.all(dying)) {
    expect(answer.json(), answer.body).toMatchObject({ status: 503, code: 'warehouse_unavailable' })
  }
  await going
  // Those who lost their socket get another of their own.
  await eachOf(killed, 3, (reader) => ask(reader, 0, `marker-${reader.login}-after`))
  const log = await readLog()
  expectAttributed(log)
  for (const { login } of killed) {
    const run = log.filter(
      ({ text }) => text.includes('/* graticule') && text.includes(`pg_sleep(30) -- killed-${login}`),
    )
    expect(run.map(({ user }) => user)).toEqual([login])
  }
})

test('AC-09: fifty people ask the same addresses through two servers and one cache, and each is told what psql tells them', async () => {
  const { app: another } = await testApp.buildServer('another')
  await another.ready()
  const { z, x, y } = tileAtPosition(0.5, 50.1, 7)
  const tile = tileTemplate.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`)
  const model = (name: string, params: object) =>
    `/v3/sql/warehouse/model/${name}?${new URLSearchParams({ source: 'public.stores', type: 'table', params: JSON.stringify(params) })}`
  const urls = [
    tile,
    model('formula', { operation: 'sum', column: 'revenue' }),
    model('category', { column: 'note', operation: 'count', operationColumn: '*' }),
  ] as const
  const expectOwn = (reader: Reader, question: number, answer: LightMyRequestResponse) => {
    const { rows, login } = reader
    const body = unpack(answer, reader)
    if (question === 0) {
      const shown = decodeTile(body, z, x, y).map(({ properties: { id, note, revenue } }) => ({ id, note, revenue }))
      expect(shown.toSorted((a, b) => Number(a.id) - Number(b.id))).toEqual(rows)
      return
    }
    const total = rows.reduce((sum, { revenue }) => sum + revenue, 0)
    const expected = question === 1 ? [{ value: total }] : [{ name: `canary-${login}`, value: ROWS }]
    expect(JSON.parse(body.toString()).rows).toEqual(expected)
  }
  const jobs = interleave(
    readers.flatMap((reader) => Array.from({ length: CACHED_REQUESTS }, (_, round) => ({ reader, round }))),
  )
  const ways = new Map<string, number>()
  const owners = new Map<string, string>()
  await eachOf(jobs, AT_ONCE, async ({ reader, round }) => {
    const question = round % urls.length
    const to = round % 2 === 0 ? testApp.app : another
    const answer = await send(reader, `cached-${reader.login}`, { url: urls[question] ?? '' }, to)
    expect(answer.statusCode, answer.body).toBe(200)
    expectOwn(reader, question, answer)
    const [, way = '', key = ''] =
      /^graticule; (hit|fwd=miss; stored); key="(.+)"$/.exec(String(answer.headers['cache-status'])) ?? []
    ways.set(way, (ways.get(way) ?? 0) + 1)
    // A key is of one person and one question, for good.
    const owner = `${reader.login}/${question}`
    expect(owners.get(key) ?? owner).toBe(owner)
    owners.set(key, owner)
  })
  expect(owners.size).toBe(readers.length * urls.length)
  expect(ways.get('hit')).toBeGreaterThan(jobs.length / 4)
  process.stdout.write(
    `${LOGINS.length} logins × ${CACHED_REQUESTS} requests to two servers, ${ways.get('hit')} from the cache\n`,
  )
})
