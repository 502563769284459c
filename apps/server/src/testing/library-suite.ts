import {
  type BatchSharePreview,
  emptyMapDocument,
  LIBRARY_LIMITS,
  type LibraryList,
  type MapList,
  type ResourceDeletion,
  type Role,
  type TagList,
} from '@graticule/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BuiltApp } from '../app.ts'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

const DAY_MS = 86_400_000

/** What holds of tags, favourites, what was opened, search and batches on every engine that may keep them. */
export function describeLibrary(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  /** Another server on the same store, whose timer is turned by hand. */
  let sweeper: BuiltApp

  beforeAll(async () => {
    testApp = await createApp()
    sweeper = await testApp.buildServer('sweeping-server')
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id: createId(),
        organization_id: testApp.organizationId,
        name: 'field_dw',
        provider_id: 'postgres',
        owner_id: idOf('editor'),
        config: toJson({}),
        created_at: now,
        updated_at: now,
      })
      .execute()
  })
  afterAll(() => testApp.close())

  const idOf = (role: Role) => testApp.users[role].id
  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const ok = async (answer: ReturnType<typeof call>) => {
    const { statusCode, body } = await answer
    expect(statusCode, body).toBeLessThan(300)
  }
  const createMap = async (title: string, extra: object = {}, as: Role = 'editor'): Promise<string> => {
    const created = await call('POST', '/workspace-api/maps', as, {
      document: { ...emptyMapDocument(title), ...extra },
    })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }
  const share = (id: string, audience: object, kind = 'maps') =>
    ok(call('PUT', `/workspace-api/${kind}/${id}/sharing`, 'editor', audience))
  const setTags = (id: string, tags: string[], as: Role = 'editor') =>
    call('PUT', `/workspace-api/maps/${id}/tags`, as, { tags })
  const list = async (as: Role, query: Record<string, string> = {}) =>
    (await call('GET', `/workspace-api/maps?${new URLSearchParams(query)}`, as)).json<MapList>()
  const titles = async (as: Role, query: Record<string, string>) => {
    const { maps, total } = await list(as, { orderBy: 'title', ...query })
    // The count must tell no more than the list.
    expect(total).toBe(maps.length)
    return maps.map(({ title }) => title)
  }
  const tagsOf = async (as: Role, query = '') =>
    (await call('GET', `/workspace-api/tags?${query}`, as)).json<TagList>().tags
  const kept = async (as: Role, what: 'favourites' | 'recents') =>
    (await call('GET', `/workspace-api/${what}`, as)).json<LibraryList>().items.map(({ name }) => name)
  const batch = async (what: 'delete' | 'share' | 'tag', as: Role, body: object) => {
    const answer = await call('POST', `/workspace-api/batch/${what}`, as, body)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<ResourceDeletion>().results
  }
  const map = (id: string) => ({ resourceType: 'map', id })
  const eventsOf = async (id: string) =>
    (
      await testApp.store.selectFrom('activity').selectAll().where('asset_id', '=', id).orderBy('position').execute()
    ).map(({ type }) => type)

  test('whoever may edit a map tags it; spellings of a tag are one, and too many or too long ones are refused', async () => {
    const id = await createMap('Tagged')
    await share(id, { privacy: 'shared' })
    expect((await setTags(id, ['  Québec ', 'quebec', 'Zoning  plan', 'a'])).json()).toEqual({
      tags: ['a', 'Québec', 'Zoning plan'],
    })
    // The same again changes nothing and is no event.
    await ok(setTags(id, ['a', 'Québec', 'Zoning plan']))
    expect((await setTags(id, ['mine'], 'admin')).statusCode).toBe(403)
    expect((await setTags(id, ['mine'], 'guest')).statusCode).toBe(404)
    for (const wrong of [['  '], ['x'.repeat(51)], Array.from({ length: 21 }, (_, index) => `t${index}`)]) {
      expect((await setTags(id, wrong)).statusCode).toBe(400)
    }
    expect(await eventsOf(id)).toEqual(['map.created', 'map.published', 'map.privacy-changed', 'map.tagged'])
    expect((await call('GET', `/workspace-api/maps/${id}`, 'viewer')).json()).toMatchObject({
      tags: ['a', 'Québec', 'Zoning plan'],
      isFavourite: false,
    })
    expect(await titles('viewer', { tag: 'ZONING PLAN' })).toEqual(['Tagged'])
    expect(await titles('viewer', { tag: 'zoning' })).toEqual([])
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
  })

  test('nobody learns of a map that they may not open from a tag, a search, a filter, a count, a favourite or what they opened', async () => {
    const secret = await createMap('Secret merger', { description: 'Hush' })
    const open = await createMap('Open day')
    await ok(setTags(secret, ['merger', 'spring']))
    await ok(setTags(open, ['Spring']))
    await share(open, { privacy: 'shared', userIds: [idOf('guest')] })
    for (const as of ['guest', 'viewer', 'admin'] as const) {
      if (as !== 'guest')
        await share(open, { privacy: 'shared', sharingScope: 'organization', userIds: [idOf('guest')] })
      expect(await tagsOf(as)).toEqual([{ tag: 'Spring', count: 1 }])
      expect(await tagsOf(as, 'search=merg')).toEqual([])
      const queries: Record<string, string>[] = [
        { search: 'secret' },
        { search: 'hush' },
        { tag: 'merger' },
        { privacy: 'private' },
      ]
      for (const query of queries) expect(await titles(as, query)).toEqual([])
      expect(await titles(as, { tag: 'spring' })).toEqual(['Open day'])
      expect((await call('PUT', `/workspace-api/maps/${secret}/favourite`, as)).statusCode).toBe(404)
      expect((await call('DELETE', `/workspace-api/maps/${secret}/favourite`, as)).statusCode).toBe(404)
      expect((await call('POST', `/workspace-api/maps/${secret}/opened`, as)).statusCode).toBe(404)
      expect(await titles(as, { ownerId: idOf('editor') })).toEqual(['Open day'])
    }
    // What they could open once is gone from everywhere together with the right.
    await share(secret, { privacy: 'shared', userIds: [idOf('guest')] })
    await ok(call('PUT', `/workspace-api/maps/${secret}/favourite`, 'guest'))
    await ok(call('POST', `/workspace-api/maps/${secret}/opened`, 'guest'))
    expect([await kept('guest', 'favourites'), await kept('guest', 'recents')]).toEqual([
      ['Secret merger'],
      ['Secret merger'],
    ])
    expect((await list('guest', { scope: 'favourites' })).maps[0]).toMatchObject({ id: secret, isFavourite: true })
    await share(secret, { privacy: 'private' })
    expect([await kept('guest', 'favourites'), await kept('guest', 'recents')]).toEqual([[], []])
    expect(await titles('guest', { scope: 'favourites' })).toEqual([])
    expect(await titles('guest', { scope: 'recent' })).toEqual([])
    const owners = (await call('GET', '/workspace-api/map-owners', 'guest')).json()
    expect(owners).toEqual({ owners: [expect.objectContaining({ id: idOf('editor') })] })
    await share(open, { privacy: 'private' })
    expect((await call('GET', '/workspace-api/map-owners', 'guest')).json()).toEqual({ owners: [] })
    await batch('delete', 'editor', { resources: [map(secret), map(open)] })
  })

  test('words find a map by its title, description and tables in any case and without accents, owners for those who list people', async () => {
    const dataset = (type: 'table' | 'query', source: string, index: number) => ({
      id: `d${index}`,
      type,
      source,
      connectionName: 'field_dw',
      providerId: 'postgres',
      label: 'Data',
      geoColumn: 'geom',
      columns: [],
      format: 'tilejson',
    })
    const id = await createMap('Überschwemmung Łódź', {
      description: 'Where the RIVER rose',
      datasets: [
        dataset('table', 'hydro."Flood Zones"', 1),
        dataset('query', 'SELECT geom, hidden_column FROM survey.gauges JOIN towns USING (id)', 2),
      ],
    })
    await share(id, { privacy: 'shared', userIds: [idOf('guest')] })
    const found = async (as: Role, search: string) => (await titles(as, { search })).length === 1
    for (const search of [
      'uberschwemmung',
      'LODZ',
      'river łódź',
      'flood zones',
      'hydro.flood',
      'field_dw',
      'gauges towns',
    ]) {
      expect(await found('guest', search), search).toBe(true)
    }
    for (const search of ['wemmung', 'hidden', 'river nowhere', 'zone9', "'", '%']) {
      expect(await found('guest', search), search).toBe(search === '%' || search === "'")
    }
    // The owner is called "The editor"; a guest may not search the organization's people.
    await share(id, { privacy: 'shared', sharingScope: 'organization', userIds: [idOf('guest')] })
    await ok(call('PATCH', '/workspace-api/profile', 'editor', { name: 'The Editor' }))
    expect(await found('admin', 'editor lodz')).toBe(true)
    expect(await found('admin', `${testApp.users.editor.email} rose`)).toBe(true)
    expect(await found('guest', 'editor lodz')).toBe(false)
    await ok(call('PATCH', '/workspace-api/profile', 'editor', { name: 'Zoë Née' }))
    expect(await found('admin', 'zoe nee')).toBe(true)
    await ok(call('PATCH', '/workspace-api/profile', 'editor', { name: 'The editor' }))
    // Saving keeps the words up to date.
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const edited = { ...document, title: 'Drought', datasets: [] }
    await ok(call('PATCH', `/workspace-api/maps/${id}`, 'editor', { revision, document: edited }))
    expect([await found('editor', 'lodz'), await found('editor', 'gauges'), await found('editor', 'drought')]).toEqual([
      false,
      false,
      true,
    ])
    await batch('delete', 'editor', { resources: [map(id)] })
  })

  test('readers find a map by what is published and are told its name, not by what only its draft says', async () => {
    const id = await createMap('Announced')
    await share(id, { privacy: 'shared' })
    await ok(call('PUT', `/workspace-api/maps/${id}/favourite`, 'viewer'))
    const { document, revision } = (await call('GET', `/workspace-api/maps/${id}`, 'editor')).json()
    const edited = { ...document, title: 'Unannounced layoffs' }
    await ok(call('PATCH', `/workspace-api/maps/${id}`, 'editor', { revision, document: edited }))
    const found = async (as: Role, search: string) => (await titles(as, { search })).length === 1
    expect([await found('editor', 'layoffs'), await found('editor', 'announced')]).toEqual([true, false])
    for (const as of ['viewer', 'admin', 'superadmin'] as const) {
      expect([await found(as, 'layoffs'), await found(as, 'announced')]).toEqual([false, true])
    }
    expect(await kept('viewer', 'favourites')).toEqual(['Announced'])
    await ok(call('POST', `/workspace-api/maps/${id}/publish`, 'editor', { revision: revision + 1 }))
    expect([await found('viewer', 'layoffs'), await found('viewer', 'announced')]).toEqual([true, false])
    // What opens by its address alone stands in no list, but can be kept.
    await ok(call('PATCH', `/workspace-api/maps/${id}/sharing-options`, 'editor', { discoverable: false }))
    expect(await found('viewer', 'layoffs')).toBe(false)
    expect(await kept('viewer', 'favourites')).toEqual(['Unannounced layoffs'])
    expect(await titles('viewer', { scope: 'favourites' })).toEqual(['Unannounced layoffs'])
    await batch('delete', 'editor', { resources: [map(id)] })
  })

  test('favourites of every kind and what was opened come back latest first, by person, within a bound', async () => {
    const maps = [await createMap('First'), await createMap('Second')]
    const workflow = (await call('POST', '/workspace-api/workflows', 'editor', { title: 'Flow' })).json().id
    const application = (
      await call('POST', '/workspace-api/applications', 'editor', { name: 'App', url: 'https://example.org' })
    ).json().id
    for (const path of [`maps/${maps[0]}`, `workflows/${workflow}`, `applications/${application}`]) {
      testApp.clock.advance(1_000)
      await ok(call('PUT', `/workspace-api/${path}/favourite`, 'editor'))
      await ok(call('PUT', `/workspace-api/${path}/favourite`, 'editor'))
    }
    expect(await kept('editor', 'favourites')).toEqual(['App', 'Flow', 'First'])
    expect(await kept('superadmin', 'favourites')).toEqual([])
    expect(await eventsOf(workflow)).toEqual(['workflow.created', 'workflow.favourite-added'])
    expect((await call('GET', '/workspace-api/workflows?search=flow', 'editor')).json().workflows[0]).toMatchObject({
      isFavourite: true,
      tags: [],
    })
    expect((await call('GET', `/workspace-api/applications/${application}`, 'editor')).json().isFavourite).toBe(true)
    // Each list is narrowed to one's own favourites, whatever else narrows it.
    await call('POST', '/workspace-api/workflows', 'editor', { title: 'Another' })
    await call('POST', '/workspace-api/applications', 'editor', { name: 'Another', url: 'https://example.org' })
    const narrowed = async (kind: 'workflows' | 'applications', query: string, as: Role = 'editor') => {
      const answer = (await call('GET', `/workspace-api/${kind}?scope=favourites&${query}`, as)).json()
      return { total: answer.total, ids: answer[kind].map((each: { id: string }) => each.id) }
    }
    expect(await narrowed('workflows', '')).toEqual({ total: 1, ids: [workflow] })
    expect(await narrowed('workflows', 'search=another')).toEqual({ total: 0, ids: [] })
    expect(await narrowed('applications', '')).toEqual({ total: 1, ids: [application] })
    expect(await narrowed('applications', '', 'superadmin')).toEqual({ total: 0, ids: [] })
    await ok(call('DELETE', `/workspace-api/applications/${application}/favourite`, 'editor'))
    expect(await eventsOf(application)).toContain('application.favourite-removed')

    for (const path of [`maps/${maps[0]}`, `maps/${maps[1]}`, `workflows/${workflow}`]) {
      testApp.clock.advance(1_000)
      await ok(call('POST', `/workspace-api/${path}/opened`, 'editor'))
    }
    // Within a minute it is the same opening.
    await ok(call('POST', `/workspace-api/maps/${maps[0]}/opened`, 'editor'))
    expect(await kept('editor', 'recents')).toEqual(['Flow', 'Second', 'First'])
    testApp.clock.advance(61_000)
    await ok(call('POST', `/workspace-api/maps/${maps[0]}/opened`, 'editor'))
    expect(await kept('editor', 'recents')).toEqual(['First', 'Flow', 'Second'])
    expect((await list('editor', { scope: 'recent' })).maps.map(({ title }) => title)).toEqual(['First', 'Second'])
    const never = await createMap('Never opened')
    expect((await list('editor', { orderBy: 'openedAt' })).maps.at(-1)?.title).toBe('Never opened')

    const others = Array.from({ length: LIBRARY_LIMITS.recent + 5 }, (_, index) => `other ${index}`)
    await testApp.store
      .insertInto('recent_opens')
      .values(
        others.map((id) => ({
          user_id: idOf('editor'),
          asset_kind: 'map',
          asset_id: id,
          opened_at: testApp.clock.now(),
        })),
      )
      .execute()
    testApp.clock.advance(1_000)
    await ok(call('POST', `/workspace-api/maps/${never}/opened`, 'editor'))
    const rows = await testApp.store
      .selectFrom('recent_opens')
      .select('asset_id')
      .where('user_id', '=', idOf('editor'))
      .execute()
    expect(rows).toHaveLength(LIBRARY_LIMITS.recent)
    expect((await kept('editor', 'recents'))[0]).toBe('Never opened')
    await batch('delete', 'editor', { resources: [...maps, never].map(map) })
    await testApp.store.deleteFrom('recent_opens').execute()
  })

  test('there are only so many favourites, also for somebody who adds many at once', async () => {
    const { favourites } = LIBRARY_LIMITS
    const ids = [await createMap('Last one'), await createMap('One too many')]
    const row = (id: string) => ({
      user_id: idOf('editor'),
      asset_kind: 'map' as const,
      asset_id: id,
      created_at: testApp.clock.now(),
    })
    await testApp.store.deleteFrom('favourites').execute()
    await testApp.store
      .insertInto('favourites')
      .values(Array.from({ length: favourites - 1 }, (_, index) => row(`old ${index}`)))
      .execute()
    const answers = await Promise.all(ids.map((id) => call('PUT', `/workspace-api/maps/${id}/favourite`, 'editor')))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([204, 422])
    expect(await testApp.store.selectFrom('favourites').select('asset_id').execute()).toHaveLength(favourites)
    await testApp.store.deleteFrom('favourites').execute()
    await batch('delete', 'editor', { resources: ids.map(map) })
  })

  test('a batch decides each as if it were alone: what fails says why, what succeeds is done, and both are told', async () => {
    const own = await createMap('Own')
    const shared = await createMap("The admin's", {}, 'admin')
    const hidden = await createMap('Hidden', {}, 'admin')
    await ok(call('PUT', `/workspace-api/maps/${shared}/sharing`, 'admin', { privacy: 'shared' }))
    const workflow = (await call('POST', '/workspace-api/workflows', 'editor', { title: 'Flow 2' })).json().id
    const notThere = 'There is no such map, or it is not shared with you.'
    const refused = (id: string, failureReason: string) => ({ ...map(id), success: false, failureReason })
    const resources = [map(own), map(shared), map(hidden), map('bogus')]

    expect(await batch('tag', 'editor', { resources, add: ['Batch', 'two'] })).toEqual([
      { ...map(own), success: true },
      refused(shared, 'Only the owner can edit this map, as long as they let nobody help.'),
      refused(hidden, notThere),
      refused('bogus', notThere),
    ])
    await batch('tag', 'editor', { resources: [map(own)], add: ['three'], remove: ['BATCH'] })
    expect(await titles('editor', { tag: 'three' })).toEqual(['Own'])
    expect(await titles('editor', { tag: 'batch' })).toEqual([])
    const many = Array.from({ length: LIBRARY_LIMITS.tags - 1 }, (_, index) => `many ${index}`)
    expect(await batch('tag', 'editor', { resources: [map(own)], add: many })).toEqual([
      refused(own, `A map has at most ${LIBRARY_LIMITS.tags} tags; remove some first.`),
    ])

    const audience = { privacy: 'shared', userIds: [idOf('guest')] }
    const flow = { resourceType: 'workflow', id: workflow }
    const planned = await call('POST', '/workspace-api/batch/share/preview', 'editor', {
      resources: [flow, ...resources],
      audience: { privacy: 'shared', userIds: [idOf('viewer')] },
    })
    expect(planned.json<BatchSharePreview>()).toMatchObject({
      results: [
        { ...flow, success: true },
        { ...map(own), success: true },
        refused(shared, 'Only the owner can share this map.'),
        refused(hidden, notThere),
        refused('bogus', notThere),
      ],
      gains: [{ name: 'The viewer' }],
      gainCount: 1,
      losses: [],
      lossCount: 0,
    })
    // What was only looked at has not happened.
    expect((await call('GET', `/workspace-api/viewer/maps/${own}`, 'viewer')).statusCode).toBe(404)
    const nothing = await call('POST', '/workspace-api/batch/share/preview', 'guest', { resources, audience })
    expect(nothing.json<BatchSharePreview>()).toMatchObject({ gains: [], losses: [], gainCount: 0 })
    expect(await batch('share', 'editor', { resources: [flow, ...resources], audience })).toEqual([
      { ...flow, success: false, failureReason: expect.stringContaining('who has the role guest') },
      { ...map(own), success: true },
      refused(shared, 'Only the owner can share this map.'),
      refused(hidden, notThere),
      refused('bogus', notThere),
    ])
    const contradiction = { resources, audience: { privacy: 'private', userIds: [idOf('guest')] } }
    expect((await call('POST', '/workspace-api/batch/share', 'editor', contradiction)).statusCode).toBe(422)
    expect((await call('GET', `/workspace-api/viewer/maps/${own}`, 'guest')).statusCode).toBe(200)

    expect((await batch('delete', 'guest', { resources })).map(({ success }) => success)).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(await batch('delete', 'editor', { resources: [flow, ...resources] })).toEqual([
      { ...flow, success: true },
      { ...map(own), success: true },
      refused(shared, 'Only the owner can delete this map.'),
      refused(hidden, notThere),
      refused('bogus', notThere),
    ])
    expect(await eventsOf(own)).toEqual([
      'map.created',
      'map.tagged',
      'map.tagged',
      'map.published',
      'map.privacy-changed',
      'map.deleted',
    ])
    expect(
      (await call('GET', '/workspace-api/trash', 'editor')).json().items.map(({ id }: { id: string }) => id),
    ).toContain(own)
    await batch('delete', 'admin', { resources: [map(shared), map(hidden)] })
  })

  test('filters by privacy and owner agree with what the list says of each map, page by page', async () => {
    const ids = [await createMap('P1'), await createMap('P2'), await createMap('P3'), await createMap('P4')]
    await share(ids[1] ?? '', { privacy: 'shared', userIds: [idOf('admin')] })
    await share(ids[2] ?? '', { privacy: 'public' })
    await share(ids[3] ?? '', { privacy: 'public', sharingScope: 'organization' })
    const mine = { scope: 'mine' }
    expect(await titles('editor', { ...mine, privacy: 'private' })).toEqual(['P1'])
    expect(await titles('editor', { ...mine, privacy: 'shared' })).toEqual(['P2'])
    expect(await titles('editor', { ...mine, privacy: 'public' })).toEqual(['P3', 'P4'])
    expect(await titles('admin', { ownerId: idOf('editor') })).toEqual(['P2', 'P3', 'P4'])
    expect(await titles('admin', { ownerId: idOf('viewer') })).toEqual([])
    expect(await list('editor', { ...mine, orderBy: 'title', pageSize: '3', page: '2' })).toMatchObject({
      total: 4,
      maps: [{ title: 'P4' }],
    })
    expect(await list('editor', { ...mine, pageSize: '3', page: '9' })).toEqual({ maps: [], total: 4 })
    await batch('delete', 'editor', { resources: ids.map(map) })
  })

  test('another organization has its own tags, and neither its maps nor its tags are seen or touched from here', async () => {
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('organizations')
      .values({ id: 'ac_elsewher', name: 'Elsewhere', is_demo: false, created_at: now })
      .execute()
    const userId = createId()
    await testApp.store
      .insertInto('users')
      .values({
        id: userId,
        organization_id: 'ac_elsewher',
        email: 'e@example.org',
        name: 'E',
        role: 'editor',
        created_at: now,
      })
      .execute()
    const foreign = await createMap('Foreign', {})
    await ok(setTags(foreign, ['foreign']))
    await share(foreign, { privacy: 'public', sharingScope: 'organization' })
    for (const table of ['maps', 'asset_tags', 'grants'] as const) {
      const column = table === 'maps' ? 'id' : 'asset_id'
      await testApp.store
        .updateTable(table)
        .set({ organization_id: 'ac_elsewher', ...(table === 'maps' ? { owner_id: userId } : {}) })
        .where(column as never, '=', foreign as never)
        .execute()
    }
    expect(await tagsOf('superadmin')).toEqual([])
    expect(await titles('superadmin', { search: 'foreign' })).toEqual([])
    expect(await titles('superadmin', { ownerId: userId })).toEqual([])
    // It is public, so it opens by its link; it is still nothing of theirs.
    expect((await call('GET', `/workspace-api/viewer/maps/${foreign}`, 'editor')).json().tags).toEqual([])
    expect((await setTags(foreign, ['x'])).statusCode).toBe(403)
    expect((await call('PUT', `/workspace-api/maps/${foreign}/favourite`, 'editor')).statusCode).toBe(404)
    expect((await call('POST', `/workspace-api/maps/${foreign}/opened`, 'editor')).statusCode).toBe(404)
    for (const what of ['delete', 'tag'] as const) {
      const [result] = await batch(what, 'superadmin', {
        resources: [map(foreign)],
        ...(what === 'tag' ? { add: ['x'] } : {}),
      })
      expect(result?.success).toBe(false)
    }
  })

  test('what is deleted for good takes its tags and favourites along, and who is deleted what they kept', async () => {
    const id = await createMap('Short-lived')
    await ok(setTags(id, ['gone']))
    await share(id, { privacy: 'shared' })
    await ok(call('PUT', `/workspace-api/maps/${id}/favourite`, 'viewer'))
    await ok(call('POST', `/workspace-api/maps/${id}/opened`, 'viewer'))
    const count = async () => {
      const tables = ['asset_tags', 'favourites', 'recent_opens'] as const
      return Promise.all(
        tables.map(
          async (table) =>
            (await testApp.store.selectFrom(table).select('asset_id').where('asset_id', '=', id).execute()).length,
        ),
      )
    }
    await ok(call('DELETE', `/workspace-api/maps/${id}`, 'editor'))
    // It rests in the trash with them.
    expect(await count()).toEqual([1, 1, 1])
    expect(await tagsOf('editor', 'search=gone')).toEqual([])
    expect(await kept('viewer', 'favourites')).toEqual([])
    const lasting = await createMap('Lasting')
    await share(lasting, { privacy: 'shared', userIds: [idOf('guest')] })
    await ok(call('PUT', `/workspace-api/maps/${lasting}/favourite`, 'guest'))
    await ok(call('POST', `/workspace-api/maps/${lasting}/opened`, 'guest'))
    await ok(call('DELETE', `/workspace-api/users/${idOf('guest')}?receiverId=${idOf('admin')}`, 'admin'))
    for (const table of ['favourites', 'recent_opens'] as const) {
      const rows = await testApp.store
        .selectFrom(table)
        .select('asset_id')
        .where('user_id', '=', idOf('guest'))
        .execute()
      expect(rows).toEqual([])
    }

    testApp.clock.advance(31 * DAY_MS)
    await sweeper.sweep()
    expect(await count()).toEqual([0, 0, 0])
  })
}
