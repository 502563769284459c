import type { PostureFinding, PostureReport, PostureSeverity } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listConnectionsById } from '../features/connections/connection-store.ts'
import { PostureService } from '../features/posture/posture-service.ts'
import { claimDue, findPosture, listDue } from '../features/posture/posture-store.ts'
import type { UserCaller } from '../http/caller.ts'
import { toJson } from '../platform/db/database.ts'
import { createId } from '../platform/db/ids.ts'
import type { GovernedWarehouse } from '../platform/warehouses/governed-warehouse.ts'
import type { TestApp } from './create-test-app.ts'

const HOUR_MS = 3_600_000

/** What holds of keeping the postures of connections on every engine that may keep them. */
export function describePostures(createApp: () => Promise<TestApp>): void {
  let testApp: TestApp
  /** What the next check finds: the embedded engine has no server beside it to look at; `posture.db.test.ts` has one. */
  let found: PostureReport
  let checked: string[]
  let whileChecking: () => Promise<unknown>

  // One application for all: making a store anew takes the embedded engine longer than the tests.
  beforeAll(async () => {
    testApp = await createApp()
  })
  afterAll(() => testApp.close())
  beforeEach(async () => {
    await testApp.store.deleteFrom('connections').execute()
    whileChecking = async () => undefined
    found = report('green', [])
    checked = []
  })

  async function addConnection(name: string): Promise<string> {
    const id = createId()
    const now = new Date(testApp.clock.now().getTime() - 72 * HOUR_MS)
    await testApp.store
      .insertInto('connections')
      .values({
        ...{ id, name, organization_id: testApp.organizationId, provider_id: 'postgres', embedded: false },
        ...{ owner_id: testApp.users.editor.id, config: toJson({}), secrets: null, credential_version: 1 },
        ...{ aliases: toJson([]), created_at: now, updated_at: now },
      })
      .execute()
    return id
  }

  function createService(): PostureService {
    const { store, activity, clock } = testApp
    const findById = async (organizationId: string, id: string) =>
      (await listConnectionsById(store, [id])).find((owned) => owned.connection.organizationId === organizationId)
        ?.connection ?? null
    return new PostureService({
      store,
      activity,
      clock,
      findById,
      findUsable: async (_principal, id) => {
        const connection = await findById(testApp.organizationId, id)
        if (!connection) throw new Error('There is no such connection.')
        return connection
      },
      findProvider: () => {
        throw new Error('Nothing is compiled here.')
      },
      openOwn: ({ id }) =>
        ({
          checkPosture: async () => {
            checked.push(id)
            await whileChecking()
            return found
          },
        }) as unknown as GovernedWarehouse,
      isOwnerRightsForbidden: async () => false,
      onError: (error) => {
        throw error
      },
    })
  }

  const listChanges = (connectionId: string) =>
    testApp.store
      .selectFrom('activity')
      .selectAll()
      .where('asset_id', '=', connectionId)
      .where('type', '=', 'connection.posture-changed')
      .orderBy('position')
      .execute()

  test('of many servers that want to check a connection by night, one does', async () => {
    const ids = [await addConnection('first'), await addConnection('second')]
    const now = testApp.clock.now()
    const before = new Date(now.getTime() - HOUR_MS)
    for (const id of ids) {
      const claims = await Promise.all(Array.from({ length: 8 }, () => claimDue(testApp.store, id, before, now)))
      expect(claims.filter(Boolean)).toHaveLength(1)
    }
    expect(await listDue(testApp.store, before, 10)).toEqual([])
  })

  test('servers that sweep at once check every connection one time, and again in the next night', async () => {
    const ids = [await addConnection('one'), await addConnection('two'), await addConnection('three')]
    const servers = [createService(), createService(), createService()]
    const sweep = () => Promise.all(servers.map((server) => server.checkDue(testApp.clock.now())))
    await sweep()
    expect(checked.toSorted()).toEqual(ids.toSorted())
    await sweep()
    expect(checked).toHaveLength(ids.length)
    testApp.clock.advance(24 * HOUR_MS)
    await sweep()
    expect(checked).toHaveLength(2 * ids.length)
  })

  test('a change of what is to be mended leaves an event of the system, and numbers that move leave none', async () => {
    const id = await addConnection('changing')
    const service = createService()
    const night = async (next: PostureReport) => {
      found = next
      testApp.clock.advance(24 * HOUR_MS)
      await service.checkDue(testApp.clock.now())
    }
    await night(report('amber', [problem('owner-view', 'amber', 'public.seen', 10)]))
    await night(report('amber', [problem('owner-view', 'amber', 'public.seen', 11)]))
    await night(report('red', [problem('superuser', 'red', null, null)]))
    await night(report('green', []))
    const events = await listChanges(id)
    expect(events.map(({ actor_kind, asset_id, details }) => [actor_kind, asset_id, details.from, details.to])).toEqual(
      [
        ['system', id, null, 'amber'],
        ['system', id, 'amber', 'red'],
        ['system', id, 'red', 'green'],
      ],
    )
    expect(events[1]?.details).toMatchObject({ appeared: ['superuser'], disappeared: ['owner-view public.seen'] })
    expect(await findPosture(testApp.store, id)).toMatchObject({ report: { severity: 'green' }, failure: null })
  })

  test('checks at the same moment leave one event of one change', async () => {
    const id = await addConnection('raced')
    found = report('red', [problem('superuser', 'red', null, null)])
    const service = createService()
    const caller = editor()
    for (let attempt = 0; attempt < 6; attempt++) service.noteSaved(caller, id)
    await service.settle()
    expect(checked).toHaveLength(6)
    expect(await listChanges(id)).toHaveLength(1)
  })

  test('a report on a login that was replaced meanwhile is not kept', async () => {
    const id = await addConnection('replaced')
    whileChecking = () =>
      testApp.store.updateTable('connections').set({ credential_version: 2 }).where('id', '=', id).execute()
    const service = createService()
    service.noteSaved(editor(), id)
    await service.settle()
    expect(checked).toEqual([id])
    expect(await findPosture(testApp.store, id)).toMatchObject({ report: null, checkedAt: null })
    expect(await listChanges(id)).toEqual([])
  })

  test('viewer credentials need a login without red findings, or a reason', async () => {
    const id = await addConnection('cleared')
    const service = createService()
    const caller = editor()
    expect(await service.get(caller, id)).toEqual({ state: 'unchecked', checkedAt: null, report: null, failure: null })
    const [owned] = await listConnectionsById(testApp.store, [id])
    const connection = owned?.connection
    if (!connection) throw new Error('There is no such connection.')
    const clear = (reason?: string) => service.requirePosture(caller, connection, reason)
    expect(await clear()).toEqual({ severity: 'green', reason: null })
    found = report('red', [problem('superuser', 'red', null, null)])
    for (const reason of [undefined, '', '  ']) {
      await expect(clear(reason)).rejects.toMatchObject({
        code: 'rule_violated',
        details: { rule: 'connection.posture.red', findings: [{ rule: 'superuser' }] },
      })
    }
    expect(await clear(' a test database ')).toEqual({ severity: 'red', reason: 'a test database' })
  })

  function editor(): UserCaller {
    const { id: userId, role } = testApp.users.editor
    const { organizationId } = testApp
    const principal: UserPrincipal = { kind: 'user', userId, organizationId, role, sessionId: 'none', groupIds: [] }
    return { principal, requestId: 'test', signal: new AbortController().signal }
  }
}

function report(severity: PostureSeverity, findings: PostureFinding[]): PostureReport {
  return { severity, login: 'reader', serverVersion: '15.1', isEncrypted: true, findings, tables: [], omittedCount: 0 }
}

function problem(rule: string, severity: PostureSeverity, object: string | null, shown: number | null): PostureFinding {
  const observed = shown === null ? null : { shown, allowed: 1 }
  return { rule, severity, sentence: 'Something is wrong.', object, remedy: 'SELECT 1;', observed }
}
