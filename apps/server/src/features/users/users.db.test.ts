import { emptyMapDocument } from '@graticule/contract'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../testing/create-test-app.ts'
import { createTestWarehouse, type TestWarehouse } from '../../testing/create-test-warehouse.ts'
import { meetInDatabase } from '../../testing/meet-in-database.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { describeUsers } from '../../testing/users-suite.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

const createApp = () => createTestApp(() => stores.open())

describe('people on PostgreSQL', () => {
  describeUsers(createApp)
})

describe('changes that meet in the database', () => {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const patch = (as: 'admin' | 'editor', id: string, role: string, receiverId?: string) =>
    testApp.request({ method: 'PATCH', url: `/workspace-api/users/${id}`, as, payload: { role, receiverId } })

  test('two admins who demote each other through two connections leave one of them', async () => {
    await testApp.store.updateTable('users').set({ role: 'guest' }).where('role', '=', 'superadmin').execute()
    await testApp.store.updateTable('users').set({ role: 'admin' }).where('role', '=', 'editor').execute()
    const { admin, editor } = testApp.users
    const answers = await meetInDatabase(testApp, 'SELECT id FROM users FOR UPDATE', [
      () => patch('admin', editor.id, 'editor'),
      () => patch('editor', admin.id, 'editor'),
    ])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 403])
    const left = await testApp.store.selectFrom('users').select('id').where('role', '=', 'admin').execute()
    expect(left).toHaveLength(1)
  })

  test('a map that is made after its maker’s maps have gone and before the demotion is done is refused', async () => {
    const { admin, editor } = testApp.users
    const payload = { document: emptyMapDocument('Too late') }
    const make = () => testApp.request({ method: 'POST', url: '/workspace-api/maps', as: 'editor', payload })
    expect((await make()).statusCode).toBe(201)
    const warehouse = await createTestWarehouse(testApp)
    // The check of its login, which is begun with it, would wait for the rows too.
    const posture = () => testApp.request({ url: '/v3/connections/warehouse/posture', as: 'editor' })
    await expect.poll(async () => (await posture()).json().state, { timeout: 10_000 }).toBe('checked')
    // Connections go after maps.
    const [demoted, made] = await meetInDatabase(testApp, 'SELECT id FROM connections FOR UPDATE', [
      () => patch('admin', editor.id, 'viewer', admin.id),
      make,
    ])
    expect(demoted?.statusCode, demoted?.body).toBe(200)
    expect(made?.statusCode, made?.body).toBe(403)
    const maps = await testApp.store.selectFrom('maps').select('owner_id').execute()
    expect(maps).toEqual([{ owner_id: admin.id }])
    await warehouse.close()
  })
})

describe('data that somebody was reading when they were demoted', () => {
  let testApp: TestApp
  let warehouse: TestWarehouse

  beforeEach(async () => {
    testApp = await createApp()
    warehouse = await createTestWarehouse(testApp)
  })
  afterEach(async () => {
    await warehouse.close()
    await testApp.close()
  })

  const demote = async () => {
    const url = `/workspace-api/users/${testApp.users.editor.id}`
    const payload = { role: 'viewer', receiverId: testApp.users.admin.id }
    const answer = await testApp.request({ method: 'PATCH', url, as: 'admin', payload })
    expect(answer.statusCode, answer.body).toBe(200)
  }

  test('is refused from the next request on, also when the tile is in the cache', async () => {
    const path = (url: string) => url.replace('http://localhost', '')
    const opened = await testApp.request({
      url: '/v3/maps/warehouse/table?name=demo.roads&spatialDataColumn=shape',
      as: 'editor',
    })
    const tileJson = await testApp.request({ url: path(opened.json().tilejson.url[0]), as: 'editor' })
    const tile = path(tileJson.json().tiles[0]).replace('{z}/{x}/{y}', '5/15/12')
    const read = async (url: string, as: 'editor' | 'admin') => (await testApp.request({ url, as })).statusCode
    for (let time = 0; time < 3; time++) expect(await read(tile, 'editor')).toBe(200)
    await demote()
    expect(await read(tile, 'editor')).toBe(403)
    expect(await read('/v3/sql/warehouse/query?q=SELECT%201', 'editor')).toBe(403)
    expect(await read(tile, 'admin')).toBe(200)
  })

  test('is read no further by a job of theirs', async () => {
    const url = '/v3/sql/warehouse/job'
    const payload = { query: 'SELECT pg_sleep(60)' }
    const job = await testApp.request({ method: 'POST', url, as: 'editor', payload })
    expect(job.statusCode, job.body).toBeLessThan(300)
    await expect.poll(countStatements).toBe(1)
    await demote()
    await expect.poll(countStatements).toBe(0)
    const row = await testApp.store.selectFrom('sql_jobs').select('status').executeTakeFirst()
    expect(row?.status).toBe('cancelled')
  })

  async function countStatements(): Promise<number> {
    const [row] = await warehouse.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    )
    return row?.count ?? 0
  }
})
