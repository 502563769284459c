import { readFile } from 'node:fs/promises'
import { createDatabase, startPostgres, type TestPostgres } from '@graticule/testkit'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { MIGRATIONS } from '../../migrations/index.ts'
import { ManualClock } from '../clock/clock.ts'
import { openDatabase, type Store } from '../db/database.ts'
import { migrateDatabase } from '../db/migrate.ts'
import { parseMasterKey } from '../secrets/master-key.ts'
import { SecretBox } from '../secrets/secret-box.ts'
import { type ActivityEntry, ActivityLog } from './activity-log.ts'
import { CheckpointKeys } from './checkpoint-keys.ts'
import { Checkpoints } from './checkpoints.ts'
import { removeOldActivity } from './retention.ts'
import { verifyChain } from './verify-chain.ts'

const AT = new Date('2026-03-01T12:34:56.789Z')
const DAY_MS = 86_400_000
const ONE = 'ac_one'

let server: TestPostgres
let database: Awaited<ReturnType<typeof createDatabase>>
let store: Store
let clock: ManualClock
let activity: ActivityLog
let keys: CheckpointKeys
let checkpoints: Checkpoints

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  database = await createDatabase(server, { postgis: false })
  store = openDatabase(database.connectionString)
  clock = new ManualClock(AT)
  activity = new ActivityLog(store, clock, () => undefined)
  const key = parseMasterKey('ab'.repeat(32))
  if (key === null) throw new Error('The test key is not a key.')
  keys = new CheckpointKeys(store, SecretBox.ofOneKey(key), clock)
  checkpoints = new Checkpoints(store, keys, clock, null)
})
afterEach(async () => {
  await store.destroy()
  await database.drop()
})

const verify = () => verifyChain(store, keys, checkpoints, ONE)

async function prepare(): Promise<void> {
  await migrateDatabase(store)
  await store.insertInto('organizations').values({ id: ONE, name: 'One', is_demo: false, created_at: AT }).execute()
}

function mixedEvent(number: number): ActivityEntry {
  const actor = { kind: number % 5 === 0 ? ('system' as const) : ('user' as const), id: `user-${number % 50}` }
  const kinds = ['map.updated', 'session.refused', 'warehouse.statement', 'data.read', 'user.created']
  const details = { number, email: `person-${number}@example.org`, ratio: number / 7 }
  return {
    organizationId: ONE,
    actor,
    type: kinds[number % kinds.length] ?? 'map.updated',
    assetId: `a${number}`,
    details,
  }
}

/** As a database administrator, whom no trigger stops; afterwards everything is as before. */
async function findProblemAfter(statement: string): Promise<string | undefined> {
  let found: string | undefined
  const undone = store.transaction().execute(async (transaction) => {
    await sql`ALTER TABLE activity_events DISABLE TRIGGER USER`.execute(transaction)
    await sql`ALTER TABLE activity_checkpoints DISABLE TRIGGER USER`.execute(transaction)
    await sql.raw(statement).execute(transaction)
    found = (await verifyChain(transaction, keys, new Checkpoints(transaction, keys, clock, null), ONE)).problem
      ?.sentence
    throw new Error('as it was')
  })
  await expect(undone).rejects.toThrow('as it was')
  return found
}

test('ten thousand mixed events, recorded and queued at once, are verified, and every tampering is named', async () => {
  await prepare()
  const numbers = Array.from({ length: 10_000 }, (_, index) => index)
  const recorded = numbers.filter((number) => number % 2 === 0)
  const chunks = Array.from({ length: 20 }, (_, index) => recorded.filter((_number, at) => at % 20 === index))
  for (const number of numbers) if (number % 2 === 1) activity.enqueue(mixedEvent(number))
  await Promise.all([
    activity.flush(),
    ...chunks.map((chunk) =>
      store.transaction().execute((transaction) => activity.recordAll(transaction, chunk.map(mixedEvent))),
    ),
  ])
  await checkpoints.create()
  expect(await verify()).toEqual({ events: 10_000, erased: 0, checkpoints: 1, firstSeq: '1', problem: null })

  expect(
    await findProblemAfter(`UPDATE activity_events SET details = details || '{"number": -1}' WHERE seq = 4711`),
  ).toMatch(/^Event 4711 \(.*\) is not as it was recorded\.$/)
  expect(await findProblemAfter('DELETE FROM activity_events WHERE seq = 9999')).toBe(
    'Event 9999 is missing: event 10000 comes next.',
  )
  expect(await findProblemAfter('DELETE FROM activity_events WHERE seq > 9990')).toBe(
    `The chain ends with event 9990, but the checkpoint of ${AT.toISOString()} was signed for event 10000.`,
  )
  expect(await findProblemAfter('DELETE FROM activity_events WHERE seq < 10')).toBe(
    'Event 1 is missing: event 10 comes next.',
  )
  expect(await verify()).toMatchObject({ events: 10_000, problem: null })
})

test('a role with the documented rights records and checkpoints, and can neither change nor remove an event', async () => {
  await prepare()
  const document = await readFile(new URL('../../../../../docs/activity.md', import.meta.url), 'utf8')
  const grants = /```sql\n([\s\S]*?)```/.exec(document)?.[1] ?? ''
  await sql.raw(`CREATE ROLE graticule_app LOGIN PASSWORD 'app'; ${grants}`).execute(store)
  const url = new URL(database.connectionString)
  url.username = 'graticule_app'
  url.password = 'app'
  const appStore = openDatabase(url.href)
  try {
    await migrateDatabase(appStore)
    const log = new ActivityLog(appStore, clock, () => undefined)
    await appStore.transaction().execute((transaction) => log.record(transaction, mixedEvent(1)))
    log.enqueue(mixedEvent(2))
    await log.flush()
    await new Checkpoints(appStore, keys, clock, null).create()
    expect(await verify()).toMatchObject({ events: 2, checkpoints: 1, problem: null })
    for (const statement of [
      `UPDATE activity_events SET type = 'other'`,
      'DELETE FROM activity_events',
      'TRUNCATE activity_events CASCADE',
      'ALTER TABLE activity_events DISABLE TRIGGER USER',
      `UPDATE activity_checkpoints SET seq = 1`,
      'DELETE FROM activity_checkpoints',
    ]) {
      await expect(sql.raw(statement).execute(appStore), statement).rejects.toThrow(/permission denied|must be owner/)
    }
    await appStore.deleteFrom('activity_personal').execute()
    expect(await verify()).toMatchObject({ events: 2, erased: 2, problem: null })
    await appStore.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('organizations').where('id', '=', ONE).execute()
    })
    expect(await verify()).toMatchObject({ events: 0, problem: null })
  } finally {
    await appStore.destroy()
    await sql`DROP OWNED BY graticule_app`.execute(store)
    await sql`DROP ROLE graticule_app`.execute(store)
  }
})

test('events from before there were chains are chained in their order, and what tells of persons is set apart', async () => {
  const { '0032-activity-chain': _chain, ...older } = MIGRATIONS
  const before = Object.fromEntries(Object.entries(older).filter(([name]) => name < '0032'))
  const migrator = new Migrator({
    db: store,
    provider: { getMigrations: async () => before },
    migrationTableName: 'graticule_migration',
    migrationLockTableName: 'graticule_migration_lock',
  })
  await migrator.migrateToLatest()
  await store.insertInto('organizations').values({ id: ONE, name: 'One', is_demo: false, created_at: AT }).execute()
  await sql`
    INSERT INTO activity (id, organization_id, at, actor_kind, type, details)
    SELECT 'old-' || number, CASE WHEN number % 3 > 0 THEN ${ONE} END, now(), 'system', 'user.renamed',
      jsonb_build_object('from', 'Ann ' || number, 'note', number / 7.0)
    FROM generate_series(1, 3000) AS number`.execute(store)
  await migrateDatabase(store)
  await store.transaction().execute((transaction) => activity.record(transaction, mixedEvent(1)))
  expect(await verify()).toMatchObject({ events: 2_001, problem: null })
  expect((await verifyChain(store, keys, checkpoints, '')).events).toBe(1_000)
  const kept = await sql<{ text: string }>`
    SELECT string_agg(to_jsonb(activity_events)::text, '') AS text FROM activity_events`.execute(store)
  expect(kept.rows[0]?.text).not.toContain('Ann ')
  const seen = await store.selectFrom('activity').select('details').where('id', '=', 'old-7').executeTakeFirstOrThrow()
  expect(seen.details).toEqual({ from: 'Ann 7', note: 1 })
})

test('what is older than its time is removed behind a signed beginning, from which the chain is still verified', async () => {
  await prepare()
  const record = (count: number) =>
    store.transaction().execute((transaction) =>
      activity.recordAll(
        transaction,
        Array.from({ length: count }, (_, number) => mixedEvent(number)),
      ),
    )
  await record(10)
  await checkpoints.create()
  clock.advance(300 * DAY_MS)
  await record(5)
  expect(await removeOldActivity(store, checkpoints, clock)).toBe(0)
  clock.advance(140 * DAY_MS)
  expect(await removeOldActivity(store, checkpoints, clock)).toBe(10)
  expect(await verify()).toMatchObject({ events: 5, firstSeq: '11', problem: null })
  await record(1)
  clock.advance(1_000 * DAY_MS)
  expect(await removeOldActivity(store, checkpoints, clock)).toBe(5)
  await record(2)
  expect(await verify()).toMatchObject({ events: 3, firstSeq: '16', problem: null })
  await expect(store.deleteFrom('activity_events').where('seq', '=', '17').execute()).rejects.toThrow(
    'only be added to',
  )
})
