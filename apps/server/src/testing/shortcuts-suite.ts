import {
  emptyMapDocument,
  type MovableKey,
  type ProjectShortcut,
  type ProjectShortcuts,
  type Role,
} from '@graticule/contract'
import { LIBRARY_KINDS, type LibraryKind } from '@graticule/policy'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const PATHS: Readonly<Record<LibraryKind, string>> = {
  map: '/workspace-api/maps',
  workflow: '/workspace-api/workflows',
  application: '/workspace-api/applications',
}

/** What holds of shortcuts in projects on every engine that may keep them. */
export function describeShortcuts(createApp: () => Promise<TestApp>): void {
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
  const make = async (kind: LibraryKind, name: string, as: Role = 'editor'): Promise<string> => {
    const bodies = {
      map: { document: emptyMapDocument(name) },
      workflow: { title: name },
      application: { name, url: 'https://apps.example.com/' },
    }
    return (await ok(call('POST', PATHS[kind], as, bodies[kind]))).json().id
  }
  const createProject = async (name: string, as: Role = 'editor', parentId: string | null = null): Promise<string> =>
    (await ok(call('POST', '/v3/projects', as, { name, parentId }))).json().id
  const share = (url: string, payload: object, as: Role = 'editor') => ok(call('PUT', `${url}/sharing`, as, payload))
  const add = (project: string, kind: string, assetId: string, as: Role = 'editor') =>
    call('POST', `/v3/projects/${project}/shortcuts`, as, { kind, assetId })
  const added = async (project: string, kind: LibraryKind, assetId: string, as: Role = 'editor') =>
    (await ok(add(project, kind, assetId, as))).json<ProjectShortcut>()
  const listOf = async (project: string, as: Role = 'editor') =>
    (await ok(call('GET', `/v3/projects/${project}/shortcuts`, as))).json<ProjectShortcuts>().shortcuts
  const move = async (projectId: string | null, item: MovableKey, as: Role = 'editor') =>
    (await ok(call('POST', '/v3/projects/move', as, { projectId, items: [item] }))).json().results[0]
  const eventsOf = async (id: string) =>
    testApp.store
      .selectFrom('activity')
      .select(['type', 'details'])
      .where('asset_id', '=', id)
      .orderBy('position')
      .execute()
  const shortcutEventsOf = async (id: string) =>
    (await eventsOf(id)).filter(({ type }) => type.startsWith('project.shortcut-')).map(({ type }) => type)

  test('a shortcut is shown to those whose lists have what it points to, and gives nobody anything', async () => {
    const project = await createProject('Signposts')
    await share(`/v3/projects/${project}`, { privacy: 'shared', userIds: [idOf('viewer'), idOf('admin')] })
    const map = await make('map', 'Hidden harbour')
    const shortcut = await added(project, 'map', map)
    expect(shortcut).toMatchObject({ kind: 'map', assetId: map, name: 'Hidden harbour', place: null })
    expect(await listOf(project)).toEqual([shortcut])
    expect(await listOf(project, 'superadmin')).toEqual([shortcut])
    for (const as of ['viewer', 'admin'] as const) {
      const answer = await ok(call('GET', `/v3/projects/${project}/shortcuts`, as))
      expect(answer.json()).toEqual({ shortcuts: [] })
      expect((await call('GET', `/workspace-api/maps/${map}`, as)).statusCode).toBe(404)
      const explained = await ok(
        call('GET', `/v3/access/explain?subject=${idOf(as)}&action=map.read&asset=map:${map}`, 'editor'),
      )
      expect(explained.json()).toMatchObject({ allowed: false, paths: [] })
      expect(explained.body).not.toMatch(/shortcut|Signposts/i)
    }
    expect((await ok(call('GET', `/workspace-api/maps/${map}/sharing`, 'editor'))).json()).toMatchObject({
      inherited: [],
      peopleCount: 2,
    })
    await share(`/workspace-api/maps/${map}`, { privacy: 'shared', userIds: [idOf('viewer')] })
    expect(await listOf(project, 'viewer')).toEqual([shortcut])
    expect(await listOf(project, 'admin')).toEqual([])
    // What opens by its address alone is in nobody's list, and in nobody's folder either.
    await share(`/workspace-api/maps/${map}`, { privacy: 'public' })
    await ok(call('PATCH', `/workspace-api/maps/${map}/sharing-options`, 'editor', { discoverable: false }))
    expect(await listOf(project, 'admin')).toEqual([])
    expect((await call('GET', `/workspace-api/maps/${map}`, 'admin')).statusCode).toBe(200)
    expect((await call('GET', `/v3/projects/${project}/shortcuts`, 'guest')).statusCode).toBe(404)
  })

  test('where it points is told to those who may open that folder alone', async () => {
    const project = await createProject('Told')
    const home = await createProject('Home of it')
    const map = await make('map', 'At home')
    await move(home, { kind: 'map', id: map })
    await share(`/v3/projects/${project}`, { privacy: 'shared', sharingScope: 'organization' })
    await share(`/workspace-api/maps/${map}`, { privacy: 'shared', sharingScope: 'organization' })
    expect(await added(project, 'map', map)).toMatchObject({ place: { id: home, name: 'Home of it' } })
    expect(await listOf(project, 'viewer')).toMatchObject([{ assetId: map, place: null }])
  })

  test('whoever may edit the folder and sees what it points to puts it there, moves it and takes it away, with events', async () => {
    const [from, to] = [await createProject('From'), await createProject('To')]
    for (const id of [from, to]) await share(`/v3/projects/${id}`, { privacy: 'shared', sharingScope: 'organization' })
    const theirs = await make('application', 'Of the admin', 'admin')
    expect((await add(from, 'application', theirs)).statusCode).toBe(404)
    await share(`${PATHS.application}/${theirs}`, { privacy: 'shared', sharingScope: 'organization' }, 'admin')
    const { id } = await added(from, 'application', theirs)
    const url = (folder: string) => `/v3/projects/${folder}/shortcuts/${id}`
    for (const as of ['admin', 'viewer'] as const) {
      expect((await add(from, 'application', theirs, as)).statusCode).toBe(403)
      expect((await call('PATCH', url(from), as, { projectId: to })).statusCode).toBe(403)
      expect((await call('DELETE', url(from), as)).statusCode).toBe(403)
    }
    expect((await call('PATCH', url(to), 'editor', { projectId: from })).statusCode).toBe(404)
    expect((await ok(call('PATCH', url(from), 'editor', { projectId: to }))).json()).toMatchObject({ id })
    expect([await listOf(from), await listOf(to)]).toMatchObject([[], [{ id, assetId: theirs }]])
    expect((await call('DELETE', url(from), 'editor')).statusCode).toBe(404)
    // What one may not see any more, one finds no shortcut to.
    await share(`${PATHS.application}/${theirs}`, { privacy: 'private' }, 'admin')
    expect(await listOf(to)).toEqual([])
    expect((await call('DELETE', url(to), 'editor')).statusCode).toBe(404)
    await share(`${PATHS.application}/${theirs}`, { privacy: 'shared', sharingScope: 'organization' }, 'admin')
    await ok(call('DELETE', url(to), 'editor'))
    expect(await listOf(to)).toEqual([])
    expect(await shortcutEventsOf(from)).toEqual(['project.shortcut-added', 'project.shortcut-moved'])
    expect(await shortcutEventsOf(to)).toEqual(['project.shortcut-removed'])
    expect((await eventsOf(from)).at(-1)?.details).toMatchObject({ kind: 'application', assetId: theirs, from, to })
  })

  test('there is one to a thing in a folder, none to what is in the folder itself, and none to a folder', async () => {
    const [project, other] = [await createProject('Orderly'), await createProject('Other')]
    const map = await make('map', 'Once')
    await added(project, 'map', map)
    const again = await add(project, 'map', map)
    expect([again.statusCode, again.json().details]).toEqual([409, { rule: 'shortcut.duplicate' }])
    const { id } = await added(other, 'map', map)
    const moved = await call('PATCH', `/v3/projects/${other}/shortcuts/${id}`, 'editor', { projectId: project })
    expect([moved.statusCode, moved.json().details]).toEqual([409, { rule: 'shortcut.duplicate' }])
    // A folder cannot be pointed to, so that nothing that points closes a circle.
    expect((await add(project, 'project', other)).statusCode).toBe(400)

    // What comes to lie in the folder takes the place of its sign there, and of no other.
    await move(project, { kind: 'map', id: map })
    expect(await listOf(project)).toEqual([])
    expect((await eventsOf(project)).at(-1)).toMatchObject({
      type: 'project.shortcut-removed',
      details: { kind: 'map', assetId: map, cause: 'map.moved' },
    })
    expect(await listOf(other)).toMatchObject([{ assetId: map, place: { id: project } }])
    const own = await add(project, 'map', map)
    expect([own.statusCode, own.json().details]).toEqual([422, { rule: 'shortcut.own-folder' }])
    const back = await call('PATCH', `/v3/projects/${other}/shortcuts/${id}`, 'editor', { projectId: project })
    expect([back.statusCode, back.json().details]).toEqual([422, { rule: 'shortcut.own-folder' }])
  })

  test.each(LIBRARY_KINDS)('a deleted %s takes its shortcuts along, and back from the trash', async (kind) => {
    const project = await createProject(`Of a ${kind}`)
    const asset = await make(kind, `Deleted ${kind}`)
    const shortcut = await added(project, kind, asset)
    await ok(call('DELETE', `${PATHS[kind]}/${asset}`, 'editor'))
    expect(await listOf(project)).toEqual([])
    expect((await add(project, kind, asset)).statusCode).toBe(404)
    const url = `/v3/projects/${project}/shortcuts/${shortcut.id}`
    expect((await call('DELETE', url, 'editor')).statusCode).toBe(404)
    await ok(call('POST', `/workspace-api/trash/${kind}/${asset}/restore`, 'editor', { sharing: 'private' }))
    expect(await listOf(project)).toEqual([shortcut])
    await ok(call('DELETE', `${PATHS[kind]}/${asset}`, 'editor'))
    await ok(call('DELETE', `/workspace-api/trash/${kind}/${asset}`, 'editor'))
    const left = testApp.store.selectFrom('project_shortcuts').select('id').where('id', '=', shortcut.id)
    expect(await left.execute()).toEqual([])
  })

  test('shortcuts rest in the trash with their folder, come back with it, and end with it', async () => {
    const project = await createProject('Resting')
    const folder = await createProject('Resting corner', 'editor', project)
    const [map, thrown] = [await make('map', 'Pointed to'), await make('map', 'Purged meanwhile')]
    const shortcut = await added(folder, 'map', map)
    await added(folder, 'map', thrown)
    await ok(call('DELETE', `/v3/projects/${project}?contents=to-top`, 'editor'))
    expect((await call('GET', `/v3/projects/${folder}/shortcuts`, 'editor')).statusCode).toBe(404)
    expect((await add(folder, 'map', map)).statusCode).toBe(404)
    await ok(call('DELETE', `/workspace-api/maps/${thrown}`, 'editor'))
    await ok(call('DELETE', `/workspace-api/trash/map/${thrown}`, 'editor'))
    await ok(call('POST', `/workspace-api/trash/project/${project}/restore`, 'editor', { sharing: 'private' }))
    expect(await listOf(folder)).toEqual([shortcut])
    // A folder with nothing but shortcuts is empty: deleting it loses nothing that is not in the trash.
    await ok(call('DELETE', `/v3/projects/${folder}`, 'editor'))
    await ok(call('DELETE', `/workspace-api/trash/project/${folder}`, 'editor'))
    const left = testApp.store.selectFrom('project_shortcuts').select('id').where('map_id', '=', map)
    expect(await left.execute()).toEqual([])
  })

  test('what belongs to another organization cannot be pointed to', async () => {
    const project = await createProject('At home')
    const { store } = testApp
    const now = testApp.clock.now()
    const [organization, owner, id] = [createId(), createId(), createId()]
    await store
      .insertInto('organizations')
      .values({ id: organization, name: 'Abroad', is_demo: false, created_at: now })
      .execute()
    const person = { email: 'owner@abroad.example', name: 'Owner', role: 'editor' as const, created_at: now }
    await store
      .insertInto('users')
      .values({ id: owner, organization_id: organization, ...person })
      .execute()
    const facts = { organization_id: organization, owner_id: owner, created_at: now, updated_at: now, deleted_at: null }
    const application = { id, name: 'Abroad', description: '', url: 'https://abroad.example/' }
    await store
      .insertInto('applications')
      .values({ ...facts, ...application, thumbnail: null, thumbnail_type: null })
      .execute()
    const everybody = { audience_kind: 'organization' as const, group_id: null, user_id: null, created_at: now }
    await store
      .insertInto('grants')
      .values({ organization_id: organization, asset_kind: 'application', asset_id: id, ...everybody })
      .execute()
    for (const as of ['editor', 'superadmin'] as const) {
      const mine = as === 'editor' ? project : await createProject('Of the superadmin', as)
      expect((await add(mine, 'application', id, as)).statusCode).toBe(404)
    }
  })

  test('adding against deleting, restoring, moving and adding again ends in one state that can be told', async () => {
    const actions = ['add', 'add again', 'delete', 'move in', 'delete project'] as const
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...actions], { minLength: 2 }), async (chosen) => {
        const project = await createProject('Raced')
        const map = await make('map', 'Raced for')
        const begin = (action: (typeof actions)[number]) => {
          if (action === 'delete') return call('DELETE', `/workspace-api/maps/${map}`, 'editor')
          if (action === 'delete project') return call('DELETE', `/v3/projects/${project}?contents=to-top`, 'editor')
          if (action !== 'move in') return add(project, 'map', map)
          return call('POST', '/v3/projects/move', 'editor', {
            projectId: project,
            items: [{ kind: 'map', id: map }],
          })
        }
        const answers = await Promise.all(chosen.map(begin))
        for (const { body, statusCode } of answers) expect(statusCode, body).toBeLessThan(500)
        const adds = answers.filter((_, index) => chosen[index]?.startsWith('add'))
        expect(adds.filter(({ statusCode }) => statusCode === 201).length).toBeLessThanOrEqual(2)

        const isMapDeleted = chosen.includes('delete')
        const isProjectDeleted = chosen.includes('delete project')
        if (isProjectDeleted) {
          await ok(call('POST', `/workspace-api/trash/project/${project}/restore`, 'editor', { sharing: 'private' }))
        }
        if (isMapDeleted) {
          expect(await listOf(project)).toEqual([])
          await ok(call('POST', `/workspace-api/trash/map/${map}/restore`, 'editor', { sharing: 'private' }))
        }
        const shown = await listOf(project)
        const place = (await ok(call('GET', `/workspace-api/maps/${map}`, 'editor'))).json().project?.id ?? null
        // Never a sign beside the thing itself, and as many as events tell.
        if (place === project) expect(shown).toEqual([])
        const types = await shortcutEventsOf(project)
        const count = (word: string) => types.filter((type) => type === `project.shortcut-${word}`).length
        expect(shown.length).toBe(count('added') - count('removed'))
        expect(shown.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 25, seed: 18 },
    )
  })
}
