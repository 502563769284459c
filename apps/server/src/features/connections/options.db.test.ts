import { tileAtPosition } from '@graticule/tiles'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

async function create(name: string, options: object, config: object = warehouse.config): Promise<void> {
  const payload = { name, providerId: 'postgres', config, options }
  const created = await test.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
  expect(created.statusCode, created.body).toBe(201)
}

const query = (connection: string, q: string) =>
  test.request({ method: 'POST', url: `/v3/sql/${connection}/query`, as: 'editor', payload: { q } })

const countRows = async (connection: string) => {
  const payload = { type: 'table', source: 'demo.counted', params: { operation: 'count' } }
  const url = `/v3/sql/${connection}/model/formula`
  const answer = await test.request({ method: 'POST', url, as: 'editor', payload })
  return answer.json().rows[0].value
}

async function tileOf(connection: string, headers: Record<string, string> = {}) {
  const get = (url: string) =>
    test.request({ method: 'GET', url: url.replace('http://localhost', ''), as: 'editor', headers })
  const opened = (await get(`/v3/maps/${connection}/table?name=demo.stores`)).json()
  const tileJson = (await get(opened.tilejson.url[0])).json()
  const { z, x, y } = tileAtPosition(-3.8, 40.2, 8)
  return get(tileJson.tiles[0].replace('{z}', `${z}`).replace('{x}', `${x}`).replace('{y}', `${y}`))
}

describe('the options of a connection', () => {
  it('end a statement that takes longer than they allow, in words that say how long that was', async () => {
    await create('impatient', { queryTimeoutSeconds: 1 })
    const slow = await query('impatient', 'SELECT pg_sleep(20)')
    expect(slow.json()).toMatchObject({ code: 'warehouse_timeout', error: expect.stringContaining('1 seconds') })
    expect((await query('impatient', 'SELECT 1 AS one')).json().rows).toEqual([{ one: 1 }])
    expect((await query('warehouse', 'SELECT pg_sleep(1.5)')).statusCode).toBe(200)
  })

  it('let no more statements run at once than they say', async () => {
    await create('narrow', { maxConcurrentQueries: 2 })
    // Each tells how many sessions of the connection are at work while it sleeps.
    const busy = `SELECT pg_sleep(0.3), (SELECT count(*)::int FROM pg_stat_activity
      WHERE state = 'active' AND query LIKE '%connection=''narrow''%' AND query LIKE '%pg_sleep(0.3)%') AS busy`
    const answers = await Promise.all(Array.from({ length: 6 }, () => query('narrow', busy)))
    const counts = answers.map((answer) => answer.json().rows[0].busy)
    expect(Math.max(...counts)).toBeLessThanOrEqual(2)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200))
  })

  it('keep every answer out of the cache, here and at the browser', async () => {
    await warehouse.query('CREATE TABLE demo.counted (n integer); INSERT INTO demo.counted VALUES (1)')
    await create('cached', {})
    await create('uncached', { neverCache: true })
    expect([await countRows('cached'), await countRows('uncached')]).toEqual([1, 1])
    await warehouse.query('INSERT INTO demo.counted VALUES (2)')
    expect([await countRows('cached'), await countRows('uncached')]).toEqual([1, 2])
    const kept = await tileOf('cached')
    expect(kept.headers).toMatchObject({ etag: expect.any(String), 'cache-control': expect.stringMatching(/^private/) })
    const first = await tileOf('uncached')
    expect([first.statusCode, first.rawPayload.length > 0]).toEqual([200, true])
    expect(first.headers['cache-control']).toBe('no-store')
    expect(first.headers.etag).toBeUndefined()
    // Not even who says that they have it is told so.
    expect((await tileOf('uncached', { 'if-none-match': String(kept.headers.etag) })).statusCode).toBe(200)
  })

  it('forget what was kept when they come to forbid it', async () => {
    await create('turning', {})
    const before = await countRows('turning')
    await warehouse.query('INSERT INTO demo.counted VALUES (3)')
    expect(await countRows('turning')).toBe(before)
    const url = '/v3/connections/turning'
    await test.request({ method: 'PATCH', url, as: 'editor', payload: { options: { neverCache: true } } })
    expect(await countRows('turning')).toBe(before + 1)
    await test.request({ method: 'PATCH', url, as: 'editor', payload: { options: { neverCache: false } } })
    await warehouse.query('INSERT INTO demo.counted VALUES (4)')
    expect(await countRows('turning')).toBe(before + 2)
  })
})

describe('an edit of the login', () => {
  it('connects only when something of the login changes, and removes a secret that is null', async () => {
    await create('logged-in', {}, { ...warehouse.config, password: 'kept' })
    const countTries = async () => {
      await test.activity.flush()
      const events = await test.store
        .selectFrom('activity')
        .selectAll()
        .where('type', '=', 'warehouse.statement')
        .execute()
      return events.filter(({ details }) => details.purpose === 'connection-test').length
    }
    const before = await countTries()
    const edit = async (payload: object) => {
      const url = '/v3/connections/logged-in'
      return (await test.request({ method: 'PATCH', url, as: 'editor', payload })).statusCode
    }
    const { password: _, ...login } = warehouse.config
    expect(await edit({ config: login, options: { neverCache: true }, name: 'logged-in-still' })).toBe(200)
    expect(await countTries()).toBe(before)
    expect(await edit({ config: { ...login, password: null } })).toBe(200)
    expect(await countTries()).toBe(before + 1)
    const row = await test.store
      .selectFrom('connections')
      .select(['secrets', 'credential_version'])
      .where('name', '=', 'logged-in-still')
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ secrets: null, credential_version: 3 })
    expect(await edit({ config: { ...login, host: 'no-such-host.invalid' }, name: 'not-saved' })).toBe(503)
    expect((await test.request({ method: 'GET', url: '/v3/connections/not-saved', as: 'editor' })).statusCode).toBe(404)
  })
})
