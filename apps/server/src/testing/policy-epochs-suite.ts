import { afterAll, beforeAll, expect, test } from 'vitest'
import { ActivityLog, SYSTEM_ACTOR } from '../platform/activity/activity-log.ts'
import { PolicyEpochs } from '../platform/cache/policy-epochs.ts'
import { ManualClock } from '../platform/clock/clock.ts'
import type { EmptyDatabase } from '../platform/db/conformance/store-suite.ts'
import { openDatabase, type Store } from '../platform/db/database.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import { deleteOrganizationRows } from '../platform/db/organization-rows.ts'

const AT = new Date('2026-03-01T12:34:56.789Z')
const ONE = 'ac_one'
const TWO = 'ac_two'

/** What the policy epochs must do on every engine that may hold them. */
export function describePolicyEpochs(openEmptyDatabase: () => Promise<EmptyDatabase>): void {
  let database: EmptyDatabase
  let store: Store
  let activity: ActivityLog

  beforeAll(async () => {
    database = await openEmptyDatabase()
    store = openDatabase(database.url)
    await migrateDatabase(store)
    const rows = [ONE, TWO].map((id) => ({ id, name: id, is_demo: false, created_at: AT }))
    await store.insertInto('organizations').values(rows).execute()
    activity = new ActivityLog(store, new ManualClock(AT), () => undefined)
  })
  afterAll(async () => {
    await store.destroy()
    await database.close()
  })

  const read = async (organizationId: string) => Number(await new PolicyEpochs(store).read(organizationId))
  const record = (...events: (readonly [organizationId: string | null, type: string])[]) =>
    store.transaction().execute((transaction) =>
      activity.recordAll(
        transaction,
        events.map(([organizationId, type]) => ({ organizationId, actor: SYSTEM_ACTOR, type })),
      ),
    )

  test('move once with each transaction that changes rights, and in its organization alone', async () => {
    const before = [await read(ONE), await read(TWO)] as const
    await record([ONE, 'group.member-removed'])
    expect(await read(ONE)).toBe(before[0] + 1)
    await record([ONE, 'user.role-changed'], [ONE, 'viewer-credential.removed'], [null, 'server.started'])
    expect(await read(ONE)).toBe(before[0] + 2)
    expect(await read(TWO)).toBe(before[1])
    await record([ONE, 'token.revoked'], [TWO, 'token.revoked'])
    expect([await read(ONE), await read(TWO)]).toEqual([before[0] + 3, before[1] + 1])
  })

  test('move with every type of event that nobody has said anything about', async () => {
    const before = await read(ONE)
    await record([ONE, 'something.new'])
    expect(await read(ONE)).toBe(before + 1)
  })

  test('stay where they are when somebody reads, signs in or edits, and when a change is rolled back', async () => {
    const before = await read(ONE)
    await record([ONE, 'data.read'], [ONE, 'warehouse.statement'], [ONE, 'session.created'], [ONE, 'map.updated'])
    await store
      .transaction()
      .execute(async (transaction) => {
        await activity.record(transaction, { organizationId: ONE, actor: SYSTEM_ACTOR, type: 'group.deleted' })
        throw new Error('changed my mind')
      })
      .catch(() => undefined)
    expect(await read(ONE)).toBe(before)
  })

  test('lose no move, whoever commits at the same time and in whichever order', async () => {
    const before = [await read(ONE), await read(TWO)] as const
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 2 === 0
          ? record([ONE, 'group.created'], [TWO, 'group.created'])
          : record([TWO, 'group.created'], [ONE, 'group.created']),
      ),
    )
    expect([await read(ONE), await read(TWO)]).toEqual([before[0] + 12, before[1] + 12])
  })

  test('go with their organization', async () => {
    const id = 'ac_gone'
    await store.insertInto('organizations').values({ id, name: id, is_demo: false, created_at: AT }).execute()
    await record([id, 'group.created'])
    await store.transaction().execute((transaction) => deleteOrganizationRows(transaction, id))
    const rows = await store.selectFrom('policy_epochs').select('epoch').where('organization_id', '=', id).execute()
    expect(rows).toEqual([])
  })

  test('are read once a second, and at once after a change of our own', async () => {
    let now = 0
    const epochs = new PolicyEpochs(store, () => now)
    const first = await epochs.read(ONE)
    await record([ONE, 'group.created'])
    now = 999
    expect(await epochs.read(ONE)).toBe(first)
    now = 1_000
    const second = await epochs.read(ONE)
    expect(Number(second)).toBe(Number(first) + 1)
    await record([ONE, 'group.created'])
    epochs.forget()
    expect(Number(await epochs.read(ONE))).toBe(Number(second) + 1)
  })

  test('are believed for three seconds of a store that does not answer, and not a moment longer', async () => {
    let now = 0
    const own = openDatabase(database.url)
    const epochs = new PolicyEpochs(own, () => now)
    const known = await epochs.read(ONE)
    await own.destroy()
    now = 2_999
    expect(await epochs.read(ONE)).toBe(known)
    now = 3_000
    await expect(epochs.read(ONE)).rejects.toThrow()
    await expect(epochs.read(TWO)).rejects.toThrow()
  })
}
