import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { tileAtPosition } from '@graticule/tiles'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'

const HANDLED = 'tracing:fastify.request.handler:start'
const { z, x, y } = tileAtPosition(-3.8, 40.2, 8)

let test: TestApp
let warehouse: TestWarehouse
let baseUrl: string
/** How often the framework's handlers were woken. */
let handled = 0
const countHandled = (): void => {
  handled += 1
}

beforeAll(async () => {
  test = await createTestApp()
  warehouse = await createTestWarehouse(test)
  baseUrl = await test.app.listen({ host: '127.0.0.1', port: 0 })
  subscribe(HANDLED, countHandled)
})
afterAll(async () => {
  unsubscribe(HANDLED, countHandled)
  await warehouse.close()
  await test.close()
})

let token: string
let address: string
beforeEach(async () => {
  token = await test.createToken([{ connection_name: 'warehouse', source: '*' }])
  const query = new URLSearchParams({ name: 'demo.stores', spatialDataColumn: 'geom' })
  const opened = await test.request({ method: 'GET', url: `/v3/maps/warehouse/table?${query}`, token })
  const tileJsonUrl = opened.json<{ tilejson: { url: [string] } }>().tilejson.url[0].replace('http://localhost', '')
  const [template = ''] = (await test.request({ method: 'GET', url: tileJsonUrl, token })).json<{ tiles: string[] }>()
    .tiles
  address = template.replace('http://localhost', '').replace('{z}/{x}/{y}', `${z}/${x}/${y}`)
})
afterEach(() => {
  handled = 0
})

const bearer = () => ({ Authorization: `Bearer ${token}` })
const ask = (headers: Record<string, string> = bearer(), url = address, method = 'GET') =>
  // Otherwise `fetch` asks for a fresh answer as soon as it is told a tag.
  fetch(`${baseUrl}${url}`, { method, headers, cache: 'force-cache' })

/** Has the tile made and the right to it checked; then nothing has been handled. */
async function warmUp(headers: Record<string, string> = bearer()): Promise<Response> {
  const first = await ask(headers)
  await first.arrayBuffer()
  handled = 0
  return first
}

describe('a tile that is in memory', () => {
  it('is answered without the framework, with the headers and bytes that its route sends', async () => {
    await warmUp()
    const early = await ask()
    expect(handled).toBe(0)
    const body = Buffer.from(await early.arrayBuffer())
    const routed = await test.request({ method: 'GET', url: address, token })
    expect(handled).toBe(1)
    expect(early.status).toBe(routed.statusCode)
    expect(body.equals(routed.rawPayload)).toBe(true)
    const ofTheConnection = new Set(['date', 'connection', 'keep-alive', 'x-request-id'])
    const told = (headers: Iterable<[string, unknown]>) =>
      Object.fromEntries([...headers].filter(([name]) => !ofTheConnection.has(name)).map(([k, v]) => [k, String(v)]))
    expect(told(early.headers)).toEqual(told(Object.entries(routed.headers)))
  })

  it('is found by a session as by a token, and answers 304 to whoever has it', async () => {
    const session = { cookie: await test.signIn('editor') }
    const first = await warmUp(session)
    const again = await ask({ ...session, 'if-none-match': first.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
    expect(handled).toBe(0)
  })

  it('keeps the caller’s request id and is counted and measured as its route is', async () => {
    await warmUp()
    const before = await readCounts()
    const answered = await ask({ ...bearer(), 'x-request-id': 'trace-7' })
    await answered.arrayBuffer()
    expect(answered.headers.get('x-request-id')).toBe('trace-7')
    await expect.poll(async () => (await readCounts()).requests).toBe(before.requests + 1)
    expect((await readCounts()).hits).toBe(before.hits + 1)
  })

  it.each([
    ['of another method', () => ask(bearer(), address, 'HEAD')],
    ['that asks for a fresh answer', () => ask({ ...bearer(), 'Cache-Control': 'no-cache' })],
    ['whose address is written otherwise', () => ask(bearer(), address.replace('/tiles/', '//tiles/'))],
    ['whose address has a part in percent signs', () => ask(bearer(), `${address}&x=%20`)],
  ])('leaves a request %s to its route', async (_, send) => {
    await warmUp()
    expect((await send()).status).toBe(200)
    expect(handled).toBe(1)
  })

  it('refuses an address that gives its moment twice, as its route does', async () => {
    await warmUp()
    expect((await ask(bearer(), `${address}&cache=1`)).status).toBe(400)
  })
})

describe('a right that has ended', () => {
  it('of a token that was revoked is noticed by the very next request', async () => {
    await warmUp()
    const tokens = (await test.request({ method: 'GET', url: '/v3/tokens', as: 'editor' })).json<{ id: string }[]>()
    for (const { id } of tokens) await test.request({ method: 'DELETE', url: `/v3/tokens/${id}`, as: 'editor' })
    expect((await ask()).status).toBe(401)
  })

  it('of a session that was ended is noticed by the very next request', async () => {
    const session = { cookie: await test.signIn('editor') }
    await warmUp(session)
    await test.app.inject({
      method: 'POST',
      url: '/auth/sign-out',
      headers: { ...session, 'sec-fetch-site': 'same-origin' },
    })
    expect((await ask(session)).status).toBe(401)
  })

  it('is no right of a stranger’s: without a credential the route refuses', async () => {
    await warmUp()
    expect((await ask({})).status).toBe(401)
    expect((await ask({ Authorization: 'Bearer gtk_nothing' })).status).toBe(401)
  })

  it('does not outlive the connection', async () => {
    await warmUp()
    expect((await ask(bearer(), address.replace('/warehouse/', '/elsewhere/'))).status).toBe(404)
  })
})

async function readCounts(): Promise<{ requests: number; hits: number }> {
  const { body } = await test.request({ method: 'GET', url: '/metrics' })
  const read = (pattern: RegExp) => Number(pattern.exec(body)?.[1] ?? 0)
  return {
    requests: read(/^graticule_http_request_duration_seconds_count\{.*tiles\/:handle.*status="200".*\} (\d+)/m),
    hits: read(/^graticule_cache_lookups_total\{outcome="hit"\} (\d+)/m),
  }
}
