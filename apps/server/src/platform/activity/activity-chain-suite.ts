import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../clock/clock.ts'
import type { EmptyDatabase } from '../db/conformance/store-suite.ts'
import { openDatabase, type Store } from '../db/database.ts'
import { migrateDatabase } from '../db/migrate.ts'
import { deleteOrganizationRows } from '../db/organization-rows.ts'
import { parseMasterKey } from '../secrets/master-key.ts'
import { SecretBox } from '../secrets/secret-box.ts'
import { type ActivityEntry, ActivityLog, SYSTEM_ACTOR } from './activity-log.ts'
import { hashContent, hashLink } from './chain-form.ts'
import { CheckpointKeys } from './checkpoint-keys.ts'
import { Checkpoints } from './checkpoints.ts'
import { runWithOrigin } from './request-origin.ts'
import { verifyChain } from './verify-chain.ts'

const AT = new Date('2026-03-01T12:34:56.789Z')
const ONE = 'ac_one'
const TWO = 'ac_two'
const INSTALLATION = ''

/** What the chains of the activity log must do on every engine that may hold them. */
export function describeActivityChain(openEmptyDatabase: () => Promise<EmptyDatabase>): void {
  let database: EmptyDatabase
  let store: Store
  let activity: ActivityLog
  let keys: CheckpointKeys
  let checkpoints: Checkpoints

  beforeAll(async () => {
    database = await openEmptyDatabase()
    store = openDatabase(database.url)
    await migrateDatabase(store)
    await addOrganizations(ONE, TWO)
    const clock = new ManualClock(AT)
    activity = new ActivityLog(store, clock, () => undefined)
    keys = new CheckpointKeys(store, createSecretBox('ab'), clock)
    checkpoints = new Checkpoints(store, keys, clock, null)
  })
  afterAll(async () => {
    await store.destroy()
    await database.close()
  })

  async function addOrganizations(...ids: string[]): Promise<void> {
    const rows = ids.map((id) => ({ id, name: id, is_demo: false, created_at: AT }))
    await store.insertInto('organizations').values(rows).execute()
  }

  const entry = (organizationId: string | null, details: Record<string, unknown> = {}): ActivityEntry => ({
    organizationId,
    actor: SYSTEM_ACTOR,
    type: 'test.chained',
    details,
  })
  const record = (...entries: ActivityEntry[]) =>
    store.transaction().execute((transaction) => activity.recordAll(transaction, entries))
  const verify = (chain: string) => verifyChain(store, keys, checkpoints, chain)
  const listSeqs = async (chain: string) => {
    const query = store.selectFrom('activity_events').select('seq').where('chain', '=', chain).orderBy('seq')
    return (await query.execute()).map(({ seq }) => Number(seq))
  }
  const countTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

  /** As somebody who owns the database can, past the rules of the store; afterwards everything is as before. */
  async function tamper(work: (transaction: Store) => Promise<unknown>, look: (transaction: Store) => Promise<void>) {
    class Undo extends Error {}
    const undone = store.transaction().execute(async (transaction) => {
      await sql`ALTER TABLE activity_events DISABLE TRIGGER USER`.execute(transaction)
      await sql`ALTER TABLE activity_checkpoints DISABLE TRIGGER USER`.execute(transaction)
      await work(transaction)
      await look(transaction)
      throw new Undo('as it was')
    })
    await expect(undone).rejects.toThrow('as it was')
  }
  const findProblem = async (transaction: Store, chain: string) =>
    (await verifyChain(transaction, keys, new Checkpoints(transaction, keys, new ManualClock(AT), null), chain)).problem

  test('changes of several organizations at once are numbered without gaps, whichever they record first', async () => {
    const before = (await listSeqs(ONE)).length
    await Promise.all(
      countTo(30).map(async (number) => {
        const organizations = number % 2 === 0 ? [ONE, TWO, null] : [null, TWO, ONE]
        await record(...organizations.map((id) => entry(id, { number })))
      }),
    )
    for (const chain of [ONE, TWO, INSTALLATION]) {
      const seqs = await listSeqs(chain)
      expect(seqs).toEqual(countTo(seqs.length))
      expect((await verify(chain)).problem).toBeNull()
    }
    expect((await listSeqs(ONE)).length).toBe(before + 30)
  })

  test('a change that is undone, wholly or to a savepoint, leaves no gap', async () => {
    const before = (await listSeqs(ONE)).length
    const undone = store.transaction().execute(async (transaction) => {
      await activity.record(transaction, entry(ONE))
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await store.transaction().execute(async (transaction) => {
      await sql`SAVEPOINT inner_change`.execute(transaction)
      await activity.record(transaction, entry(TWO))
      await sql`ROLLBACK TO SAVEPOINT inner_change`.execute(transaction)
      await activity.record(transaction, entry(ONE))
    })
    expect(await listSeqs(ONE)).toEqual(countTo(before + 1))
    expect((await verify(ONE)).problem).toBeNull()
  })

  test('events are verified whatever they say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(storableText, storableValue), { maxLength: 5 }), async (details) => {
        await record(...details.map((each) => entry(ONE, each)))
      }),
      { numRuns: 20 },
    )
    expect((await verify(ONE)).problem).toBeNull()
  })

  test('the store refuses to change or remove an event, a checkpoint, and to empty the log', async () => {
    await record(entry(ONE))
    await checkpoints.create()
    const refused = 'The activity log can only be added to.'
    await expect(store.updateTable('activity_events').set({ type: 'test.other' }).execute()).rejects.toThrow(refused)
    await expect(store.deleteFrom('activity_events').execute()).rejects.toThrow(refused)
    await expect(sql`TRUNCATE activity_events CASCADE`.execute(store)).rejects.toThrow(refused)
    await expect(store.updateTable('activity_checkpoints').set({ seq: '1' }).execute()).rejects.toThrow(refused)
    await expect(store.deleteFrom('activity_checkpoints').execute()).rejects.toThrow(refused)
    expect((await verify(ONE)).problem).toBeNull()
  })

  test('verifying names the event that was changed, removed or put in between', async () => {
    await record(...countTo(10).map((number) => entry(ONE, { number })))
    const victim = (await listSeqs(ONE)).length - 5
    await tamper(
      (transaction) =>
        sql`UPDATE activity_events SET type = 'test.other' WHERE chain = ${ONE} AND seq = ${victim}`.execute(
          transaction,
        ),
      async (transaction) => {
        const problem = await findProblem(transaction, ONE)
        expect(problem?.seq).toBe(String(victim))
        expect(problem?.sentence).toMatch(/is not as it was recorded/)
      },
    )
    await tamper(
      (transaction) =>
        transaction.deleteFrom('activity_events').where('chain', '=', ONE).where('seq', '=', String(victim)).execute(),
      async (transaction) => {
        const sentence = `Event ${victim} is missing: event ${victim + 1} comes next.`
        expect(await findProblem(transaction, ONE)).toEqual({ seq: String(victim), sentence })
      },
    )
    await tamper(
      async (transaction) => {
        await sql`UPDATE activity_events SET seq = seq + 100000 WHERE chain = ${ONE} AND seq >= ${victim}`.execute(
          transaction,
        )
        await sql`UPDATE activity_events SET seq = seq - 99999 WHERE chain = ${ONE} AND seq > 100000`.execute(
          transaction,
        )
        await copyEvent(transaction, ONE, victim - 1, victim)
      },
      async (transaction) => expect((await findProblem(transaction, ONE))?.seq).toBe(String(victim)),
    )
    await tamper(
      (transaction) => copyEvent(transaction, ONE, victim, null),
      async (transaction) =>
        expect((await findProblem(transaction, ONE))?.sentence).toBe('The event copy stands outside of the chain.'),
    )
  })

  test('verifying names the checkpoint that a chain no longer reaches, was not signed for, or nobody signed', async () => {
    await record(entry(ONE))
    await checkpoints.create()
    const reached = (await listSeqs(ONE)).length
    await record(entry(ONE), entry(ONE))
    await tamper(
      (transaction) =>
        transaction
          .deleteFrom('activity_events')
          .where('chain', '=', ONE)
          .where('seq', '>=', String(reached))
          .execute(),
      async (transaction) => {
        const problem = await findProblem(transaction, ONE)
        expect(problem?.sentence).toBe(
          `The chain ends with event ${reached - 1}, but the checkpoint of ${AT.toISOString()} was signed for event ${reached}.`,
        )
      },
    )
    // Computed anew from the changed event on, every link is right, and only the signature tells.
    await tamper(
      (transaction) => rewriteFrom(transaction, ONE, reached - 1),
      async (transaction) =>
        expect((await findProblem(transaction, ONE))?.sentence).toBe(
          `Event ${reached} is not the one that the checkpoint of ${AT.toISOString()} was signed for.`,
        ),
    )
    await tamper(
      (transaction) => sql`UPDATE activity_checkpoints SET seq = seq + 1 WHERE seq = ${reached}`.execute(transaction),
      async (transaction) =>
        expect((await findProblem(transaction, ONE))?.sentence).toMatch(/is not signed by this installation/),
    )
  })

  test('a key that another master key sealed signs for nobody', async () => {
    const other = new CheckpointKeys(store, createSecretBox('cd'), new ManualClock(AT))
    const signed = await other.sign('text')
    expect(await other.isGenuine('text', signed)).toBe(true)
    expect(await other.isGenuine('texts', signed)).toBe(false)
    expect(await keys.isGenuine('text', signed)).toBe(false)
  })

  test('what tells of a person stands apart, can be erased, and leaves the chain verifiable', async () => {
    const origin = { ipAddress: '192.0.2.7', userAgent: 'Browser/1', sessionId: 'session-1' }
    await runWithOrigin(origin, () =>
      record({
        ...entry(TWO, { email: 'ann@example.org', note: 'to bob@example.org', rows: 3 }),
        requestId: 'personal',
      }),
    )
    const seen = await store
      .selectFrom('activity')
      .selectAll()
      .where('request_id', '=', 'personal')
      .executeTakeFirstOrThrow()
    expect(seen).toMatchObject({
      details: { email: 'ann@example.org', note: 'to bob@example.org', rows: 3 },
      ip_address: '192.0.2.7',
      user_agent: 'Browser/1',
      session_id: 'session-1',
    })
    const chained = await sql<{ text: string }>`
      SELECT to_jsonb(activity_events)::text AS text FROM activity_events WHERE id = ${seen.id}`.execute(store)
    expect(chained.rows[0]?.text).not.toMatch(/example\.org|192\.0\.2\.7|Browser/)
    await sql`UPDATE activity_personal SET ip_address = '192.0.2.8' WHERE event_id = ${seen.id}`.execute(store)
    expect((await verify(TWO)).problem?.sentence).toMatch(/says of a person is not as it was recorded/)
    await store.deleteFrom('activity_personal').where('event_id', '=', seen.id).execute()
    expect(await verify(TWO)).toMatchObject({ problem: null, erased: 1 })
    const left = await store.selectFrom('activity').selectAll().where('id', '=', seen.id).executeTakeFirstOrThrow()
    expect(left).toMatchObject({ details: { rows: 3 }, ip_address: null })
  })

  test('an organization takes its chain along when it is deleted', async () => {
    await addOrganizations('ac_brief')
    await record(entry('ac_brief'), entry(null))
    await checkpoints.create()
    await store.transaction().execute(async (transaction) => {
      await deleteOrganizationRows(transaction, 'ac_brief')
      await activity.record(transaction, entry(null))
    })
    expect(await listSeqs('ac_brief')).toEqual([])
    expect((await verify(INSTALLATION)).problem).toBeNull()
  })
}

/** PostgreSQL keeps no U+0000 and no half of a surrogate pair. */
const storableText = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))
const storableValue = fc.oneof(
  storableText,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(storableText, fc.double({ noNaN: true, noDefaultInfinity: true })), { maxLength: 3 }),
  fc.dictionary(storableText, fc.integer(), { maxKeys: 3 }),
)

function createSecretBox(pair: string): SecretBox {
  const key = parseMasterKey(pair.repeat(32))
  if (key === null) throw new Error('The test key is not a key.')
  return SecretBox.ofOneKey(key)
}

/** Puts a copy of an event into a chain, under another id and number. */
async function copyEvent(store: Store, chain: string, from: number, seq: number | null): Promise<void> {
  await sql`
    INSERT INTO activity_events (id, organization_id, at, actor_kind, type, details, outcome, content_hash, seq,
      prev_hash, hash)
    SELECT 'copy', organization_id, at, actor_kind, type, details, outcome, content_hash, ${seq}, prev_hash, hash
    FROM activity_events WHERE chain = ${chain} AND seq = ${from}`.execute(store)
}

/** Changes an event and computes every link from there on as the store would have. */
async function rewriteFrom(store: Store, chain: string, seq: number): Promise<void> {
  await sql`UPDATE activity_events SET actor_id = 'another' WHERE chain = ${chain} AND seq = ${seq}`.execute(store)
  const { rows } = await sql<{ seq: string }>`
    SELECT seq FROM activity_events WHERE chain = ${chain} AND seq >= ${seq} ORDER BY seq`.execute(store)
  for (const row of rows) await relink(store, chain, row.seq)
}

async function relink(store: Store, chain: string, seq: string): Promise<void> {
  const event = await store
    .selectFrom('activity_events')
    .selectAll()
    .where('chain', '=', chain)
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow()
  const before = await store
    .selectFrom('activity_events')
    .select('hash')
    .where('chain', '=', chain)
    .where('seq', '=', String(Number(seq) - 1))
    .executeTakeFirstOrThrow()
  const contentHash = hashContent({
    id: event.id,
    organizationId: event.organization_id,
    at: event.at,
    actorKind: event.actor_kind,
    actorId: event.actor_id,
    type: event.type,
    assetType: event.asset_type,
    assetId: event.asset_id,
    requestId: event.request_id,
    sessionId: event.session_id,
    outcome: event.outcome,
    reasonCode: event.reason_code,
    decisionId: event.decision_id,
    details: event.details,
    personalHash: event.personal_hash?.toString('hex') ?? null,
  })
  const previousHash = before.hash.toString('hex')
  const hash = hashLink({ contentHash, previousHash, seq, supportGrantId: event.support_grant_id })
  await store
    .updateTable('activity_events')
    .set({
      content_hash: Buffer.from(contentHash, 'hex'),
      prev_hash: before.hash,
      hash: Buffer.from(hash, 'hex'),
    })
    .where('id', '=', event.id)
    .execute()
}
