import {
  type AssetReport,
  emptyMapDocument,
  MAX_PROJECT_DEPTH,
  type MovableKey,
  type MovePreview,
  type MoveResult,
  type ProjectDetail,
  type ProjectTree,
  type Role,
  type SharingDetail,
  type SharingPreview,
  type TrashItem,
  type TrashList,
  type TrashRestorePreview,
} from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What holds of projects on every engine that may keep them. */
export function describeProjects(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: Method, url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const ok = async (answer: ReturnType<typeof call>) => {
    const response = await answer
    expect(response.statusCode, response.body).toBeLessThan(300)
    return response
  }
  const create = async (url: string, payload: object, as: Role): Promise<string> =>
    (await ok(call('POST', url, as, payload))).json().id
  const createMap = (title: string, as: Role = 'editor') =>
    create('/workspace-api/maps', { document: emptyMapDocument(title) }, as)
  const createWorkflow = (title: string, as: Role = 'editor') => create('/workspace-api/workflows', { title }, as)
  const createProject = (name: string, parentId: string | null = null, as: Role = 'editor') =>
    create('/v3/projects', { name, parentId }, as)
  const share = (id: string, payload: object, as: Role = 'editor') =>
    ok(call('PUT', `/v3/projects/${id}/sharing`, as, payload))
  const move = async (projectId: string | null, items: readonly MovableKey[], as: Role = 'editor') =>
    (await ok(call('POST', '/v3/projects/move', as, { projectId, items }))).json<{ results: MoveResult[] }>().results
  const moveMap = async (projectId: string | null, id: string, as: Role = 'editor') =>
    (await move(projectId, [{ kind: 'map', id }], as))[0]
  const preview = async (projectId: string | null, items: readonly MovableKey[], as: Role = 'editor') =>
    (await ok(call('POST', '/v3/projects/move/preview', as, { projectId, items }))).json<MovePreview>()
  const statusOf = async (id: string, as: Role) => (await call('GET', `/workspace-api/maps/${id}`, as)).statusCode
  const treeOf = async (as: Role) => (await ok(call('GET', '/v3/projects', as))).json<ProjectTree>().projects
  const namesOf = (people: readonly { readonly name: string }[]) => people.map(({ name }) => name)
  const eventsOf = async (id: string) =>
    (
      await testApp.store.selectFrom('activity').selectAll().where('asset_id', '=', id).orderBy('position').execute()
    ).map(({ type }) => type)

  test('what is shared with a project is open to those people, in its subfolders too, and only as long as it is inside', async () => {
    const project = await createProject('Region')
    const folder = await createProject('North', project)
    const map = await createMap('Stores')
    const workflow = await createWorkflow('Cleaning')
    const results = await move(folder, [
      { kind: 'map', id: map },
      { kind: 'workflow', id: workflow },
    ])
    expect(results.map(({ success }) => success)).toEqual([true, true])
    for (const as of ['admin', 'viewer', 'guest'] as const) expect(await statusOf(map, as)).toBe(404)

    await share(project, { privacy: 'shared', userIds: [idOf('viewer'), idOf('guest')] })
    for (const as of ['viewer', 'guest'] as const) expect(await statusOf(map, as)).toBe(200)
    expect(await statusOf(map, 'admin')).toBe(404)
    expect((await call('GET', `/workspace-api/workflows/${workflow}`, 'viewer')).statusCode).toBe(200)
    expect((await call('GET', `/workspace-api/workflows/${workflow}`, 'guest')).statusCode).toBe(404)

    const listed = (await ok(call('GET', '/workspace-api/maps?scope=shared', 'viewer'))).json().maps
    expect(listed).toMatchObject([{ id: map, privacy: 'private', project: { id: folder, name: 'North' } }])
    expect(listed[0].permissions.edit.allowed).toBe(false)
    expect(await treeOf('viewer')).toMatchObject([
      { id: folder, parentId: project, mapCount: 1, workflowCount: 1 },
      { id: project, parentId: null, mapCount: 0, workflowCount: 0 },
    ])
    const inside = await ok(call('GET', `/workspace-api/maps?projectId=${folder}`, 'viewer'))
    expect(inside.json().maps.map(({ id }: { id: string }) => id)).toEqual([map])

    expect(await moveMap(null, map)).toMatchObject({ success: true })
    for (const as of ['viewer', 'guest'] as const) expect(await statusOf(map, as)).toBe(404)
    expect(await eventsOf(map)).toEqual(['map.created', 'map.published', 'map.moved', 'map.moved'])
    expect(await eventsOf(project)).toEqual(['project.created', 'project.privacy-changed'])
  })

  test('a guest gets at maps by their name or group alone, and knows of no project', async () => {
    const project = await createProject('For partners')
    const map = await createMap('Partners')
    await moveMap(project, map)
    await share(project, { privacy: 'shared', sharingScope: 'organization' })
    expect(await statusOf(map, 'viewer')).toBe(200)
    expect(await statusOf(map, 'guest')).toBe(404)
    const group = await create('/workspace-api/groups', { name: 'Partners' }, 'admin')
    await ok(call('POST', `/workspace-api/groups/${group}/members`, 'admin', { userIds: [idOf('guest')] }))
    await share(project, { privacy: 'shared', groupIds: [group] })
    const seen = (await ok(call('GET', '/workspace-api/maps', 'guest'))).json().maps
    expect(seen).toMatchObject([{ id: map, project: null }])
    expect(await treeOf('guest')).toEqual([])
    expect((await call('GET', `/v3/projects/${project}`, 'guest')).statusCode).toBe(404)
    expect((await call('POST', '/v3/projects', 'guest', { name: 'Mine' })).statusCode).toBe(403)
    const counts = await ok(call('GET', `/v3/access/people-counts?kind=map&ids=${map}`, 'editor'))
    // The owner, the superadmin and the guest.
    expect(counts.json().counts[map]).toBe(3)
    await ok(call('DELETE', `/workspace-api/groups/${group}/members/${idOf('guest')}`, 'admin'))
    expect(await statusOf(map, 'guest')).toBe(404)
    expect((await call('PUT', `/v3/projects/${project}/sharing`, 'editor', { privacy: 'public' })).statusCode).toBe(422)
  })

  test('the sharing of a map and the explanation name the project that it comes through', async () => {
    const project = await createProject('Explained')
    const map = await createMap('Explained')
    await moveMap(project, map)
    await share(project, { privacy: 'shared', userIds: [idOf('viewer')] })
    const detail = (await ok(call('GET', `/workspace-api/maps/${map}/sharing`, 'editor'))).json<SharingDetail>()
    expect(detail).toMatchObject({
      privacy: 'private',
      inherited: [{ project: { id: project, name: 'Explained' }, users: [{ id: idOf('viewer') }], groups: [] }],
      peopleCount: 3,
    })
    expect(detail.people.find(({ id }) => id === idOf('viewer'))?.paths).toEqual(['project'])
    // Its card says so as well, to those who may open the project.
    const cardOf = async (as: Role) => (await ok(call('GET', `/workspace-api/maps/${map}`, as))).json()
    for (const as of ['editor', 'viewer'] as const) {
      expect(await cardOf(as), as).toMatchObject({
        privacy: 'private',
        sharedThrough: [{ id: project, name: 'Explained' }],
      })
    }
    await ok(
      call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { privacy: 'shared', userIds: [idOf('guest')] }),
    )
    expect((await cardOf('guest')).sharedThrough).toEqual([])
    await ok(call('PUT', `/workspace-api/maps/${map}/sharing`, 'editor', { privacy: 'private' }))
    const report = await ok(call('GET', `/v3/access/report/assets/map/${map}`, 'admin'))
    const reader = report.json<AssetReport>().people.find(({ id }) => id === idOf('viewer'))
    // An admin who may not open the project is not told its name by the report either.
    expect(reader?.paths).toEqual([{ path: 'project', groups: [], projects: [] }])
    const seen = await ok(call('GET', `/v3/access/report/assets/map/${map}`, 'superadmin'))
    expect(seen.json<AssetReport>().people.find(({ id }) => id === idOf('viewer'))?.paths).toEqual([
      { path: 'project', groups: [], projects: [{ id: project, name: 'Explained' }] },
    ])
    const explain = async (role: Role) =>
      (
        await ok(call('GET', `/v3/access/explain?subject=${idOf(role)}&action=map.read&asset=map:${map}`, 'editor'))
      ).json()
    expect(await explain('viewer')).toMatchObject({
      allowed: true,
      paths: [{ path: 'project', groups: [], projects: [{ id: project, name: 'Explained' }] }],
    })
    expect((await explain('viewer')).flips.map(({ sentence }: { sentence: string }) => sentence)).toContain(
      'If the project "Explained" were no longer shared with them by name.',
    )
    expect((await explain('admin')).flips.map(({ sentence }: { sentence: string }) => sentence)).toContain(
      'If the project "Explained" were shared with the organization.',
    )
  })

  test('a change of sharing and a move say by name who gains and loses before anything happens', async () => {
    const here = await createProject('Here')
    const there = await createProject('There')
    const map = await createMap('Travelling')
    await share(here, { privacy: 'shared', userIds: [idOf('viewer')] })
    await share(there, { privacy: 'shared', userIds: [idOf('guest'), idOf('admin')] })
    await moveMap(here, map)
    const moved = await preview(there, [{ kind: 'map', id: map }])
    expect(namesOf(moved.gains)).toEqual(['The admin', 'The guest'])
    expect(namesOf(moved.losses)).toEqual(['The viewer'])
    expect(moved.results).toEqual([{ kind: 'map', id: map, success: true }])
    expect(await statusOf(map, 'viewer')).toBe(200)
    const folder = await preview(there, [{ kind: 'project', id: here }])
    expect(namesOf(folder.gains)).toEqual(['The admin', 'The guest'])
    expect(folder.losses).toEqual([])
    const wish = { privacy: 'shared', userIds: [idOf('guest')] }
    const shared = (
      await ok(call('POST', `/v3/projects/${here}/sharing/preview`, 'editor', wish))
    ).json<SharingPreview>()
    expect(namesOf(shared.gains)).toEqual(['The guest'])
    expect(namesOf(shared.losses)).toEqual(['The viewer'])
    await share(here, wish)
    expect(await statusOf(map, 'guest')).toBe(200)
    expect(await statusOf(map, 'viewer')).toBe(404)
  })

  test('editors put what is theirs into projects that they can open; who owns the project arranges it; nobody moves the rest', async () => {
    const project = await createProject('Common')
    const folder = await createProject('Corner', project)
    const elsewhere = await createProject('Elsewhere')
    const theirs = await createMap('Of the admin', 'admin')
    expect(
      (await call('POST', '/v3/projects/move', 'admin', { projectId: project, items: [{ kind: 'map', id: theirs }] }))
        .statusCode,
    ).toBe(404)
    await share(project, { privacy: 'shared', sharingScope: 'organization' })
    expect(await moveMap(project, theirs, 'admin')).toMatchObject({ success: true })
    // The owner of the project sees what others put into it, and only its owner edits it.
    const seen = (await ok(call('GET', `/workspace-api/maps/${theirs}`, 'editor'))).json()
    expect(seen.permissions.edit.allowed).toBe(false)
    expect(seen.owner.id).toBe(idOf('admin'))
    expect(await moveMap(folder, theirs)).toMatchObject({ success: true })
    expect(await moveMap(elsewhere, theirs)).toMatchObject({
      success: false,
      failureReason: expect.stringContaining('only the owner of this map'),
    })
    const mine = await createMap('Of the editor')
    await moveMap(project, mine)
    expect(await moveMap(null, mine, 'admin')).toMatchObject({
      success: false,
      failureReason: 'Only the owner can move this map.',
    })
    expect(await moveMap(null, theirs, 'viewer')).toMatchObject({ success: false })
    expect(await moveMap(project, 'none')).toMatchObject({ success: false })
    expect(await move(project, [{ kind: 'project', id: elsewhere }], 'admin')).toMatchObject([
      { success: false, failureReason: expect.stringMatching(/no such project/) },
    ])
    expect(await moveMap(null, theirs)).toMatchObject({ success: true })
    expect((await call('PATCH', `/v3/projects/${project}`, 'admin', { name: 'Mine' })).statusCode).toBe(403)
    expect((await call('POST', '/v3/projects', 'admin', { name: 'Inside', parentId: project })).statusCode).toBe(403)
    expect((await call('DELETE', `/v3/projects/${project}`, 'admin')).statusCode).toBe(403)
  })

  test('folders go as deep as they may and never into themselves', async () => {
    const ids: string[] = []
    for (let level = 0; level < MAX_PROJECT_DEPTH; level++) ids.push(await createProject(`Level ${level}`, ids.at(-1)))
    const [first = '', second = ''] = ids
    const last = ids.at(-1) ?? ''
    expect((await call('POST', '/v3/projects', 'editor', { name: 'Too deep', parentId: last })).statusCode).toBe(422)
    expect(await move(last, [{ kind: 'project', id: first }])).toMatchObject([
      { success: false, failureReason: 'A folder cannot be moved into itself.' },
    ])
    const other = await createProject('Other')
    expect(await move(other, [{ kind: 'project', id: first }])).toMatchObject([
      { success: false, failureReason: expect.stringMatching(/levels deep/) },
    ])
    expect(await move(other, [{ kind: 'project', id: second }])).toMatchObject([{ success: true }])
    const detail = (await ok(call('GET', `/v3/projects/${last}`, 'editor'))).json<ProjectDetail>()
    expect(namesOf(detail.path)).toEqual(['Other', ...ids.slice(1, -1).map((_, index) => `Level ${index + 1}`)])
    expect(await move(null, [{ kind: 'project', id: second }])).toMatchObject([{ success: true }])
    expect(await eventsOf(second)).toEqual(['project.created', 'project.moved', 'project.moved'])
  })

  test('deleting a project deletes no map: it is empty, or its contents go to the top', async () => {
    const project = await createProject('Doomed')
    const folder = await createProject('Doomed corner', project)
    const map = await createMap('Survivor')
    const workflow = await createWorkflow('Survivor too')
    await move(folder, [
      { kind: 'map', id: map },
      { kind: 'workflow', id: workflow },
    ])
    await share(project, { privacy: 'shared', userIds: [idOf('viewer')] })
    const refused = await call('DELETE', `/v3/projects/${project}`, 'editor')
    expect(refused.statusCode).toBe(409)
    expect(refused.json().error).toContain('1 subfolder and 2 maps and workflows')
    await ok(call('DELETE', `/v3/projects/${project}?contents=to-top`, 'superadmin'))
    expect((await call('GET', `/v3/projects/${folder}`, 'editor')).statusCode).toBe(404)
    expect((await ok(call('GET', `/workspace-api/maps/${map}`, 'editor'))).json().project).toBeNull()
    expect(await statusOf(map, 'viewer')).toBe(404)
    expect(await eventsOf(folder)).toEqual(['project.created', 'project.deleted'])
    expect(await eventsOf(workflow)).toEqual(['workflow.created', 'workflow.moved', 'workflow.moved'])
    const empty = await createProject('Empty')
    await ok(call('DELETE', `/v3/projects/${empty}`, 'editor'))
    expect(await testApp.store.selectFrom('grants').selectAll().where('asset_id', '=', project).execute()).toEqual([])
  })

  test('what comes back from the trash goes back into its folder, and into a shared one only when that is confirmed', async () => {
    const own = await createProject('Own')
    const shared = await createProject('Shared')
    await share(shared, { privacy: 'shared', sharingScope: 'organization' })
    const restored = async (projectId: string, sharing: 'private' | 'as-before') => {
      const map = await createMap('Back')
      await moveMap(projectId, map)
      await ok(call('DELETE', `/workspace-api/maps/${map}`, 'editor'))
      await ok(call('POST', `/workspace-api/trash/map/${map}/restore`, 'editor', { sharing }))
      return (await ok(call('GET', `/workspace-api/maps/${map}`, 'editor'))).json().project?.id ?? null
    }
    expect(await restored(own, 'private')).toBe(own)
    expect(await restored(shared, 'as-before')).toBe(shared)
    expect(await restored(shared, 'private')).toBeNull()
    const gone = await createProject('Gone meanwhile')
    const map = await createMap('Without a home')
    await moveMap(gone, map)
    await ok(call('DELETE', `/workspace-api/maps/${map}`, 'editor'))
    const resting = (await ok(call('GET', '/workspace-api/trash?pageSize=100', 'editor'))).json<TrashList>().items
    expect(resting.find(({ id }) => id === map)).toMatchObject({ project: { name: 'Gone meanwhile', isShared: false } })
    // What rests in the trash keeps no folder alive.
    await ok(call('DELETE', `/v3/projects/${gone}`, 'editor'))
    await ok(call('POST', `/workspace-api/trash/map/${map}/restore`, 'editor', { sharing: 'private' }))
    expect((await ok(call('GET', `/workspace-api/maps/${map}`, 'editor'))).json().project).toBeNull()
  })

  const removeWithContents = (id: string, as: Role = 'editor') =>
    ok(call('DELETE', `/v3/projects/${id}?contents=to-top`, as))
  const restore = (id: string, sharing: 'private' | 'as-before', as: Role = 'editor') =>
    call('POST', `/workspace-api/trash/project/${id}/restore`, as, { sharing })
  const projectOf = async (map: string, as: Role = 'editor') =>
    (await ok(call('GET', `/workspace-api/maps/${map}`, as))).json().project?.id ?? null
  const restingOf = async (as: Role): Promise<TrashItem[]> =>
    (await ok(call('GET', '/workspace-api/trash?pageSize=100', as)))
      .json<TrashList>()
      .items.filter(({ kind }) => kind === 'project')
  const grantsLeft = (id: string) =>
    testApp.store.selectFrom('trashed_grants').selectAll().where('asset_id', '=', id).execute()
  const purge = (id: string, as: Role = 'editor') => call('DELETE', `/workspace-api/trash/project/${id}`, as)

  test('a deleted project rests with its subfolders, and what is still at the top goes back in when it comes back', async () => {
    const project = await createProject('Resting')
    const folder = await createProject('Resting corner', project)
    const home = await createProject('Another home')
    const [stays, leaves, thrownAway] = [await createMap('Stays'), await createMap('Leaves'), await createMap('Thrown')]
    const workflow = await createWorkflow('Goes along')
    await move(folder, [
      { kind: 'map', id: stays },
      { kind: 'map', id: leaves },
      { kind: 'map', id: thrownAway },
      { kind: 'workflow', id: workflow },
    ])
    await removeWithContents(project)
    await moveMap(home, leaves)
    await ok(call('DELETE', `/workspace-api/maps/${thrownAway}`, 'editor'))
    expect((await call('GET', `/v3/projects/${project}`, 'editor')).statusCode).toBe(404)
    expect((await call('POST', '/v3/projects', 'editor', { name: 'Into it', parentId: project })).statusCode).toBe(404)
    expect((await restingOf('editor')).filter(({ name }) => name.startsWith('Resting'))).toMatchObject([
      {
        id: project,
        name: 'Resting',
        deletedBy: 'The editor',
        privacy: 'private',
        project: null,
        contents: { subfolders: 1, items: 2 },
      },
    ])
    expect((await restingOf('superadmin')).map(({ id }) => id)).toContain(project)
    for (const as of ['admin', 'viewer'] as const) {
      expect(await restingOf(as)).toEqual([])
      expect((await restore(project, 'private', as)).statusCode).toBe(404)
      expect((await purge(project, as)).statusCode).toBe(404)
    }
    // A subfolder comes back with what it was deleted with, not by itself.
    expect((await restore(folder, 'private')).statusCode).toBe(404)

    await ok(restore(project, 'private', 'superadmin'))
    const detail = (await ok(call('GET', `/v3/projects/${folder}`, 'editor'))).json<ProjectDetail>()
    expect(detail).toMatchObject({
      name: 'Resting corner',
      owner: { id: idOf('editor') },
      mapCount: 1,
      workflowCount: 1,
    })
    expect(detail.path).toEqual([{ id: project, name: 'Resting' }])
    expect(await projectOf(stays)).toBe(folder)
    expect(await projectOf(leaves)).toBe(home)
    expect((await restore(project, 'private')).statusCode).toBe(404)
    expect(await eventsOf(folder)).toEqual(['project.created', 'project.deleted', 'project.restored'])
    expect((await eventsOf(workflow)).slice(1)).toEqual(['workflow.moved', 'workflow.moved', 'workflow.moved'])

    await removeWithContents(project)
    await ok(purge(project))
    expect((await restore(project, 'private')).statusCode).toBe(404)
    expect((await eventsOf(folder)).at(-1)).toBe('project.purged')
    expect(await projectOf(stays)).toBeNull()
    const left = testApp.store.selectFrom('trashed_projects').select('id').where('id', 'in', [project, folder])
    expect(await left.execute()).toEqual([])
    const kept = testApp.store.selectFrom('trashed_contents').select('asset_id').where('asset_id', '=', stays)
    expect(await kept.execute()).toEqual([])
  })

  test('its sharing comes back only when that is confirmed, and the confirmation names who gains', async () => {
    const project = await createProject('Shared and deleted')
    const mine = await createMap('Mine inside')
    const theirs = await createMap('Of the admin inside', 'admin')
    await share(project, { privacy: 'shared', userIds: [idOf('viewer'), idOf('admin')] })
    await moveMap(project, mine)
    await moveMap(project, theirs, 'admin')
    const previewRestore = async (sharing: 'private' | 'as-before'): Promise<TrashRestorePreview> =>
      (await ok(call('POST', `/workspace-api/trash/project/${project}/restore/preview`, 'editor', { sharing }))).json()
    await removeWithContents(project)
    const [resting] = (await restingOf('editor')).filter(({ id }) => id === project)
    expect(resting).toMatchObject({ privacy: 'shared', sharingScope: 'specific' })
    for (const [map, as] of [
      [mine, 'viewer'],
      [theirs, 'editor'],
    ] as const) {
      expect(await statusOf(map, as)).toBe(404)
    }
    expect(await previewRestore('private')).toMatchObject({ gains: [], itemCount: 1 })
    const confirmed = await previewRestore('as-before')
    expect(confirmed.itemCount).toBe(2)
    // The owner gains too: they answer for what others put into their project.
    expect(namesOf(confirmed.gains)).toEqual(['The admin', 'The editor', 'The viewer'])
    expect(await statusOf(mine, 'viewer')).toBe(404)

    // Private, nobody but the owner belongs to it, and what others had put into it is theirs alone.
    await ok(restore(project, 'private'))
    expect(await projectOf(mine)).toBe(project)
    expect(await projectOf(theirs, 'admin')).toBeNull()
    expect(await statusOf(mine, 'viewer')).toBe(404)
    expect((await call('GET', `/v3/projects/${project}`, 'admin')).statusCode).toBe(404)
    expect(await grantsLeft(project)).toEqual([])

    await share(project, { privacy: 'shared', userIds: [idOf('viewer'), idOf('admin')] })
    await moveMap(project, theirs, 'admin')
    await removeWithContents(project)
    await ok(restore(project, 'as-before'))
    expect(await statusOf(mine, 'viewer')).toBe(200)
    expect(await statusOf(theirs, 'editor')).toBe(200)
    const events = await testApp.store
      .selectFrom('activity')
      .selectAll()
      .where('asset_id', '=', project)
      .orderBy('position')
      .execute()
    expect(events.at(-1)).toMatchObject({
      type: 'project.restored',
      details: { name: 'Shared and deleted', privacy: 'shared', parentId: null },
    })
    await removeWithContents(project)
    await ok(purge(project))
    expect(await grantsLeft(project)).toEqual([])
  })

  test('whose a deleted project is not is told nothing of those whom it was shared with', async () => {
    const project = await createProject('Shared with one who left')
    await share(project, { privacy: 'shared', userIds: [idOf('viewer')] })
    await ok(call('DELETE', `/v3/projects/${project}`, 'editor'))
    const disable = (at: Date | null) =>
      testApp.store.updateTable('users').set({ disabled_at: at }).where('id', '=', idOf('viewer')).execute()
    await disable(testApp.clock.now())
    expect((await restore(project, 'as-before')).json()).toMatchObject({ details: { rule: 'sharing.person' } })
    const ofOthers = await restore(project, 'as-before', 'admin')
    expect(ofOthers.statusCode, ofOthers.body).toBe(404)
    expect(ofOthers.json().error).toBe((await restore('none', 'as-before', 'admin')).json().error)
    await ok(purge(project))
    await disable(null)
  })

  test('a subfolder comes back into its folder, into a shared one only when that is confirmed, else to the top', async () => {
    const parent = await createProject('Around')
    const back = async (sharing: 'private' | 'as-before') => {
      const folder = await createProject('Child', parent)
      await ok(call('DELETE', `/v3/projects/${folder}`, 'editor'))
      await ok(restore(folder, sharing))
      return (await treeOf('editor')).find(({ id }) => id === folder)?.parentId ?? null
    }
    expect(await back('private')).toBe(parent)
    await share(parent, { privacy: 'shared', userIds: [idOf('viewer')] })
    expect(await back('private')).toBeNull()
    expect(await back('as-before')).toBe(parent)
    const orphan = await createProject('Orphan', parent)
    await ok(call('DELETE', `/v3/projects/${orphan}`, 'editor'))
    const named = async () => (await restingOf('editor')).find(({ id }) => id === orphan)?.project
    expect(await named()).toEqual({ name: 'Around', isShared: true })
    await removeWithContents(parent)
    expect(await named()).toBeNull()
    await ok(restore(orphan, 'as-before'))
    expect((await treeOf('editor')).find(({ id }) => id === orphan)?.parentId).toBeNull()
    await ok(purge(parent))
  })

  test('a restore against a purge, and against a move of what was inside, ends in one state that events tell', async () => {
    for (let round = 0; round < 3; round++) {
      const project = await createProject(`Raced ${round}`)
      const elsewhere = await createProject(`Elsewhere ${round}`)
      const map = await createMap('Raced for')
      await moveMap(project, map)
      await removeWithContents(project)
      const [restored, moved] = await Promise.all([restore(project, 'private'), moveMap(elsewhere, map)])
      expect(restored.statusCode, restored.body).toBe(204)
      expect(moved).toMatchObject({ success: true })
      // Whoever came second found it where the first had put it, and one move out of the trash's reach wins for good.
      expect(await projectOf(map)).toBe(elsewhere)
      const moves = await testApp.store
        .selectFrom('activity')
        .select('details')
        .where('asset_id', '=', map)
        .where('type', '=', 'map.moved')
        .orderBy('position')
        .execute()
      expect(moves.at(-1)?.details).toMatchObject({ to: elsewhere })

      await removeWithContents(project)
      const [again, purged] = await Promise.all([restore(project, 'private'), purge(project, 'superadmin')])
      expect([again.statusCode, purged.statusCode].sort()).toEqual([204, 404])
      const isThere = (await call('GET', `/v3/projects/${project}`, 'editor')).statusCode === 200
      expect(isThere).toBe(again.statusCode === 204)
      expect((await eventsOf(project)).at(-1)).toBe(isThere ? 'project.restored' : 'project.purged')
      if (isThere) {
        await removeWithContents(project)
        await ok(purge(project))
      }
    }
  })

  test('another organization’s projects and maps are as if they were not there', async () => {
    const abroad = { organization_id: createId(), owner_id: createId() }
    const now = testApp.clock.now()
    const { store } = testApp
    await store
      .insertInto('organizations')
      .values({ id: abroad.organization_id, name: 'Abroad', is_demo: false, created_at: now })
      .execute()
    const person = { email: 'owner@abroad.example', name: 'Owner', role: 'editor' as const, created_at: now }
    await store
      .insertInto('users')
      .values({ id: abroad.owner_id, organization_id: abroad.organization_id, ...person })
      .execute()
    const id = createId()
    const row = { ...abroad, id, parent_id: null, name: 'Abroad', description: '', created_at: now, updated_at: now }
    await store.insertInto('projects').values(row).execute()
    await store.insertInto('project_ancestors').values({ project_id: id, ancestor_id: id, depth: 0 }).execute()
    const everybody = { audience_kind: 'organization' as const, group_id: null, user_id: null, created_at: now }
    await store
      .insertInto('grants')
      .values({ organization_id: abroad.organization_id, asset_kind: 'project', asset_id: id, ...everybody })
      .execute()
    const map = await createMap('At home')
    for (const as of ['superadmin', 'editor'] as const) {
      for (const [method, payload] of [['GET'], ['PATCH', { name: 'Ours' }], ['DELETE']] as const) {
        expect((await call(method, `/v3/projects/${id}`, as, payload)).statusCode).toBe(404)
      }
      const into = { projectId: id, items: [{ kind: 'map', id: map }] }
      expect((await call('POST', '/v3/projects/move', as, into)).statusCode).toBe(404)
      expect((await call('POST', '/v3/projects/move/preview', as, into)).statusCode).toBe(404)
      expect((await call('POST', '/v3/projects', as, { name: 'Inside', parentId: id })).statusCode).toBe(404)
      expect(await move(null, [{ kind: 'project', id }], as)).toMatchObject([{ success: false }])
      expect((await treeOf(as)).some((project) => project.id === id)).toBe(false)
    }
  })

  test('folders moved into one another at the same time never close a circle', async () => {
    for (let round = 0; round < 3; round++) {
      const folders = await Promise.all(['A', 'B', 'C'].map((name) => createProject(`${name}${round}`)))
      const [a = '', b = '', c = ''] = folders
      const outcomes = await Promise.all([
        move(b, [{ kind: 'project', id: a }]),
        move(c, [{ kind: 'project', id: b }]),
        move(a, [{ kind: 'project', id: c }]),
      ])
      const refused = outcomes.flat().filter(({ success }) => !success)
      expect(refused).toHaveLength(1)
      expect(refused[0]?.failureReason).toBe('A folder cannot be moved into itself.')
      const rows = await testApp.store
        .selectFrom('project_ancestors')
        .select(['project_id', 'depth'])
        .where('project_id', 'in', folders)
        .execute()
      // A chain of three: one row for the outermost, two and three for those inside.
      expect(rows.map(({ depth }) => depth).sort()).toEqual([0, 0, 0, 1, 1, 2])
    }
  })

  test('a map that is moved while its folder is deleted ends in a folder that there is, or at the top', async () => {
    for (let round = 0; round < 3; round++) {
      const project = await createProject('Going')
      const map = await createMap('In between')
      const [moved, removed] = await Promise.all([
        call('POST', '/v3/projects/move', 'editor', { projectId: project, items: [{ kind: 'map', id: map }] }),
        call('DELETE', `/v3/projects/${project}?contents=to-top`, 'editor'),
      ])
      expect([200, 404]).toContain(moved.statusCode)
      expect(removed.statusCode, removed.body).toBe(204)
      expect((await ok(call('GET', `/workspace-api/maps/${map}`, 'editor'))).json().project).toBeNull()
    }
  })

  test('whoever inherits from an editor gets their projects with all subfolders, and a superadmin hands single ones over', async () => {
    const project = await createProject('Inherited')
    const folder = await createProject('Inherited corner', project)
    const resources = (
      await ok(call('GET', '/v3/accounts/resources?resourceType=project&q=Inherited', 'superadmin'))
    ).json()
    expect(resources.resources).toMatchObject([{ resourceType: 'project', id: project, name: 'Inherited' }])
    const transfer = (id: string, receiverUserId: string) =>
      call('POST', '/v3/accounts/resources/transfer', 'superadmin', {
        receiverUserId,
        resources: [{ resourceType: 'project', id }],
      })
    expect((await transfer(folder, idOf('admin'))).json().results).toMatchObject([{ success: false }])
    expect((await transfer(project, idOf('admin'))).json().results).toMatchObject([{ success: true }])
    const ownersOf = async () =>
      (
        await testApp.store.selectFrom('projects').select('owner_id').where('id', 'in', [project, folder]).execute()
      ).map(({ owner_id: id }) => id)
    expect(await ownersOf()).toEqual([idOf('admin'), idOf('admin')])
    await transfer(project, idOf('editor'))
    const deleted = await createProject('Inherited from the trash')
    const inside = await createMap('Inherited with it')
    await moveMap(deleted, inside)
    await removeWithContents(deleted)
    const role = { role: 'viewer', receiverId: idOf('admin') }
    await ok(call('PATCH', `/workspace-api/users/${idOf('editor')}`, 'superadmin', role))
    expect(await ownersOf()).toEqual([idOf('admin'), idOf('admin')])
    expect(await eventsOf(folder)).toContain('project.transferred')
    expect(await eventsOf(deleted)).toContain('project.transferred')
    await ok(restore(deleted, 'private', 'admin'))
    expect(await projectOf(inside, 'admin')).toBe(deleted)
  })
}
