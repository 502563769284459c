import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyMapDocument, type Role } from '@graticule/contract'
import {
  LOGIN_PASSWORD,
  type RowSecurityWarehouse,
  SOUTHERN_CANARY,
  startCachingProxy,
  startRedis,
  startRowSecurityWarehouse,
  type TestProxy,
  type TestRedis,
} from '@graticule/testkit'
import { tileAtPosition } from '@graticule/tiles'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../platform/secrets/secret.ts'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { decodeTile } from '../../testing/decode-tile.ts'
import { runCli } from '../../testing/run-cli.ts'
import { makePersonalConnection } from '../../testing/viewer-credentials-suite.ts'

const PER_REGION = 60
/** How often each of the two asks each question. */
const TIMES = 200
const AT_ONCE = 8

interface Person {
  readonly role: Role
  readonly login: string
  readonly cookie: string
}

/** A question that both ask byte for byte alike, and what psql says to each about it. */
interface Question {
  readonly kind: string
  readonly path: string
  readonly isKept: boolean
  /** What an answer shows, in a form that can be compared with what psql shows. */
  readonly read: (body: Buffer) => unknown
  readonly expected: Readonly<Record<string, unknown>>
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

let warehouse: RowSecurityWarehouse
let redis: TestRedis
let testApp: TestApp
let proxy: TestProxy
let serverUrl: string
let people: readonly [Person, Person]
let questions: readonly Question[]

beforeAll(async () => {
  ;[warehouse, redis] = await Promise.all([startRowSecurityWarehouse({ perRegion: PER_REGION }), startRedis()])
  testApp = await createTestApp(undefined, undefined, undefined, { redisUrl: new Secret(redis.url) })
  await makePersonalConnection(testApp, warehouse)
  const named = { name: 'every-store', connection_name: 'warehouse', source: 'SELECT * FROM stores' }
  await post('/v3/named-sources', named, 201)
  serverUrl = await testApp.app.listen({ host: '127.0.0.1', port: 0 })
  proxy = await startCachingProxy(Number(new URL(serverUrl).port))
  people = [await addPerson('admin', 'alice'), await addPerson('superadmin', 'bob')]
  questions = await makeQuestions()
}, 300_000)
afterAll(async () => {
  await proxy.stop()
  await testApp.close()
  await warehouse.stop()
  await redis.stop()
})

async function post(url: string, payload: object, status: number): Promise<{ id: string }> {
  const answer = await testApp.request({ method: 'POST', url, as: 'editor', payload })
  expect(answer.statusCode, answer.body).toBe(status)
  return answer.json()
}

async function addPerson(role: Role, login: string): Promise<Person> {
  const payload = { login: { user: login, password: LOGIN_PASSWORD } }
  const url = '/v3/connections/warehouse/my-credentials'
  const given = await testApp.request({ method: 'PUT', url, as: role, payload })
  expect(given.statusCode, given.body).toBe(200)
  return { role, login, cookie: await testApp.signIn(role) }
}

async function fetchAs(person: Person, path: string, headers = {}, url = proxy.url): Promise<Answer> {
  const sent = { cookie: person.cookie, 'sec-fetch-site': 'same-origin', ...headers }
  const response = await fetch(`${url}${path}`, { headers: sent })
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) }
}

const pathOf = (address: string) => address.replace(/^https?:\/\/[^/]+/, '')

async function findTiles(path: string): Promise<string> {
  const opened = await fetchAs(people[0], path)
  expect(opened.status, opened.body.toString()).toBe(200)
  const tileJson = await fetchAs(people[0], pathOf(JSON.parse(opened.body.toString()).tilejson.url[0]))
  return pathOf(JSON.parse(tileJson.body.toString()).tiles[0])
}

async function makeQuestions(): Promise<Question[]> {
  const SQL = 'SELECT id, revenue, note FROM stores ORDER BY id'
  const rows = await perLogin(SQL)
  const total = await perLogin('SELECT sum(revenue)::float8 AS value FROM stores')
  const notes = await perLogin('SELECT note AS name, count(*)::float8 AS value FROM stores GROUP BY 1')
  const byName = (list: unknown) => (list as { name: string }[]).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const rowsOf = (body: Buffer) => JSON.parse(body.toString()).rows
  const model = (name: string, source: object, params: object) =>
    `/v3/sql/warehouse/model/${name}?${new URLSearchParams({ ...source, params: JSON.stringify(params) })}`
  const table = { type: 'table', source: 'public.stores' }
  const sum = { operation: 'sum', column: 'revenue' }
  const templates = {
    table: await findTiles('/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom'),
    name: await findTiles('/v3/maps/warehouse/query?q=every-store&spatialDataColumn=geom'),
  }
  const tile = (kind: string, template: string, longitude: number, latitude: number, zoom: number): Question => {
    const { z, x, y } = tileAtPosition(longitude, latitude, zoom)
    const inside = `geom && ST_Transform(ST_TileEnvelope(${z}, ${x}, ${y}), 4326)`
    return {
      kind,
      path: template.replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`),
      isKept: true,
      read: (body) =>
        (body.byteLength === 0 ? [] : decodeTile(body, z, x, y))
          .map(({ properties: { id, revenue, note } }) => ({ id, revenue, note }))
          .toSorted((a, b) => Number(a.id) - Number(b.id)),
      expected: { inside },
    }
  }
  const tiles = [
    tile('tile of both', templates.table, 0.5, 50.2, 0),
    tile('tile of the north', templates.table, 0.5, 50.2, 6),
    tile('tile of the south', templates.table, 100.5, -49.8, 6),
    tile('tile of a named source', templates.name, 100.5, -49.8, 6),
  ]
  const category = { column: 'note', operation: 'count', operationColumn: '*' }
  return [
    ...(await Promise.all(
      tiles.map(async (question) => ({
        ...question,
        expected: await perLogin(
          `SELECT id, revenue, note FROM stores WHERE ${String(question.expected.inside)} ORDER BY id`,
        ),
      })),
    )),
    { kind: 'formula', path: model('formula', table, sum), isKept: true, read: rowsOf, expected: total },
    {
      kind: 'category',
      path: model('category', table, category),
      isKept: true,
      read: (body) => byName(rowsOf(body)),
      expected: Object.fromEntries(Object.entries(notes).map(([login, list]) => [login, byName(list)])),
    },
    {
      kind: 'formula of a named source',
      path: model('formula', { type: 'query', source: 'every-store' }, sum),
      isKept: true,
      read: rowsOf,
      expected: total,
    },
    {
      kind: 'SQL',
      path: `/v3/sql/warehouse/query?q=${encodeURIComponent(SQL)}`,
      isKept: false,
      read: rowsOf,
      expected: rows,
    },
    {
      kind: 'SQL of a named source',
      path: '/v3/sql/warehouse/query?q=every-store',
      isKept: false,
      read: (body) =>
        (rowsOf(body) as Record<string, unknown>[])
          .map(({ id, revenue, note }) => ({ id, revenue, note }))
          .toSorted((a, b) => Number(a.id) - Number(b.id)),
      expected: rows,
    },
  ]
}

/** What each of the two is shown by a client of their own. */
async function perLogin(sql: string): Promise<Record<string, unknown>> {
  const entries = people.map(async ({ login }) => [login, await warehouse.queryAs(login, sql)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** In an order that is the same in every run. */
function shuffle<Item>(items: readonly Item[]): Item[] {
  let state = 20_261_130
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state
  }
  return items
    .map((item) => ({ item, rank: next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

test('AC-09: two people ask the same addresses in turns through a proxy and the cache, and each is told what psql tells them', async () => {
  const jobs = shuffle(
    questions.flatMap((question) =>
      people.flatMap((person) => Array.from({ length: TIMES }, () => ({ question, person }))),
    ),
  )
  const hits = new Map<string, number>()
  const keys = new Map<string, Set<string>>()
  const tags = new Map<string, Set<string>>()
  await eachOf(jobs, async ({ question, person }) => {
    const { body, headers, status } = await fetchAs(person, question.path)
    const isEmpty = status === 204
    expect([200, 204], body.toString()).toContain(status)
    expect(question.read(body), `${question.kind} for ${person.login}`).toEqual(question.expected[person.login])
    if (person.login === 'alice') expect(body.includes(SOUTHERN_CANARY)).toBe(false)
    expect(headers.get('x-proxy-cache')).toBe('MISS')
    const of = `${person.login}, ${question.kind}`
    const said = headers.get('cache-status') ?? ''
    if (!question.isKept) {
      expect(said).toBe('graticule; fwd=bypass')
      return
    }
    const [, key = ''] = /; key="([\w-]{12})"$/.exec(said) ?? []
    keys.set(of, (keys.get(of) ?? new Set()).add(key))
    if (!isEmpty) tags.set(of, (tags.get(of) ?? new Set()).add(headers.get('etag') ?? ''))
    expect(Number(headers.get('age'))).toBeLessThanOrEqual(5)
    if (said.startsWith('graticule; hit;')) hits.set(of, (hits.get(of) ?? 0) + 1)
  })
  for (const { kind, isKept } of questions) {
    if (!isKept) continue
    // Each was answered from the cache, and each under a key of their own.
    const [alice, bob] = people.map(({ login }) => `${login}, ${kind}`) as [string, string]
    expect([...(keys.get(alice) ?? [])], alice).toHaveLength(1)
    expect([...(keys.get(bob) ?? [])], bob).toHaveLength(1)
    expect(keys.get(alice)).not.toEqual(keys.get(bob))
    expect(hits.get(alice), alice).toBeGreaterThan(0)
    expect(hits.get(bob), bob).toBeGreaterThan(0)
    for (const tag of tags.get(alice) ?? []) expect(tags.get(bob)?.has(tag) && tag !== '').toBeFalsy()
  }
}, 300_000)

test('AC-11: nothing that is one person’s is kept in between, said to be anybody’s, or found by an address alone', async () => {
  const [alice, bob] = people
  const secrets = [...people.map(({ cookie }) => cookie.split('=')[1] ?? ''), LOGIN_PASSWORD]
  const opening = '/v3/maps/warehouse/table?name=public.stores&spatialDataColumn=geom'
  const tileJson = pathOf(JSON.parse((await fetchAs(alice, opening)).body.toString()).tilejson.url[0])
  const others = [
    opening,
    tileJson,
    '/v3/stats/warehouse/public.stores/revenue',
    '/v3/stats/warehouse/public.stores/geom',
  ]
  const refused = ['/v3/sql/warehouse/query?q=SELECT%20nothing', '/v3/maps/warehouse/table?name=public.missing']
  for (const path of [...questions.map((question) => question.path), ...others, ...refused]) {
    const first = await fetchAs(alice, path)
    const second = await fetchAs(bob, path)
    const nobody = await fetch(`${proxy.url}${path}`)
    expect(nobody.status, path).toBe(401)
    await nobody.body?.cancel()
    for (const { headers, body } of [first, second]) {
      expect(headers.get('cache-control'), path).toBe('private, no-store')
      expect(headers.get('vary')?.split(/, */), path).toEqual(expect.arrayContaining(['Authorization', 'Cookie']))
      expect(headers.get('x-proxy-cache'), path).toBe('MISS')
      for (const secret of secrets) expect(`${path} ${body.toString('latin1')}`).not.toContain(secret)
      expect(`${path} ${body.toString('latin1')}`).not.toMatch(/gt[skm]_[\w-]{20}/)
    }
    expect(first.body.includes(SOUTHERN_CANARY), path).toBe(false)
  }
  // Another's tag confirms nothing, through the proxy or past it.
  for (const { kind, path } of questions.filter(({ isKept }) => isKept)) {
    const tag = (await fetchAs(bob, path)).headers.get('etag')
    if (tag === null) continue
    for (const url of [proxy.url, serverUrl]) {
      expect((await fetchAs(alice, path, { 'if-none-match': tag }, url)).status, kind).not.toBe(304)
    }
    if (path.includes('/tiles/')) {
      expect((await fetchAs(bob, path, { 'if-none-match': tag }, serverUrl)).status, kind).toBe(304)
    }
  }
  // The same proxy does keep what anybody may have, so that it would have kept these.
  const asset = '/assets/main-BX3kd9aZ.js'
  expect((await fetchAs(alice, asset)).headers.get('x-proxy-cache')).toBe('MISS')
  expect((await fetchAs(bob, asset)).headers.get('x-proxy-cache')).toBe('HIT')
}, 60_000)

test('the administrator’s command finds that nothing is shared, and says so when it cannot tell', async () => {
  const dataset = {
    ...{ id: 'stores', type: 'table', source: 'public.stores', connectionName: 'warehouse', providerId: 'postgres' },
    ...{ label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' },
  }
  const document = { ...emptyMapDocument('Stores'), datasets: [dataset] }
  const { id } = await post('/workspace-api/maps', { document }, 201)
  const payload = { privacy: 'shared' }
  await testApp.request({ method: 'PUT', url: `/workspace-api/maps/${id}/sharing`, as: 'editor', payload })
  const folder = await mkdtemp(join(tmpdir(), 'graticule-verify-'))
  try {
    const files = people.map(({ login }) => join(folder, login)) as [string, string]
    for (const [index, { cookie }] of people.entries()) await writeFile(files[index] ?? '', `${cookie.split('=')[1]}\n`)
    const run = (...words: string[]) =>
      runCli(['cache', 'verify', ...words, '--url', proxy.url, '--samples', '50'], { GRATICULE_HOME: folder })
    const verified = await run(...files)
    expect(verified, verified.printed + verified.complained).toMatchObject({ code: 0, complained: '' })
    expect(verified.printed).toMatch(/kept apart.* 0 shared; [1-9]\d* answers came from the cache/)
    expect(verified.printed).toContain('No key, tag or body is shared.')
    expect(verified.printed).not.toContain(SOUTHERN_CANARY)
    const alone = await run(files[0], files[0])
    expect(alone.code, alone.printed).toBe(2)
    expect(alone.printed).toContain('Nothing is proved')
    await writeFile(files[1], 'gts_nobody\n')
    const unknown = await run(...files)
    expect(unknown).toMatchObject({ code: 2 })
    expect(unknown.complained).toContain('answered 401')
  } finally {
    await rm(folder, { recursive: true })
  }
}, 180_000)
