import type { MyCredentials, Role } from '@graticule/contract'
import { LOGIN_PASSWORD, type RowSecurityWarehouse } from '@graticule/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

const PATH = '/v3/connections/warehouse/my-credentials'
const WHO = `/v3/sql/warehouse/query?q=${encodeURIComponent('SELECT current_user AS who')}`

/** The editor's connection to the warehouse, called `warehouse`, which everybody reads with a login of their own. */
export async function makePersonalConnection(testApp: TestApp, warehouse: RowSecurityWarehouse): Promise<string> {
  await testApp.store.deleteFrom('connections').execute()
  const config = warehouse.config('author')
  const payload = { name: 'warehouse', providerId: 'postgres', config, privacy: 'shared', credentialPolicy: 'viewer' }
  const created = await testApp.request({ method: 'POST', url: '/v3/connections', as: 'editor', payload })
  expect(created.statusCode, created.body).toBe(201)
  return created.json<{ id: string }>().id
}

/** What holds of the logins that people give for themselves, on every engine that may keep them. */
export function describeViewerCredentials(
  createApp: () => Promise<TestApp>,
  findWarehouse: () => RowSecurityWarehouse,
): void {
  let testApp: TestApp
  let warehouse: RowSecurityWarehouse
  let connectionId: string

  // One application for all: those that delete people come last, and each deletes another.
  beforeAll(async () => {
    warehouse = findWarehouse()
    testApp = await createApp()
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    connectionId = await makePersonalConnection(testApp, warehouse)
  })

  const idOf = (role: Role) => testApp.users[role].id
  const give = (as: Role, login: string) =>
    testApp.request({ method: 'PUT', url: PATH, as, payload: { login: { user: login, password: LOGIN_PASSWORD } } })
  const giveWell = async (as: Role, login: string) => {
    const given = await give(as, login)
    expect(given.statusCode, given.body).toBe(200)
  }
  const takeBack = (as: Role) => testApp.request({ method: 'DELETE', url: PATH, as })
  const stand = async (as: Role) => (await testApp.request({ url: PATH, as })).json<MyCredentials>()
  const who = (as: Role) => testApp.request({ url: WHO, as })
  const changeRole = (id: string, role: Role, receiverId?: string) =>
    testApp.request({
      method: 'PATCH',
      url: `/workspace-api/users/${id}`,
      as: 'superadmin',
      payload: { role, ...(receiverId && { receiverId }) },
    })
  const remove = (id: string, receiverId?: string) =>
    testApp.request({
      method: 'DELETE',
      url: `/workspace-api/users/${id}${receiverId ? `?receiverId=${receiverId}` : ''}`,
      as: 'superadmin',
    })
  const stored = () => testApp.store.selectFrom('viewer_credentials').selectAll().execute()
  const removals = async () => {
    const events = await testApp.store
      .selectFrom('activity')
      .select(['asset_id', 'actor_kind', 'details'])
      .where('type', '=', 'viewer-credential.removed')
      .where('asset_id', '=', connectionId)
      .orderBy('position')
      .execute()
    return events.map(({ asset_id, actor_kind, details }) => ({ asset_id, actor_kind, ...details }))
  }
  const sockets = (login: string) => warehouse.query('SELECT FROM pg_stat_activity WHERE usename = $1', [login])
  const closed = (login: string) => expect.poll(async () => (await sockets(login)).length, { timeout: 10_000 }).toBe(0)

  test('a login stays with a role that may own, and goes with the last of them, whether or not there is a receiver', async () => {
    await giveWell('admin', 'bob')
    expect((await who('admin')).json().rows).toEqual([{ who: 'bob' }])
    expect((await changeRole(idOf('admin'), 'editor')).statusCode).toBe(200)
    expect(await stand('admin')).toMatchObject({ state: 'valid', loginName: 'bob' })
    const demoted = await changeRole(idOf('admin'), 'viewer')
    expect(demoted.statusCode, demoted.body).toBe(200)
    expect(await stand('admin')).toMatchObject({ state: 'none', needed: true, loginName: null })
    expect(await stored()).toEqual([])
    expect(await removals()).toMatchObject([
      {
        asset_id: connectionId,
        actor_kind: 'system',
        userId: idOf('admin'),
        loginName: 'bob',
        cause: 'user.role-changed',
      },
    ])
    await closed('bob')
    // Who reads may read on, with a login that they give anew.
    await giveWell('admin', 'alice')
    const back = await changeRole(idOf('admin'), 'editor')
    expect(back.statusCode, back.body).toBe(200)
    const again = await changeRole(idOf('admin'), 'viewer', idOf('superadmin'))
    expect(again.statusCode, again.body).toBe(200)
    expect(await stored()).toEqual([])
    for (const role of ['editor', 'admin'] as const) {
      expect((await changeRole(idOf('admin'), role)).statusCode).toBe(200)
    }
  })

  test('who receives a connection reads with its own login, and who gave it away needs one', async () => {
    await giveWell('admin', 'bob')
    await giveWell('superadmin', 'alice')
    expect((await who('admin')).json().rows).toEqual([{ who: 'bob' }])
    const moved = await testApp.request({
      method: 'POST',
      url: '/v3/accounts/resources/transfer',
      as: 'superadmin',
      payload: { receiverUserId: idOf('admin'), resources: [{ resourceType: 'connection', id: connectionId }] },
    })
    expect(moved.json(), moved.body).toMatchObject({ results: [{ success: true }] })
    expect((await stored()).map(({ user_id }) => user_id)).toEqual([idOf('superadmin')])
    expect(await removals()).toMatchObject([
      { userId: idOf('admin'), loginName: 'bob', cause: 'connection.transferred' },
    ])
    expect((await who('admin')).json().rows).toEqual([{ who: 'author' }])
    expect((await who('editor')).json()).toMatchObject({ code: 'credentials_required', details: { state: 'none' } })
    expect(await stand('editor')).toMatchObject({ needed: true, state: 'none' })
    await giveWell('editor', 'nina')
    expect((await who('editor')).json().rows).toEqual([{ who: 'nina' }])
    await closed('bob')
  })

  test('a deleted connection takes all logins to it along', async () => {
    await giveWell('admin', 'bob')
    expect((await who('admin')).json().rows).toEqual([{ who: 'bob' }])
    const removed = await testApp.request({ method: 'DELETE', url: '/v3/connections/warehouse', as: 'editor' })
    expect(removed.statusCode, removed.body).toBe(204)
    expect(await stored()).toEqual([])
    await closed('bob')
  })

  test('logins that one person gives at the same moment leave one, which is the one that is shown and used', async () => {
    const logins = ['alice', 'bob', 'nina', 'author']
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(logins.map((login) => give('admin', login)))
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(logins.map(() => 200))
      const [row, ...others] = await stored()
      expect(others).toEqual([])
      expect(await stand('admin')).toMatchObject({ state: 'valid', loginName: row?.login_name })
      expect((await who('admin')).json().rows).toEqual([{ who: row?.login_name }])
    }
    const added = await testApp.store
      .selectFrom('activity')
      .select('id')
      .where('type', '=', 'viewer-credential.added')
      .where('asset_id', '=', connectionId)
      .execute()
    expect(added).toHaveLength(3 * logins.length)
  })

  test('a login that is given and removed at the same moment is there or not, as shown, and nothing fails', async () => {
    for (let round = 0; round < 6; round++) {
      const given = await Promise.all([
        give('admin', 'bob'),
        takeBack('admin'),
        ...(round % 2 === 0 ? [takeBack('admin')] : [give('admin', 'bob')]),
      ])
      for (const answer of given) expect([200, 204], answer.body).toContain(answer.statusCode)
      const rows = await stored()
      expect(rows.length).toBeLessThanOrEqual(1)
      const answer = await who('admin')
      if (rows.length === 1) expect(answer.json().rows, answer.body).toEqual([{ who: 'bob' }])
      else
        expect(answer.json(), answer.body).toMatchObject({ code: 'credentials_required', details: { state: 'none' } })
    }
    await takeBack('admin')
    await closed('bob')
  })

  test('a login that is given while its connection is deleted, or lent to everybody, is not there afterwards', async () => {
    const lend = () =>
      testApp.request({
        method: 'PATCH',
        url: '/v3/connections/warehouse',
        as: 'editor',
        payload: { credentialPolicy: 'owner' },
      })
    const [given, lent] = await Promise.all([give('admin', 'bob'), lend()])
    expect(lent.statusCode, lent.body).toBe(200)
    expect([200, 409, 422], given.body).toContain(given.statusCode)
    expect(await stored()).toEqual([])
    const on = await testApp.request({
      method: 'PATCH',
      url: '/v3/connections/warehouse',
      as: 'editor',
      payload: { credentialPolicy: 'viewer' },
    })
    expect(on.statusCode, on.body).toBe(200)
    const [late, removed] = await Promise.all([
      give('admin', 'bob'),
      testApp.request({ method: 'DELETE', url: '/v3/connections/warehouse', as: 'editor' }),
    ])
    expect(removed.statusCode, removed.body).toBe(204)
    expect([200, 404], late.body).toContain(late.statusCode)
    expect(await stored()).toEqual([])
    await closed('bob')
  })

  test('a deleted person leaves no login behind, and nothing runs under it', async () => {
    await giveWell('viewer', 'bob')
    await giveWell('superadmin', 'alice')
    expect((await changeRole(idOf('viewer'), 'editor')).statusCode).toBe(200)
    expect((await who('viewer')).json().rows).toEqual([{ who: 'bob' }])
    expect((await sockets('bob')).length).toBeGreaterThan(0)
    const removed = await remove(idOf('viewer'), idOf('superadmin'))
    expect(removed.statusCode, removed.body).toBeLessThan(300)
    expect((await stored()).map(({ user_id }) => user_id)).toEqual([idOf('superadmin')])
    expect(await removals()).toMatchObject([{ userId: idOf('viewer'), loginName: 'bob', cause: 'user.deleted' }])
    await closed('bob')
  })

  test('a login that is given while its person is deleted is not there afterwards', async () => {
    const [given, removed] = await Promise.all([give('admin', 'bob'), remove(idOf('admin'))])
    expect(removed?.statusCode, removed?.body).toBeLessThan(300)
    expect([200, 401], given?.body).toContain(given?.statusCode)
    expect(await stored()).toEqual([])
    await closed('bob')
  })

  test('who inherits a connection from somebody who is deleted reads with its own login', async () => {
    await giveWell('superadmin', 'bob')
    const removed = await remove(idOf('editor'), idOf('superadmin'))
    expect(removed.statusCode, removed.body).toBeLessThan(300)
    expect(await stored()).toEqual([])
    expect(await removals()).toMatchObject([{ userId: idOf('superadmin'), loginName: 'bob', cause: 'user.deleted' }])
    expect((await who('superadmin')).json().rows).toEqual([{ who: 'author' }])
  })
}
