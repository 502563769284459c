import { emptyMapDocument, type MapDetail, type Role } from '@graticule/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ConnectionRow, insertConnectionRow } from './connection-rows.ts'
import type { TestApp } from './create-test-app.ts'

/** What holds of deleting connections on every engine that may keep the metadata. No warehouse is asked. */
export function describeConnectionRemoval(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  let count = 0
  let used = ''
  let target = ''

  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    count += 1
    used = `used-${count}`
    target = `target-${count}`
    await addConnection(used)
    await addConnection(target)
  })

  const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, as: Role, payload?: object) =>
    testApp.request({ method, url, as, ...(payload ? { payload } : {}) })
  const idOf = (role: Role) => testApp.users[role].id

  const addConnection = (name: string, options?: ConnectionRow) => insertConnectionRow(testApp, name, options)

  async function addMap(as: Role, title: string, connectionName = used): Promise<MapDetail> {
    const dataset = { id: 'd1', type: 'table', source: 'demo.stores', connectionName, providerId: 'postgres' }
    const datasets = [{ ...dataset, label: title, geoColumn: 'geom', columns: null, format: 'tilejson' }]
    const created = await call('POST', '/workspace-api/maps', as, {
      document: { ...emptyMapDocument(title), datasets },
    })
    expect(created.statusCode, created.body).toBe(201)
    return created.json()
  }

  async function addWorkflow(as: Role, title: string): Promise<string> {
    const created = await call('POST', '/workspace-api/workflows', as, { title, connectionId: used })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function addToken(as: Role, names: readonly string[]): Promise<string> {
    const grants = names.map((name) => ({ connection_name: name, source: 'demo.stores' }))
    const created = await call('POST', '/v3/tokens', as, { name: 'app', grants, allowed_apis: ['sql'] })
    expect(created.statusCode, created.body).toBe(201)
    return created.json().id
  }

  async function addNamedSource(as: Role, name: string): Promise<string> {
    const { id: connection_id } = await testApp.store
      .selectFrom('connections')
      .select('id')
      .where('name', '=', used)
      .executeTakeFirstOrThrow()
    const id = `ns-${name}`
    const at = testApp.clock.now()
    await testApp.store
      .insertInto('named_sources')
      .values({
        id,
        organization_id: testApp.organizationId,
        connection_id,
        owner_id: idOf(as),
        name,
        description: '',
        sql: 'SELECT 1 AS one',
        created_at: at,
        updated_at: at,
      })
      .execute()
    return id
  }

  const remove = (query = '', as: Role = 'editor') => call('DELETE', `/v3/connections/${used}${query}`, as)
  const readRow = (id: string) =>
    testApp.store.selectFrom('maps').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const namesIn = (document: { datasets: { connectionName: string }[] } | null) =>
    document?.datasets.map(({ connectionName }) => connectionName)
  const eventsOf = (id: string) =>
    testApp.store.selectFrom('activity').select(['type', 'details']).where('asset_id', '=', id).orderBy('seq').execute()

  describe('a connection in use', () => {
    test('is not deleted; the refusal lists what the asker may know and counts the rest', async () => {
      const own = await addMap('editor', 'Own map')
      const workflow = await addWorkflow('editor', 'Nightly')
      await addMap('admin', 'Somebody’s private map')
      const token = await addToken('editor', [used])
      const refused = await remove()
      expect(refused.statusCode).toBe(409)
      const owner = { id: idOf('editor') }
      expect(refused.json()).toMatchObject({
        code: 'conflict',
        error: expect.stringMatching(/^2 maps, 1 workflow and 1 token read from/),
        details: {
          dependents: [
            { kind: 'map', id: own.id, title: 'Own map', owner },
            { kind: 'workflow', id: workflow, title: 'Nightly', owner },
            { kind: 'token', id: token, title: 'app', owner },
          ],
          hiddenCount: 1,
        },
      })
      expect(refused.body).not.toContain('private map')
      expect((await call('GET', `/v3/connections/${used}`, 'editor')).statusCode).toBe(200)
    })

    test('is not deleted under a named source, which goes over to what takes its place', async () => {
      const own = await addNamedSource('editor', `sales-${count}`)
      const theirs = await addNamedSource('admin', `costs-${count}`)
      const refused = await remove()
      expect(refused.json()).toMatchObject({
        status: 409,
        error: expect.stringMatching(/^2 named sources read from/),
        details: { dependents: [{ kind: 'named source', id: own, title: `sales-${count}` }], hiddenCount: 1 },
      })
      const replaced = await remove(`?targetConnectionId=${target}`)
      expect(replaced.json()).toEqual({ repointed: { map: 0, workflow: 0, 'named source': 2, token: 0 } })
      const rows = await testApp.store
        .selectFrom('named_sources')
        .innerJoin('connections', 'connections.id', 'named_sources.connection_id')
        .select(['named_sources.id', 'connections.name'])
        .where('named_sources.id', 'in', [own, theirs])
        .execute()
      expect(rows).toHaveLength(2)
      expect(rows.map(({ name }) => name)).toEqual([target, target])
      expect(await eventsOf(theirs)).toContainEqual({
        type: 'named-source.repointed',
        details: { name: `costs-${count}`, from: used, to: target, cause: 'connection.deleted' },
      })
    })

    test('is not replaced by one of another kind, of another owner, that is hidden, or by itself; nothing changes', async () => {
      const map = await addMap('editor', 'Own map')
      const suffix = String(count)
      await addConnection(`kind-${suffix}`, { providerId: 'other' })
      await addConnection(`owner-${suffix}`, { owner: 'admin' })
      await addConnection(`hidden-${suffix}`, { owner: 'admin', isShared: false })
      const cases = [
        [`kind-${suffix}`, 422, 'connection.target.provider'],
        [`owner-${suffix}`, 422, 'connection.target.owner'],
        [used, 422, 'connection.target.other'],
        [`hidden-${suffix}`, 404, undefined],
        ['no-such', 404, undefined],
      ] as const
      for (const [name, status, rule] of cases) {
        const refused = await remove(`?targetConnectionId=${name}`)
        expect(refused.statusCode, `${name}: ${refused.body}`).toBe(status)
        expect(refused.json().details?.rule).toBe(rule)
      }
      expect(namesIn((await readRow(map.id)).document)).toEqual([used])
      expect((await call('GET', `/v3/connections/${used}`, 'editor')).statusCode).toBe(200)
    })

    test('goes once another takes its place: drafts, published versions, workflows and the trash follow', async () => {
      const shared = await addMap('editor', 'Shared map')
      await call('PUT', `/workspace-api/maps/${shared.id}/sharing`, 'editor', { privacy: 'shared' })
      const theirs = await addMap('admin', 'Their map')
      const trashed = await addMap('editor', 'In the trash')
      await call('DELETE', `/workspace-api/maps/${trashed.id}`, 'editor')
      const workflow = await addWorkflow('editor', 'Nightly')
      const gone = (await call('GET', `/v3/connections/${used}`, 'editor')).json().id
      const replaced = await remove(`?targetConnectionId=${target}`)
      expect(replaced.statusCode, replaced.body).toBe(200)
      expect(replaced.json()).toEqual({ repointed: { map: 3, workflow: 1, 'named source': 0, token: 0 } })
      const row = await readRow(shared.id)
      expect(namesIn(row.document)).toEqual([target])
      expect(namesIn(row.published_document)).toEqual([target])
      // What readers see is still what the draft is.
      expect(row.published_revision).toBe(row.revision)
      for (const id of [theirs.id, trashed.id]) expect(namesIn((await readRow(id)).document)).toEqual([target])
      const found = (await call('GET', `/workspace-api/workflows/${workflow}`, 'editor')).json()
      expect(found.connection).toMatchObject({ name: target })
      expect(await eventsOf(theirs.id)).toContainEqual({
        type: 'map.repointed',
        details: expect.objectContaining({ from: used, to: target, cause: 'connection.deleted' }),
      })
      expect(await eventsOf(gone)).toContainEqual({
        type: 'connection.deleted',
        details: expect.objectContaining({ name: used, replacedByName: target }),
      })
      // They are found by the new name, and whoever had one open does not save the old name over it.
      const search = await call('GET', `/workspace-api/maps?q=${target}`, 'editor')
      expect(search.json().maps.map(({ id }: { id: string }) => id)).toContain(shared.id)
      const stale = await call('PATCH', `/workspace-api/maps/${shared.id}`, 'editor', {
        revision: shared.revision,
        document: shared.document,
      })
      expect(stale.statusCode).toBe(409)
      expect((await call('GET', `/v3/connections/${used}`, 'editor')).statusCode).toBe(404)
    })

    test('leaves grants to those whose owners may use what takes its place, and ends the others', async () => {
      await testApp.store.deleteFrom('grants').where('asset_kind', '=', 'connection').execute()
      const id = (await call('GET', `/v3/connections/${used}`, 'editor')).json().id
      await call('PATCH', `/v3/connections/${id}`, 'editor', { privacy: 'shared' })
      const other = `other-${count}`
      await addConnection(other)
      const own = await addToken('editor', [used])
      const both = await addToken('admin', [used, other])
      const lost = await addToken('admin', [used])
      expect((await remove(`?targetConnectionId=${target}`)).statusCode).toBe(200)
      const rows = await testApp.store.selectFrom('tokens').selectAll().execute()
      const grantsOf = (token: string) => {
        const row = rows.find((found) => found.id === token)
        return [row?.grants.map((grant) => grant.connection_name), row?.revoked_at !== null]
      }
      expect(grantsOf(own)).toEqual([[target], false])
      expect(grantsOf(both)).toEqual([[other], false])
      expect(grantsOf(lost)).toEqual([[], true])
      expect((await eventsOf(lost)).map(({ type }) => type)).toContain('token.revoked')
    })
  })

  test('a map saved while its connection is deleted either keeps it or is refused', async () => {
    const rounds = Array.from({ length: 6 }, (_, round) => `race-${count}-${round}`)
    for (const name of rounds) {
      await addConnection(name)
      const map = await addMap('editor', name, target)
      const datasets = map.document.datasets.map((dataset) => ({ ...dataset, connectionName: name }))
      const saving = call('PATCH', `/workspace-api/maps/${map.id}`, 'editor', {
        revision: map.revision,
        document: { ...map.document, datasets },
      })
      const deleting = call('DELETE', `/v3/connections/${name}`, 'editor')
      const [saved, deleted] = await Promise.all([saving, deleting])
      const outcome = [saved.statusCode, deleted.statusCode]
      // Saved first and so in use; deleted first and so gone: found missing before, or under the lock.
      expect([
        [200, 409],
        [409, 204],
        [400, 204],
      ]).toContainEqual(outcome)
      const isThere = (await call('GET', `/v3/connections/${name}`, 'editor')).statusCode === 200
      expect(namesIn((await readRow(map.id)).document)).toEqual([isThere ? name : target])
    }
  })

  test('two connections that are to take each other’s place do not both go', async () => {
    await addMap('editor', 'One', used)
    await addMap('editor', 'Other', target)
    const answers = await Promise.all([
      call('DELETE', `/v3/connections/${used}?targetConnectionId=${target}`, 'editor'),
      call('DELETE', `/v3/connections/${target}?targetConnectionId=${used}`, 'editor'),
    ])
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 404])
    const left = await testApp.store
      .selectFrom('connections')
      .select('name')
      .where('name', 'in', [used, target])
      .execute()
    expect(left).toHaveLength(1)
  })

  test('making it private warns with whose work stops before, and says so afterwards', async () => {
    await addMap('admin', 'Their map')
    await addMap('admin', 'Their other map')
    await addMap('editor', 'Own map')
    const url = `/v3/connections/${used}/sharing`
    const preview = await call('POST', `${url}/preview`, 'editor', { privacy: 'private' })
    expect(preview.json()).toMatchObject({
      lossCount: 3,
      breaks: [{ owner: { id: idOf('admin'), name: 'The admin' }, counts: { map: 2 } }],
    })
    const same = await call('POST', `${url}/preview`, 'editor', { privacy: 'shared' })
    expect(same.json().breaks).toEqual([])
    await call('PUT', url, 'editor', { privacy: 'private' })
    const tile = await call('GET', `/v3/maps/${used}/table?name=demo.stores`, 'admin')
    expect(tile.statusCode).toBe(403)
    expect(tile.json()).toMatchObject({
      code: 'source_not_granted',
      error: expect.stringContaining(`The connection "${used}" that your map draws from is not shared with you`),
    })
  })
}
