import type {
  GovernancePlan,
  GovernancePolicies,
  GovernanceSettings,
  MoveResult,
  Role,
  SharingDefault,
  SharingDefaults,
  SharingDetail,
} from '@graticule/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from './create-test-app.ts'

/** What holds of policies where links and projects share something, on every engine that may keep them. */
export function describeGovernedSharing(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const url = '/workspace-api/organization/governance'
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, as: Role, payload?: object) =>
    testApp.request({ method, url: path, as, ...(payload ? { payload } : {}) })
  const changesOf = async (change: { policies?: Partial<GovernancePolicies>; sharingDefaults?: SharingDefaults }) => {
    const { revision } = (await call('GET', url, 'admin')).json<GovernanceSettings>()
    return { revision, ...change }
  }
  async function set(change: Parameters<typeof changesOf>[0]) {
    const changed = await call('PATCH', url, 'admin', await changesOf(change))
    expect(changed.statusCode, changed.body).toBe(200)
  }
  const ruleOf = (answer: { statusCode: number; json: () => { details?: { rule?: string } } }) =>
    `${answer.statusCode} ${answer.json().details?.rule}`
  async function makeMap(as: Role = 'editor'): Promise<string> {
    const made = await call('POST', '/workspace-api/maps', as, { title: 'Rivers' })
    expect(made.statusCode, made.body).toBe(201)
    return made.json().id
  }
  const share = (id: string, payload: object) => call('PUT', `/workspace-api/maps/${id}/sharing`, 'editor', payload)

  test('a public link needs a password and keeps it, however it is made, and those without one stay open', async () => {
    const [old, next, third] = [await makeMap(), await makeMap(), await makeMap()]
    const publish = (id: string) => share(id, { privacy: 'public' })
    const setPassword = (id: string, password: string | null) =>
      call('PATCH', `/workspace-api/maps/${id}/sharing-options`, 'editor', { password })
    await publish(old)
    const policies = { 'maps.public-password': true }
    const plan = (await call('POST', `${url}/plan`, 'admin', await changesOf({ policies }))).json<GovernancePlan>()
    expect(plan.changes.map(({ id, sentence, kept }) => [id, sentence, kept])).toEqual([
      ['maps.public-password', 'New public links must have a password.', 1],
    ])
    await set({ policies })
    const rule = '403 governance.maps.public-password'
    const refused = await publish(next)
    expect(ruleOf(refused)).toBe(rule)
    expect(refused.json().error).toBe(
      'A public link must have a password, so set one first; an admin can change it in Settings → Governance.',
    )
    expect((await setPassword(third, 'open sesame')).statusCode).toBe(200)
    const resources = [next, third].map((id) => ({ resourceType: 'map', id }))
    const batch = await call('POST', '/workspace-api/batch/share', 'editor', {
      resources,
      audience: { privacy: 'public' },
    })
    expect(batch.json().results.map(({ success }: { success: boolean }) => success)).toEqual([false, true])
    const choices = async (id: string) =>
      (await call('GET', `/workspace-api/maps/${id}/sharing`, 'editor')).json<SharingDetail>().choices
    expect(await choices(next)).toMatchObject({ public: { allowed: true }, openLink: { allowed: false } })
    // A password may change, and go once the link has gone; then no new link comes.
    expect(ruleOf(await setPassword(third, null))).toBe(rule)
    expect((await setPassword(third, 'another one')).statusCode).toBe(200)
    await share(third, { privacy: 'private' })
    expect((await setPassword(third, null)).statusCode).toBe(200)
    expect(ruleOf(await publish(third))).toBe(rule)
    // What was public without one stays so, until its link has ended with it.
    expect((await testApp.request({ url: `/workspace-api/viewer/maps/${old}` })).statusCode).toBe(200)
    expect((await setPassword(old, null)).statusCode).toBe(200)
    const widened = await share(old, { privacy: 'public', sharingScope: 'organization' })
    expect(widened.statusCode, widened.body).toBe(200)
    const restore = (id: string) =>
      call('POST', `/workspace-api/trash/map/${id}/restore`, 'editor', { sharing: 'as-before' })
    await call('DELETE', `/workspace-api/maps/${old}`, 'editor')
    expect(ruleOf(await restore(old))).toBe(rule)
    await setPassword(next, 'open sesame')
    await publish(next)
    await call('DELETE', `/workspace-api/maps/${next}`, 'editor')
    expect((await restore(next)).statusCode).toBe(204)
  })

  async function makeProject(audience: object, as: Role = 'editor', parentId: string | null = null): Promise<string> {
    const made = await call('POST', '/v3/projects', as, { name: 'Work', parentId })
    expect(made.statusCode, made.body).toBe(201)
    const { id } = made.json()
    expect((await shareProject(id, audience, as)).statusCode).toBe(200)
    return id
  }
  const shareProject = (id: string, audience: object, as: Role = 'editor') =>
    call('PUT', `/v3/projects/${id}/sharing`, as, audience)
  async function move(projectId: string | null, items: object[], as: Role = 'editor') {
    const body = { projectId, items }
    const tried = await call('POST', '/v3/projects/move/preview', as, body)
    const moved = await call('POST', '/v3/projects/move', as, body)
    const results = moved.json<{ results: MoveResult[] }>().results
    expect(tried.json<{ results: MoveResult[] }>().results).toEqual(results)
    return results.map(({ success, failureReason }) => (success ? 'moved' : failureReason))
  }
  const toEverybody = { privacy: 'shared', sharingScope: 'organization' }
  const onlyPrivate =
    'A project shares what is inside of it, and maps are private and nothing else: the default of the organization is locked; an admin can change it in Settings → Governance.'

  test('a locked default holds for what a project adds, whichever of the two comes last', async () => {
    const [old, map] = [await makeMap(), await makeMap()]
    const workflow = (await call('POST', '/workspace-api/workflows', 'editor', { title: 'Flow' })).json().id
    const [open, closed] = [await makeProject(toEverybody), await makeProject({ privacy: 'private' })]
    const folder = await makeProject({ privacy: 'private' })
    expect(await move(open, [{ kind: 'map', id: old }])).toEqual(['moved'])
    const locked: SharingDefault = { audience: 'private', groupIds: [], locked: true }
    await set({ sharingDefaults: { organization: { map: locked }, groups: {} } })
    const both = [
      { kind: 'map', id: map },
      { kind: 'workflow', id: workflow },
    ]
    expect(await move(open, both)).toEqual([onlyPrivate, 'moved'])
    expect(await move(closed, [{ kind: 'map', id: map }])).toEqual(['moved'])
    const refused = await shareProject(closed, toEverybody)
    expect([ruleOf(refused), refused.json().error]).toEqual(['403 governance.sharing.map.locked', onlyPrivate])
    // A folder takes what is inside along.
    expect(await move(folder, [{ kind: 'project', id: closed }])).toEqual(['moved'])
    expect(ruleOf(await shareProject(folder, toEverybody))).toBe('403 governance.sharing.map.locked')
    expect(await move(open, [{ kind: 'project', id: folder }])).toEqual([onlyPrivate])
    expect((await call('GET', `/workspace-api/maps/${map}`, 'viewer')).statusCode).toBe(404)
    // What was inside before stays, comes out, and does not come in again.
    expect((await call('GET', `/workspace-api/maps/${old}`, 'viewer')).statusCode).toBe(200)
    await call('DELETE', `/workspace-api/maps/${old}`, 'editor')
    const restore = (sharing: string) => call('POST', `/workspace-api/trash/map/${old}/restore`, 'editor', { sharing })
    expect(ruleOf(await restore('as-before'))).toBe('403 governance.sharing.map.locked')
    expect((await restore('private')).statusCode).toBe(204)
    expect(await move(null, [{ kind: 'map', id: map }])).toEqual(['moved'])
    expect((await shareProject(folder, toEverybody)).statusCode).toBe(200)
  })

  test('of a move into a project and sharing the project at once, against a lock, one happens', async () => {
    const locked: SharingDefault = { audience: 'private', groupIds: [], locked: true }
    await set({ sharingDefaults: { organization: { map: locked }, groups: {} } })
    for (let round = 0; round < 4; round++) {
      const [map, project] = [await makeMap(), await makeProject({ privacy: 'private' })]
      const [moved, shared] = await Promise.all([
        call('POST', '/v3/projects/move', 'editor', { projectId: project, items: [{ kind: 'map', id: map }] }),
        shareProject(project, toEverybody),
      ])
      const isMoved = moved.json<{ results: MoveResult[] }>().results[0]?.success
      expect(isMoved).toBe(shared.statusCode !== 200)
      // The same with a folder that the map is in.
      const [folder, outer] = [await makeProject({ privacy: 'private' }), await makeProject({ privacy: 'private' })]
      expect(await move(folder, [{ kind: 'map', id: map }])).toEqual(['moved'])
      const [taken, opened] = await Promise.all([
        call('POST', '/v3/projects/move', 'editor', { projectId: outer, items: [{ kind: 'project', id: folder }] }),
        shareProject(outer, toEverybody),
      ])
      expect(taken.json<{ results: MoveResult[] }>().results[0]?.success).toBe(opened.statusCode !== 200)
      expect((await call('GET', `/workspace-api/maps/${map}`, 'viewer')).statusCode).toBe(404)
    }
  })

  test('editors give a group that they are not in nothing by a project either', async () => {
    const group = (await call('POST', '/workspace-api/groups', 'admin', { name: 'Sales' })).json().id
    const theirs = { privacy: 'shared', groupIds: [group] }
    const [old, map] = [await makeMap(), await makeMap()]
    const [sales, own] = [await makeProject(theirs), await makeProject({ privacy: 'private' })]
    expect(await move(sales, [{ kind: 'map', id: old }])).toEqual(['moved'])
    await set({ policies: { 'sharing.own-groups': true } })
    expect(ruleOf(await shareProject(own, theirs))).toBe('403 governance.sharing.own-groups')
    expect(await move(sales, [{ kind: 'map', id: map }])).toEqual([
      'Editors share only with groups that they belong to, and the project shares with one that you are not in; an admin can change it in Settings → Governance.',
    ])
    expect(await move(own, [{ kind: 'map', id: map }])).toEqual(['moved'])
    expect(await move(sales, [{ kind: 'project', id: own }])).toHaveLength(1)
    expect((await call('GET', `/v3/projects/${own}`, 'editor')).json().parentId).toBeNull()
    // What they have stays within the project, and whoever is in the group shares with it.
    const inner = await makeProject({ privacy: 'private' }, 'editor', sales)
    expect(await move(inner, [{ kind: 'map', id: old }])).toEqual(['moved'])
    await call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [testApp.users.editor.id] })
    expect(await move(sales, [{ kind: 'map', id: map }])).toEqual(['moved'])
  })
}
