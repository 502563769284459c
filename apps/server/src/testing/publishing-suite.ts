import {
  emptyMapDocument,
  type MapDataset,
  type MapDetail,
  type MapDocument,
  type Role,
  type ViewerMap,
} from '@graticule/contract'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MIGRATIONS } from '../migrations/index.ts'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of drafts and published versions, passwords, link-only maps and editing together, on every engine. */
export function describePublishing(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeEach(async () => {
    testApp = await createApp()
  })
  afterEach(() => testApp.close())

  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as?: Role, payload?: object) =>
    testApp.request({ method, url, ...(as ? { as } : {}), ...(payload ? { payload } : {}) })
  const mapUrl = (id: string, path = '') => `/workspace-api/maps/${id}${path}`
  const read = async (id: string, as: Role) => (await call('GET', mapUrl(id), as)).json<MapDetail>()
  const view = (id: string, as?: Role) => call('GET', `/workspace-api/viewer/maps/${id}`, as)
  const fetchMap = (id: string, token?: string) =>
    testApp.request({ url: `/v3/maps/public/${id}`, ...(token ? { token } : {}) })
  const unlock = (id: string, password: string, remoteAddress = '127.0.0.1') =>
    testApp.request({ method: 'POST', url: `/v3/maps/public/${id}/unlock`, payload: { password }, remoteAddress })
  const titles = async (as: Role, query = '') =>
    (await call('GET', `/workspace-api/maps?${query}`, as)).json().maps.map((map: { title: string }) => map.title)
  const typesOf = async (id: string) => {
    const events = await testApp.store.selectFrom('activity').selectAll().orderBy('position').execute()
    return events.filter(({ asset_id }) => asset_id === id).map(({ type }) => type)
  }

  async function create(document: MapDocument, as: Role = 'editor'): Promise<string> {
    const created = await call('POST', '/workspace-api/maps', as, { document })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function share(id: string, payload: object, as: Role = 'editor') {
    const shared = await call('PUT', mapUrl(id, '/sharing'), as, payload)
    expect(shared.statusCode, shared.body).toBe(200)
  }

  async function edit(id: string, change: (document: MapDocument) => MapDocument, as: Role = 'editor') {
    const { revision, document } = await read(id, as)
    return call('PATCH', mapUrl(id), as, { revision, document: change(document) })
  }

  const rename = async (id: string, title: string, as: Role = 'editor') => {
    const renamed = await edit(id, (document) => ({ ...document, title }), as)
    expect(renamed.statusCode, renamed.body).toBe(200)
  }
  const publish = async (id: string, as: Role = 'editor') =>
    call('POST', mapUrl(id, '/publish'), as, { revision: (await read(id, as)).revision })
  const setOptions = async (id: string, payload: object, as: Role = 'editor') => {
    const set = await call('PATCH', mapUrl(id, '/sharing-options'), as, payload)
    expect(set.statusCode, set.body).toBe(200)
    return set.json<MapDetail>()
  }

  /** A connection that is already there; making one through the API would need its warehouse. */
  async function addConnection(name: string, owner: Role): Promise<void> {
    const now = testApp.clock.now()
    await testApp.store
      .insertInto('connections')
      .values({
        id: createId(),
        organization_id: testApp.organizationId,
        name,
        provider_id: 'postgres',
        owner_id: testApp.users[owner].id,
        config: toJson({}),
        created_at: now,
        updated_at: now,
      })
      .execute()
  }

  const datasetOf = (changes: Partial<MapDataset> = {}): MapDataset => ({
    id: 'stores',
    type: 'table',
    source: 'demo.stores',
    connectionName: 'wh',
    providerId: 'postgres',
    label: 'Stores',
    geoColumn: 'geom',
    columns: ['kind', 'size'],
    format: 'tilejson',
    ...changes,
  })

  test('sharing publishes; what is edited afterwards is the editor’s alone until it is published', async () => {
    const id = await create(emptyMapDocument('First'))
    expect(await read(id, 'editor')).toMatchObject({ publishedAt: null, hasUnpublishedChanges: false })
    const early = await publish(id)
    expect([early.statusCode, early.json().details.rule]).toEqual([422, 'publishing.private'])
    await share(id, { privacy: 'public' })
    expect(await read(id, 'editor')).toMatchObject({ hasUnpublishedChanges: false, publishedBy: 'The editor' })
    testApp.clock.advance(60_000)
    await rename(id, 'Second')

    const draft = await read(id, 'editor')
    expect(draft).toMatchObject({ title: 'Second', revision: 2, hasUnpublishedChanges: true })
    // In the viewer whoever edits it meets the draft, and what readers meet when they ask for that.
    const shown = async (query: string, as?: Role) => (await view(`${id}${query}`, as)).json<ViewerMap>().document.title
    expect([await shown('', 'editor'), await shown('?version=published', 'editor')]).toEqual(['Second', 'First'])
    expect([await shown('', 'viewer'), await shown('?version=published')]).toEqual(['First', 'First'])
    expect((await view(`${id}?version=draft`, 'viewer')).statusCode).toBe(400)
    for (const as of ['viewer', 'admin', 'superadmin'] as const) {
      const seen = await read(id, as)
      expect(seen).toMatchObject({ title: 'First', revision: 1, hasUnpublishedChanges: false, publishedBy: null })
      expect(seen.document.title).toBe('First')
      expect(seen.updatedAt).toBe(draft.publishedAt)
    }
    for (const as of [undefined, 'guest', 'viewer'] as const) expect((await view(id, as)).json().title).toBe('First')
    expect((await view(id, 'editor')).json().title).toBe('Second')
    // What fetchMap loads is the same whoever asks.
    expect((await fetchMap(id)).json().title).toBe('First')
    expect((await call('GET', `/v3/maps/public/${id}`, 'editor')).json().title).toBe('First')
    expect([await titles('editor'), await titles('viewer')]).toEqual([['Second'], ['First']])
    expect([await titles('editor', 'search=Second'), await titles('viewer', 'search=Second')]).toEqual([['Second'], []])
    expect([await titles('editor', 'search=First'), await titles('viewer', 'search=First')]).toEqual([[], ['First']])

    const stale = await call('POST', mapUrl(id, '/publish'), 'editor', { revision: 1 })
    expect([stale.statusCode, stale.json().details]).toEqual([409, { rule: 'map.revision', revision: 2 }])
    expect((await publish(id)).json()).toMatchObject({ hasUnpublishedChanges: false, publishedBy: 'The editor' })
    expect((await publish(id)).statusCode).toBe(200)
    expect((await fetchMap(id)).json().title).toBe('Second')
    expect(await titles('viewer')).toEqual(['Second'])
    const published = ['map.published', 'map.privacy-changed', 'map.updated', 'map.published']
    expect(await typesOf(id)).toEqual(['map.created', ...published])
  })

  test('a private map keeps what was published and nobody reads it; sharing it again publishes it as it is then', async () => {
    const id = await create(emptyMapDocument('First'))
    await share(id, { privacy: 'shared' })
    await share(id, { privacy: 'private' })
    await rename(id, 'Second')
    expect(await read(id, 'editor')).toMatchObject({ publishedAt: null, hasUnpublishedChanges: false })
    // Whoever oversees everything meets what there is.
    expect((await read(id, 'superadmin')).title).toBe('Second')
    expect(await titles('superadmin')).toEqual(['Second'])
    const stored = await testApp.store.selectFrom('maps').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(stored.published_title).toBe('First')
    await share(id, { privacy: 'shared', userIds: [testApp.users.guest.id] })
    expect((await read(id, 'guest')).title).toBe('Second')
    await rename(id, 'Third')
    // Another audience is no publication.
    await share(id, { privacy: 'public' })
    expect((await fetchMap(id)).json().title).toBe('Second')
  })

  test('what is put into a project is published then, and its readers there see no draft either', async () => {
    const id = await create(emptyMapDocument('First'))
    const project = await call('POST', '/v3/projects', 'editor', { name: 'Floods' })
    expect(project.statusCode, project.body).toBe(201)
    const projectId = project.json().id
    const shared = await call('PUT', `/v3/projects/${projectId}/sharing`, 'editor', { privacy: 'shared' })
    expect(shared.statusCode, shared.body).toBe(200)
    const move = (to: string | null) =>
      call('POST', '/v3/projects/move', 'editor', { projectId: to, items: [{ kind: 'map', id }] })
    expect((await move(projectId)).json().results).toMatchObject([{ success: true }])
    await rename(id, 'Second')
    expect(await read(id, 'editor')).toMatchObject({ privacy: 'private', hasUnpublishedChanges: true })
    expect(await read(id, 'viewer')).toMatchObject({ title: 'First', publishedWithPassword: false })
    expect(await titles('viewer')).toEqual(['First'])
    expect((await publish(id)).statusCode).toBe(200)
    expect(await titles('viewer')).toEqual(['Second'])
    await move(null)
    expect((await call('GET', mapUrl(id), 'viewer')).statusCode).toBe(404)
    expect(await read(id, 'editor')).toMatchObject({ publishedAt: null, hasUnpublishedChanges: false })
  })

  test('a copy is of the draft for those who edit the map, and of what is published for others', async () => {
    const id = await create(emptyMapDocument('First'))
    await share(id, { privacy: 'shared' })
    await rename(id, 'Second')
    const copy = async (as: Role) => (await call('POST', mapUrl(id, '/duplicate'), as)).json()
    expect(await copy('editor')).toMatchObject({ title: 'Copy of Second', privacy: 'private', publishedAt: null })
    expect(await copy('admin')).toMatchObject({ title: 'Copy of First', publishedWithPassword: false })
  })

  test('publishing and saving at the same moment leave a version that somebody looked at', async () => {
    const id = await create(emptyMapDocument('1'))
    await share(id, { privacy: 'public' })
    for (const revision of [1, 2, 3]) {
      const document = emptyMapDocument(String(revision + 1))
      const answers = await Promise.all([
        call('PATCH', mapUrl(id), 'editor', { revision, document }),
        call('POST', mapUrl(id, '/publish'), 'editor', { revision }),
      ])
      expect(answers[0]?.statusCode).toBe(200)
      expect([200, 409]).toContain(answers[1]?.statusCode)
      const row = await testApp.store.selectFrom('maps').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect(row.published_title).toBe(String(row.published_revision))
      if (answers[1]?.statusCode === 200) expect(row.published_revision).toBe(revision)
    }
  })

  test('a password stands before the public link, and every change of it ends the tokens of before', async () => {
    const id = await create(emptyMapDocument('Locked'))
    expect(await setOptions(id, { password: 'open sesame' })).toMatchObject({
      hasPassword: true,
      publishedWithPassword: false,
    })
    await share(id, { privacy: 'public' })
    for (const answer of [await view(id), await view(id, 'viewer'), await fetchMap(id)]) {
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'password_required'])
      expect(answer.json().error).toMatch(/^This map asks for a password; send it to POST \S+, and use/)
      expect(answer.body).not.toContain('Locked')
    }
    // To those who come without it there is no such map among theirs.
    expect([await titles('viewer'), (await call('GET', mapUrl(id), 'admin')).statusCode]).toEqual([[], 404])
    const wrong = await unlock(id, 'open sesam')
    expect([wrong.statusCode, wrong.json().code]).toEqual([401, 'invalid_credentials'])
    const token = (await unlock(id, 'open sesame')).json().token
    const read200 = await fetchMap(id, token)
    expect(read200.json()).toMatchObject({ title: 'Locked', token })
    const viewer = await testApp.request({ url: `/workspace-api/viewer/maps/${id}`, token })
    expect(viewer.json()).toMatchObject({ title: 'Locked', token, publishedWithPassword: true })
    expect((await view(id, 'editor')).json()).toMatchObject({ title: 'Locked', token: null })

    const other = await testApp.buildServer('other-server')
    const headers = { authorization: `Bearer ${token}`, host: 'localhost' }
    const elsewhere = async () => (await other.app.inject({ url: `/v3/maps/public/${id}`, headers })).statusCode
    expect(await elsewhere()).toBe(200)
    for (const password of ['another one', null, 'a third']) {
      const before = (await unlock(id, password === 'another one' ? 'open sesame' : 'another one')).json().token
      await setOptions(id, { password })
      // Without a password it opens for everybody, and tells a token of its own.
      const answer = await fetchMap(id, before)
      if (password === null) expect(answer.json().token).not.toBe(before)
      else expect(answer.statusCode).toBe(401)
    }
    testApp.clock.advance(1_001)
    expect(await elsewhere()).toBe(401)
    // Whom the map is shared with in another way needs no password, and is told no token.
    await share(id, { privacy: 'public', userIds: [testApp.users.guest.id] })
    expect((await view(id, 'guest')).json()).toMatchObject({ title: 'Locked', token: null })
    expect(await titles('guest')).toEqual(['Locked'])
    await setOptions(id, { password: null })
    expect((await fetchMap(id)).json().token).toMatch(/^gtm_/)
    const types = (await typesOf(id)).filter((type) => /^map\.password-(set|changed|removed)$/.test(type))
    expect(types.map((type) => type.replace('map.password-', ''))).toEqual([
      'set',
      'changed',
      'removed',
      'set',
      'removed',
    ])
    const told = JSON.stringify([
      await read(id, 'editor'),
      await testApp.store.selectFrom('activity').selectAll().execute(),
    ])
    expect(told).not.toMatch(/argon2|sesame/)
  })

  test('passwords are tried ten times from an address, and then again after a quarter of an hour', async () => {
    const id = await create(emptyMapDocument('Locked'))
    await setOptions(id, { password: 'open sesame' })
    expect((await unlock(id, 'open sesame')).statusCode).toBe(404)
    await share(id, { privacy: 'public' })
    for (let time = 0; time < 10; time++) expect((await unlock(id, `guess ${time}`)).statusCode).toBe(401)
    const refused = await unlock(id, 'open sesame')
    expect(refused.statusCode).toBe(429)
    expect(refused.json().error).toMatch(/^Too many failed attempts to open this map; try again in \d+ minutes\.$/)
    expect((await unlock(id, 'open sesame', '192.0.2.7')).statusCode).toBe(200)
    testApp.clock.advance(15 * 60_000)
    expect((await unlock(id, 'open sesame')).statusCode).toBe(200)
    // Each entry is in the log, told of once a moment for each address, however many there were.
    const entries = async () => {
      await testApp.activity.flush()
      const events = await testApp.store
        .selectFrom('activity')
        .selectAll()
        .where('asset_id', '=', id)
        .where('type', 'in', ['map.password-entered', 'map.password-refused'])
        .execute()
      const counts = new Map<string, number>()
      for (const { ip_address, reason_code, outcome, details } of events) {
        const key = `${ip_address} ${outcome} ${reason_code}`
        counts.set(key, (counts.get(key) ?? 0) + Number(details.count))
      }
      expect(JSON.stringify(events)).not.toMatch(/sesame|guess/)
      return { counts: Object.fromEntries(counts), events: events.length }
    }
    const counts = {
      '127.0.0.1 denied wrong_password': 10,
      '127.0.0.1 denied too_many_attempts': 1,
      '127.0.0.1 ok null': 1,
      '192.0.2.7 ok null': 1,
    }
    await expect.poll(async () => (await entries()).counts, { timeout: 5_000 }).toEqual(counts)
    expect((await entries()).events).toBeLessThan(13)
    expect((await call('PATCH', mapUrl(id, '/sharing-options'), 'editor', { password: 'abc' })).statusCode).toBe(400)
  })

  test('a map by its address alone opens for its readers and stands in no list but its owner’s', async () => {
    const group = await call('POST', '/workspace-api/groups', 'admin', { name: 'Sales' })
    const groupId = group.json().id
    const members = { userIds: [testApp.users.viewer.id] }
    await call('POST', `/workspace-api/groups/${groupId}/members`, 'admin', members)
    const id = await create(emptyMapDocument('Hidden'))
    await share(id, { privacy: 'shared', sharingScope: 'organization', groupIds: [groupId] })
    expect(await setOptions(id, { discoverable: false })).toMatchObject({ discoverable: false })
    await setOptions(id, { discoverable: false })
    for (const as of ['viewer', 'admin', 'superadmin'] as const) {
      expect((await read(id, as)).title).toBe('Hidden')
      expect((await view(id, as)).statusCode).toBe(200)
      for (const query of ['', 'scope=shared', 'search=Hidden']) expect(await titles(as, query)).toEqual([])
    }
    expect(await titles('editor', 'scope=mine')).toEqual(['Hidden'])
    const table = await call('GET', '/v3/accounts/resources?search=Hidden', 'superadmin')
    expect(table.json()).toMatchObject({ total: 1, resources: [{ id }] })
    const assets = (await call('GET', `/workspace-api/groups/${groupId}`, 'admin')).json().assets
    expect(assets).toMatchObject([{ id, name: null }])
    await setOptions(id, { discoverable: true })
    expect(await titles('viewer')).toEqual(['Hidden'])
    expect((await typesOf(id)).filter((type) => type === 'map.discoverability-changed')).toHaveLength(2)
  })

  test('whoever may open a map that is edited together edits and publishes it, and nothing else', async () => {
    const id = await create(emptyMapDocument('Ours'))
    await share(id, { privacy: 'shared' })
    expect((await read(id, 'admin')).permissions.edit).toEqual({
      allowed: false,
      reason: 'Only the owner can edit this map, as long as they let nobody help.',
    })
    await setOptions(id, { collaborative: true })
    await rename(id, 'Theirs too', 'admin')
    expect(await read(id, 'superadmin')).toMatchObject({ title: 'Theirs too', hasUnpublishedChanges: true })
    expect(await read(id, 'viewer')).toMatchObject({ title: 'Ours', permissions: { edit: { allowed: false } } })
    expect((await publish(id, 'admin')).json()).toMatchObject({ publishedBy: 'The admin' })
    expect((await read(id, 'viewer')).title).toBe('Theirs too')
    const refused = [
      await call('DELETE', mapUrl(id), 'admin'),
      await call('PUT', mapUrl(id, '/sharing'), 'admin', { privacy: 'public' }),
      await call('PATCH', mapUrl(id, '/sharing-options'), 'admin', { password: 'mine now' }),
      await call('PATCH', mapUrl(id), 'viewer', { revision: 2, document: emptyMapDocument('x') }),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403])
    const query = `subject=${testApp.users.admin.id}&action=map.update&asset=map:${id}`
    expect((await call('GET', `/v3/access/explain?${query}`, 'admin')).json()).toMatchObject({
      allowed: true,
      paths: [{ path: 'collaborator', groups: [] }],
      flips: expect.arrayContaining([
        { change: 'collaborative', sentence: 'If its owner did not let those edit it who may open it.' },
      ]),
    })
    const { revision, document } = await read(id, 'admin')
    await setOptions(id, { collaborative: false })
    expect((await call('PATCH', mapUrl(id), 'admin', { revision, document })).statusCode).toBe(403)
    expect((await publish(id, 'admin')).statusCode).toBe(403)
    // Without readers there is nobody to help.
    await setOptions(id, { collaborative: true })
    await share(id, { privacy: 'private' })
    expect((await call('PATCH', mapUrl(id), 'admin', { revision, document })).statusCode).toBe(404)
    expect((await call('PATCH', mapUrl(id), 'superadmin', { revision, document })).statusCode).toBe(403)
  })

  test('whoever helps with a map reads nothing new through its owner’s connections', async () => {
    await addConnection('wh', 'editor')
    await addConnection('theirs', 'admin')
    const query = datasetOf({ id: 'few', type: 'query', source: 'SELECT * FROM t WHERE a < $1', queryParameters: [1] })
    const document = { ...emptyMapDocument('Ours'), datasets: [datasetOf(), query] }
    document.keplerMapConfig.config.filters = { stores: { kind: { in: { values: ['mall'] } } } }
    const id = await create(document)
    await share(id, { privacy: 'shared' })
    await setOptions(id, { collaborative: true })
    const withDatasets = (...datasets: MapDataset[]) => edit(id, (present) => ({ ...present, datasets }), 'admin')
    const attacks: [string, () => ReturnType<typeof withDatasets>][] = [
      ['another table', () => withDatasets(datasetOf({ source: 'demo.secret' }), query)],
      ['other SQL', () => withDatasets(datasetOf(), { ...query, source: 'SELECT * FROM secret WHERE a < $1' })],
      ['other parameters', () => withDatasets(datasetOf(), { ...query, queryParameters: [1_000_000] })],
      ['SQL in place of a table', () => withDatasets(datasetOf({ type: 'query', source: 'SELECT 1' }), query)],
      ['one more column', () => withDatasets(datasetOf({ columns: ['kind', 'size', 'owner'] }), query)],
      ['all columns', () => withDatasets(datasetOf({ columns: null }), query)],
      ['another geometry', () => withDatasets(datasetOf({ geoColumn: 'home' }), query)],
      ['an aggregation', () => withDatasets(datasetOf({ aggregationExp: 'max(salary) AS m' }), query)],
      ['a new dataset', () => withDatasets(datasetOf(), query, datasetOf({ id: 'new', source: 'demo.secret' }))],
      ['the same once more', () => withDatasets(datasetOf(), query, datasetOf({ id: 'new' }))],
      ['two that change places', () => withDatasets({ ...query, id: 'stores' }, { ...datasetOf(), id: 'few' })],
      [
        'no filter',
        () =>
          edit(
            id,
            (present) => {
              present.keplerMapConfig.config.filters = {}
              return present
            },
            'admin',
          ),
      ],
    ]
    for (const [name, attack] of attacks) {
      const refused = await attack()
      expect(refused.statusCode, name).toBe(400)
      expect(refused.json().error, name).toMatch(/"wh"/)
    }
    expect((await read(id, 'editor')).revision).toBe(1)
    // Around what is the owner's they edit as they like, with what is theirs.
    const theirs = datasetOf({ id: 'theirs', connectionName: 'theirs' })
    const edited = await withDatasets(datasetOf({ label: 'Shops', columns: ['kind'] }), query, theirs)
    expect(edited.statusCode, edited.body).toBe(200)
    expect((await publish(id, 'admin')).statusCode).toBe(200)
    // And the owner does not reach what is theirs.
    const mine = await edit(id, (present) => {
      const datasets = present.datasets.map((each) => (each.id === 'theirs' ? { ...each, source: 'demo.pay' } : each))
      return { ...present, datasets }
    })
    expect(mine.json().error).toContain('"theirs"')
  })

  test('what nobody of those who stand behind the map may read any more cannot be published', async () => {
    await addConnection('wh', 'editor')
    const shareConnection = (payload: object) => call('PUT', '/v3/connections/wh/sharing', 'editor', payload)
    await shareConnection({ privacy: 'shared' })
    const id = await create(emptyMapDocument('Mine'), 'admin')
    await share(id, { privacy: 'public' }, 'admin')
    expect((await edit(id, (document) => ({ ...document, datasets: [datasetOf()] }), 'admin')).statusCode).toBe(200)
    await shareConnection({ privacy: 'private' })
    const refused = await publish(id, 'admin')
    expect([refused.statusCode, refused.json().details.connectionName]).toEqual([400, 'wh'])
    await shareConnection({ privacy: 'shared' })
    expect((await publish(id, 'admin')).statusCode).toBe(200)
    // What is published already does not hinder later updates.
    await shareConnection({ privacy: 'private' })
    await rename(id, 'Renamed', 'admin')
    expect((await publish(id, 'admin')).statusCode).toBe(200)
  })

  test('maps that were shared before there were drafts go on showing what they showed', async () => {
    const shared = await create(emptyMapDocument('Shared'))
    const alone = await create(emptyMapDocument('Alone'))
    const trashed = await create(emptyMapDocument('Trashed'))
    for (const id of [shared, trashed]) await share(id, { privacy: 'shared' })
    await rename(shared, 'Shared, as it is')
    await call('DELETE', mapUrl(trashed), 'editor')
    await sql`ALTER TABLE maps DROP COLUMN published_document, DROP COLUMN published_title, DROP COLUMN
      published_description, DROP COLUMN published_revision, DROP COLUMN published_at, DROP COLUMN published_by,
      DROP COLUMN password_hash, DROP COLUMN is_listed, DROP COLUMN is_collaborative`.execute(testApp.store)
    await MIGRATIONS['0019-published-maps']?.up(testApp.store)
    expect(await read(shared, 'viewer')).toMatchObject({ title: 'Shared, as it is', discoverable: true })
    expect(await read(shared, 'editor')).toMatchObject({ hasUnpublishedChanges: false, collaborative: false })
    const rows = await testApp.store.selectFrom('maps').select(['id', 'published_title']).execute()
    expect(Object.fromEntries(rows.map((row) => [row.id, row.published_title]))).toEqual({
      [shared]: 'Shared, as it is',
      [alone]: null,
      [trashed]: 'Trashed',
    })
  })
}
