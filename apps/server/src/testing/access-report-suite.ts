import {
  type AssetReport,
  type ErrorBody,
  emptyMapDocument,
  type PersonReport,
  type Role,
  type UnusedGrants,
} from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000

/** What holds of reports of access and of unused shares on every engine that may keep them. */
export function describeAccessReport(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let group: string

  const idOf = (role: Role) => testApp.users[role].id
  const cookies = new Map<Role, string>()
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, as: Role, payload?: object) => {
    const cookie = cookies.get(as) ?? (await testApp.signIn(as))
    cookies.set(as, cookie)
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    return testApp.request({ method, url, headers, ...(payload ? { payload } : {}) })
  }
  /** Sessions are over by then. */
  const passDays = (days: number) => {
    testApp.clock.advance(days * DAY_MS)
    cookies.clear()
  }
  const ok = async (answer: ReturnType<typeof call>) => {
    const { statusCode, body } = await answer
    expect(statusCode, body).toBeLessThan(300)
  }
  const createMap = async (title: string, sharing?: object): Promise<string> => {
    const created = await call('POST', '/workspace-api/maps', 'editor', { document: emptyMapDocument(title) })
    const { id } = created.json<{ id: string }>()
    if (sharing) await ok(call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', sharing))
    return id
  }
  const reportOf = async (role: Role, query = '', as: Role = 'admin') => {
    const answer = await call('GET', `/v3/access/report/people/${idOf(role)}?${query}`, as)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<PersonReport>()
  }
  const readersOf = async (map: string, query = '') => {
    const answer = await call('GET', `/v3/access/report/assets/map/${map}?${query}`, 'admin')
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<AssetReport>()
  }
  const unusedOf = async (as: Role, query = '') =>
    (await call('GET', `/v3/access/unused-grants?${query}`, as)).json<UnusedGrants>()
  const today = () => testApp.clock.now().toISOString().slice(0, 10)

  beforeAll(async () => {
    testApp = await createApp()
    group = (await call('POST', '/workspace-api/groups', 'admin', { name: 'Field' })).json().id
    await ok(call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [idOf('viewer')] }))
  })
  afterAll(() => testApp.close())

  test('a report tells what a person reaches, by every way, and when they last opened it', async () => {
    const both = await createMap('Both ways', { privacy: 'shared', groupIds: [group], userIds: [idOf('viewer')] })
    const wide = await createMap('For all', { privacy: 'shared' })
    await createMap('Private plans')
    expect((await reportOf('viewer')).assets).toMatchObject(
      [
        {
          kind: 'map',
          id: both,
          name: null,
          owner: { id: idOf('editor') },
          paths: [{ path: 'user' }, { path: 'group', groups: [{ name: 'Field' }] }],
          lastUsedOn: null,
        },
        { id: wide, name: 'For all', paths: [{ path: 'organization' }], lastUsedOn: null },
      ].sort((a, b) => (a.name === null ? 1 : b.name === null ? -1 : 0)),
    )
    await ok(call('GET', `/workspace-api/maps/${both}`, 'viewer'))
    const seen = await reportOf('viewer')
    expect(seen.assets.find(({ id }) => id === both)?.lastUsedOn).toBe(today())
    expect(seen.assets.find(({ id }) => id === wide)?.lastUsedOn).toBeNull()
    // Filters and pages.
    expect((await reportOf('viewer', 'path=group')).assets.map(({ id }) => id)).toEqual([both])
    expect((await reportOf('viewer', 'unusedForDays=30')).assets.map(({ id }) => id)).toEqual([wide])
    expect((await reportOf('viewer', 'kind=workflow')).total).toBe(0)
    expect(await reportOf('viewer', 'pageSize=1&page=2')).toMatchObject({ total: 2, assets: [{ id: both }] })
    expect(await reportOf('viewer', 'pageSize=1&page=9')).toMatchObject({ total: 2, assets: [] })
  })

  test('what the admin may not open has no name, is found by none, and has its readers listed all the same', async () => {
    const secret = await createMap('Merger', { privacy: 'shared', userIds: [idOf('guest')] })
    expect((await reportOf('guest')).assets.find(({ id }) => id === secret)?.name).toBeNull()
    expect((await reportOf('guest', 'q=merger')).total).toBe(0)
    expect((await reportOf('guest', 'q=merger', 'superadmin')).assets).toMatchObject([{ name: 'Merger' }])
    await ok(call('GET', `/workspace-api/maps/${secret}`, 'guest'))
    const { asset, people, total } = await readersOf(secret)
    expect(asset).toMatchObject({ name: null, owner: { id: idOf('editor') } })
    expect(total).toBe(3)
    expect(people.map(({ role, paths, lastUsedOn }) => [role, paths.map(({ path }) => path), lastUsedOn])).toEqual([
      ['editor', ['owner'], today()],
      ['guest', ['user'], today()],
      ['superadmin', ['role'], null],
    ])
    expect((await readersOf(secret, 'path=role')).people).toHaveLength(1)
    expect((await readersOf(secret, 'unusedForDays=7')).people.map(({ role }) => role)).toEqual(['superadmin'])
    expect((await readersOf(secret, 'q=GUEST@')).people.map(({ role }) => role)).toEqual(['guest'])
    // Nothing of another organization, and nobody of it.
    const abroad = await addForeignMap()
    expect((await call('GET', `/v3/access/report/assets/map/${abroad.map}`, 'superadmin')).statusCode).toBe(404)
    expect((await call('GET', `/v3/access/report/people/${abroad.person}`, 'superadmin')).statusCode).toBe(404)
  })

  test('files hold every row, and no name in them is a formula', async () => {
    await createMap('=HYPERLINK("http://evil.example")', { privacy: 'shared' })
    const file = await call('GET', `/v3/access/report/people/${idOf('editor')}/csv`, 'superadmin')
    expect(file.statusCode, file.body).toBe(200)
    expect(file.headers['content-type']).toContain('text/csv')
    expect(file.headers['content-disposition']).toBe('attachment; filename="access-of-person.csv"')
    const lines = file.body.trimEnd().split('\r\n')
    expect(lines[0]).toBe('kind,id,name,owner,owner_email,paths,last_used_on')
    expect(lines).toHaveLength((await reportOf('editor', '', 'superadmin')).total + 1)
    expect(file.body).toContain(`,"'=HYPERLINK(""http://evil.example"")",The editor,editor@example.org,`)
    const missing = await call('GET', '/v3/access/report/people/nobody/csv', 'admin')
    expect(missing.statusCode).toBe(404)
  })

  test('shares that nobody came by for long are listed, each by its own way, until one comes', async () => {
    const kept = await createMap('Kept', { privacy: 'shared', groupIds: [group], userIds: [idOf('viewer')] })
    expect((await unusedOf('editor')).total).toBe(0)
    passDays(91)
    const ofKept = async (query = '') =>
      (await unusedOf('editor', query)).grants.filter(({ asset }) => asset.id === kept).map(({ audience }) => audience)
    expect(await ofKept('pageSize=100')).toEqual(['group', 'user'])
    expect(await ofKept('days=120&pageSize=100')).toEqual([])
    // Both ways lead to whoever opens it.
    await ok(call('GET', `/workspace-api/maps/${kept}`, 'viewer'))
    expect(await ofKept('pageSize=100')).toEqual([])
    await ok(call('PUT', `/workspace-api/maps/${kept}/sharing`, 'editor', { privacy: 'shared', groupIds: [group] }))
    passDays(91)
    const [unused] = (await unusedOf('editor', 'pageSize=100')).grants.filter(({ asset }) => asset.id === kept)
    expect(unused).toMatchObject({
      asset: { name: 'Kept' },
      audience: 'group',
      audienceName: 'Field',
      grantedBy: { id: idOf('editor') },
      revoke: { allowed: true },
    })
    // Sharing it otherwise left this share as old as it was.
    expect(new Date(unused?.since ?? 0).getTime()).toBeLessThan(testApp.clock.now().getTime() - 180 * DAY_MS)
  })

  test('admins see the shares of everybody and ask the owner; whoever may share takes one back', async () => {
    const id = await createMap('Old', { privacy: 'shared', groupIds: [group], userIds: [idOf('guest')] })
    passDays(100)
    const key = { kind: 'map', id, audience: 'group', audienceId: group }
    const seen = (await unusedOf('admin', 'pageSize=100')).grants.find(({ asset }) => asset.id === id)
    expect(seen).toMatchObject({
      asset: { name: null },
      revoke: { allowed: false, reason: 'Only the owner can share this map.' },
    })
    expect((await call('POST', '/v3/access/grants/revoke', 'admin', key)).statusCode).toBe(404)
    const superadmin = await call('POST', '/v3/access/grants/revoke', 'superadmin', key)
    expect(superadmin.statusCode).toBe(403)
    expect(superadmin.json<ErrorBody>().error).toBe('Only the owner can share this map.')
    await ok(call('POST', '/v3/access/grants/revoke', 'editor', key))
    expect((await call('POST', '/v3/access/grants/revoke', 'editor', key)).statusCode).toBe(404)
    const { people } = await readersOf(id)
    expect(people.map(({ role }) => role)).toEqual(['editor', 'guest', 'superadmin'])
    const file = await call('GET', '/v3/access/unused-grants/csv', 'editor')
    expect(file.body).toContain(`map,${id},Old,editor@example.org,user,The guest,`)
  })

  test('what was used long ago is forgotten, and a visitor of a public map counts as somebody', async () => {
    const id = await createMap('Open', { privacy: 'public' })
    passDays(100)
    const isUnused = async () => (await unusedOf('editor', 'pageSize=100')).grants.some(({ asset }) => asset.id === id)
    expect(await isUnused()).toBe(true)
    expect((await testApp.request({ url: `/v3/maps/public/${id}` })).statusCode).toBe(200)
    const sweeper = await testApp.buildServer('sweeper')
    expect(await isUnused()).toBe(false)
    const usesOf = () => testApp.store.selectFrom('asset_uses').select('path').where('asset_id', '=', id).execute()
    expect(await usesOf()).toContainEqual({ path: 'public' })
    passDays(801)
    await sweeper.sweep()
    expect(await usesOf()).toEqual([])
  })

  async function addForeignMap() {
    const { store, clock } = testApp
    const created_at = clock.now()
    const organization_id = `ac_${createId().slice(0, 8)}`
    await store
      .insertInto('organizations')
      .values({ id: organization_id, name: 'Abroad', is_demo: false, created_at })
      .execute()
    const person = createId()
    await store
      .insertInto('users')
      .values({ id: person, organization_id, email: `${person}@example.org`, name: 'Xen', role: 'editor', created_at })
      .execute()
    const map = createId()
    const document = toJson(emptyMapDocument('Abroad'))
    const row = { id: map, organization_id, owner_id: person, title: 'Abroad', description: '', document }
    await store
      .insertInto('maps')
      .values({ ...row, created_at, updated_at: created_at })
      .execute()
    return { person, map }
  }
}
