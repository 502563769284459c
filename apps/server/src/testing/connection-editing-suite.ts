import { CONNECTION_LIMITS, type ConnectionSummary, emptyMapDocument, type Role } from '@graticule/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insertConnectionRow } from './connection-rows.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of editing, renaming and bookmarking connections on every engine. No warehouse is asked. */
export function describeConnectionEditing(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())

  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const edit = (name: string, payload: object, as: Role = 'editor') =>
    call('PATCH', `/v3/connections/${name}`, as, payload)
  const read = async (name: string, as: Role = 'editor') =>
    (await call('GET', `/v3/connections/${name}`, as)).json<ConnectionSummary>()
  const add = (name: string) => insertConnectionRow(testApp, name)
  const eventsOf = (id: string) =>
    testApp.store
      .selectFrom('activity')
      .select(['type', 'actor_id', 'details'])
      .where('asset_id', '=', id)
      .orderBy('position')
      .execute()

  async function addMap(connectionName: string): Promise<string> {
    const dataset = { id: 'd1', type: 'table', source: 'demo.stores', connectionName, providerId: 'postgres' }
    const datasets = [{ ...dataset, label: 'Stores', geoColumn: 'geom', columns: null, format: 'tilejson' }]
    const document = { ...emptyMapDocument(connectionName), datasets }
    const created = await call('POST', '/workspace-api/maps', 'editor', { document })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  describe('renaming', () => {
    test('keeps the old name as an alias that nobody else can take, and takes it back', async () => {
      const id = await add('first-name')
      await add('bystander')
      const renamed = await edit('first-name', { name: 'second-name' })
      expect(renamed.statusCode, renamed.body).toBe(200)
      expect(renamed.json()).toMatchObject({ id, name: 'second-name', aliases: ['first-name'], revision: 2 })
      expect(await read('first-name')).toMatchObject({ id, name: 'second-name' })
      expect((await eventsOf(id)).at(-1)).toMatchObject({
        type: 'connection.renamed',
        actor_id: testApp.users.editor.id,
        details: { from: 'first-name', name: 'second-name' },
      })
      const taken = await edit('bystander', { name: 'first-name' })
      expect(taken.statusCode).toBe(409)
      expect(taken.json().error).toContain('an earlier name of the connection "second-name"')
      const back = await edit('second-name', { name: 'first-name' })
      expect(back.json()).toMatchObject({ name: 'first-name', aliases: ['second-name'] })
    })

    test('is refused for names that are taken, reserved or not names', async () => {
      await add('renamed')
      await add('occupied')
      expect((await edit('renamed', { name: 'occupied' })).statusCode).toBe(409)
      for (const name of ['public', 'Has Spaces', 'ab', '-dash']) {
        expect((await edit('renamed', { name })).statusCode, name).toBe(400)
      }
      expect((await edit('renamed', { name: 'stolen' }, 'admin')).statusCode).toBe(403)
      expect(await read('renamed')).toMatchObject({ name: 'renamed', revision: 1 })
    })

    test('of several connections to one name at once succeeds for exactly one, also against an alias', async () => {
      await add('runner-one')
      await add('runner-two')
      await add('runner-three')
      const wishes = [
        edit('runner-one', { name: 'the-prize' }),
        edit('runner-two', { name: 'the-prize' }),
        // Leaves its name as an alias while somebody wants that name.
        edit('runner-three', { name: 'runner-gone' }),
        edit('runner-one', { name: 'runner-three' }),
      ]
      const answers = await Promise.all(wishes)
      for (const { statusCode, body } of answers) expect([200, 404, 409], body).toContain(statusCode)
      const rows = await testApp.store.selectFrom('connections').select(['name', 'aliases']).execute()
      const names = rows.flatMap(({ name, aliases }) => [name, ...aliases])
      expect(new Set(names).size).toBe(names.length)
      expect(rows.filter(({ name, aliases }) => [name, ...aliases].includes('the-prize'))).toHaveLength(1)
    })

    test('what uses an alias that is taken off names the connection by its present name', async () => {
      const id = await add('old-times')
      const map = await addMap('old-times')
      await edit('old-times', { name: 'new-times' })
      const kept = await call('GET', '/v3/connections/new-times/dependents', 'editor')
      expect(kept.json()).toMatchObject({ dependents: [{ kind: 'map', id: map }], hiddenCount: 0 })
      const invented = await edit('new-times', { aliases: ['old-times', 'invented'] })
      expect(invented.statusCode).toBe(400)
      const removed = await edit('new-times', { aliases: [] })
      expect(removed.json()).toMatchObject({ name: 'new-times', aliases: [] })
      const { document } = (await call('GET', `/workspace-api/maps/${map}`, 'editor')).json()
      expect(document.datasets[0].connectionName).toBe('new-times')
      expect((await call('GET', '/v3/connections/old-times', 'editor')).statusCode).toBe(404)
      expect((await eventsOf(id)).at(-1)?.details).toMatchObject({ aliasesRemoved: ['old-times'] })
      await add('old-times')
    })

    test('goes on until there are as many aliases as there can be', async () => {
      await add('many-names-0')
      for (let number = 1; number <= CONNECTION_LIMITS.aliases; number++) {
        const renamed = await edit(`many-names-${number - 1}`, { name: `many-names-${number}` })
        expect(renamed.statusCode, renamed.body).toBe(200)
      }
      const refused = await edit('many-names-0', { name: 'one-too-many' })
      expect(refused.json()).toMatchObject({ status: 422, details: { rule: 'connection.aliases' } })
    })
  })

  describe('an edit', () => {
    test('that is made on an older state is refused, and of two at once one is', async () => {
      await add('edited')
      const { revision } = await read('edited')
      const wishes = [1, 2].map((count) => edit('edited', { revision, options: { maxConcurrentQueries: count } }))
      expect((await Promise.all(wishes)).map(({ statusCode }) => statusCode).sort()).toEqual([200, 409])
      const stale = await edit('edited', { revision, name: 'stale' })
      expect(stale.json()).toMatchObject({ status: 409, error: expect.stringContaining('meanwhile') })
    })

    test('of the options keeps what is left out, and refuses what is out of bounds', async () => {
      const id = await add('tuned')
      const limits = { maxConcurrentQueries: null, queryTimeoutSeconds: null }
      const defaults = { ...limits, tempSchema: null, toolboxSchema: null, exports: null }
      expect((await read('tuned')).options).toEqual({ ...defaults, neverCache: false })
      await edit('tuned', { options: { queryTimeoutSeconds: 30, tempSchema: 'scratch', neverCache: true } })
      const changed = await edit('tuned', { options: { tempSchema: null, toolboxSchema: 'carto', unheardOf: 1 } })
      const wanted = { ...defaults, queryTimeoutSeconds: 30, toolboxSchema: 'carto', neverCache: true }
      expect(changed.json()).toMatchObject({ options: wanted, revision: 3 })
      expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'connection.updated', details: { options: wanted } })
      const wrong = [
        { maxConcurrentQueries: 0 },
        { maxConcurrentQueries: 101 },
        { queryTimeoutSeconds: 3_601 },
        { tempSchema: 'not a "name"' },
      ]
      for (const options of wrong) {
        expect((await edit('tuned', { options })).statusCode, JSON.stringify(options)).toBe(400)
      }
      const { options } = await testApp.store
        .selectFrom('connections')
        .select('options')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      expect(options).toEqual(wanted)
    })
  })

  describe('a bookmark', () => {
    test('is one’s own, is kept once, and goes with the connection', async () => {
      const id = await add('at-hand')
      const url = '/v3/connections/at-hand/bookmark'
      for (let again = 0; again < 2; again++) expect((await call('PUT', url, 'viewer')).statusCode).toBe(204)
      expect((await read('at-hand', 'viewer')).bookmarked).toBe(true)
      expect((await read('at-hand')).bookmarked).toBe(false)
      expect((await call('DELETE', url, 'viewer')).statusCode).toBe(204)
      expect((await call('DELETE', url, 'viewer')).statusCode).toBe(204)
      expect((await read('at-hand', 'viewer')).bookmarked).toBe(false)
      expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
        'connection.bookmarked',
        'connection.bookmark-removed',
      ])
      await call('PUT', url, 'viewer')
      expect((await call('DELETE', '/v3/connections/at-hand', 'editor')).statusCode).toBe(204)
      expect(await testApp.store.selectFrom('connection_bookmarks').selectAll().execute()).toEqual([])
    })

    test('is of something that one may use', async () => {
      await insertConnectionRow(testApp, 'hidden-one', { isShared: false })
      expect((await call('PUT', '/v3/connections/hidden-one/bookmark', 'viewer')).statusCode).toBe(404)
      expect((await call('PUT', '/v3/connections/no-such/bookmark', 'viewer')).statusCode).toBe(404)
    })
  })
}
