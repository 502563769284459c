import { emptyMapDocument } from '@graticule/contract'
import {
  type Asset,
  type AssetKind,
  draftWhere,
  isContainedKind,
  isSameAudience,
  matches,
  type Predicate,
  projectsAround,
  SHAREABLE_KINDS,
  type ShareableAsset,
  sharedWithWhere,
  visibleWhere,
} from '@graticule/policy'
import { ALL_KINDS, GROUPS, ORGANIZATIONS, PEOPLE, randomWorlds } from '@graticule/policy/testing'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consumeLink, insertLink } from '../../../features/auth/sign-in-link-store.ts'
import { replaceGrants } from '../../../features/sharing/grant-store.ts'
import { ActivityLog, SYSTEM_ACTOR } from '../../activity/activity-log.ts'
import { recordServerStart, recordServerStop } from '../../activity/server-life.ts'
import { ManualClock } from '../../clock/clock.ts'
import { audienceColumn, containersColumn } from '../audience-column.ts'
import { ASSET_TABLES, compilePredicate } from '../compile-predicate.ts'
import { openDatabase, type Store, toJson } from '../database.ts'
import { migrateDatabase } from '../migrate.ts'
import { isUniqueViolation } from '../store-errors.ts'

/** An empty database of the kind under test. */
export interface EmptyDatabase {
  readonly url: string
  close(): Promise<void>
}

const AT = new Date('2026-03-01T12:34:56.789Z')

/** What the metadata store must do on every engine that may hold it. */
export function describeStore(openEmptyDatabase: () => Promise<EmptyDatabase>): void {
  let database: EmptyDatabase
  let store: Store

  beforeAll(async () => {
    database = await openEmptyDatabase()
    store = openDatabase(database.url)
    await migrateDatabase(store)
    await store
      .insertInto('organizations')
      .values(['ac_one', 'ac_two'].map((id) => ({ id, name: id, is_demo: false, created_at: AT })))
      .execute()
    await store
      .insertInto('users')
      .values(
        ['ann', 'bob', 'cid'].map((id) => ({
          id,
          organization_id: id === 'cid' ? 'ac_two' : 'ac_one',
          email: `${id}@example.org`,
          name: id,
          role: 'editor' as const,
          created_at: AT,
        })),
      )
      .execute()
  })
  afterAll(async () => {
    await store.destroy()
    await database.close()
  })

  test('migrating again, and several times at once, changes nothing', async () => {
    const readState = () => sql`SELECT * FROM graticule_migration ORDER BY name`.execute(store)
    const before = await readState()
    const others = Array.from({ length: 3 }, () => openDatabase(database.url))
    await Promise.all(others.map((other) => migrateDatabase(other)))
    await Promise.all(others.map((other) => other.destroy()))
    expect((await readState()).rows).toEqual(before.rows)
  })

  test('lists, objects and times come back as they went in', async () => {
    const grants = [{ connection_name: 'demo', source: 'SELECT \'{"a": [1, "ü", null]}\'' }]
    await store
      .insertInto('tokens')
      .values({
        id: 'round-trip',
        organization_id: 'ac_one',
        owner_id: 'ann',
        name: 'Zoë’s "token"\u{1F5FA}',
        token_hash: 'hash',
        prefix: 'gtk_',
        grants: toJson(grants),
        allowed_apis: toJson(['maps']),
        referers: toJson([]),
        expires_at: AT,
        created_at: AT,
      })
      .execute()
    const row = await store.selectFrom('tokens').selectAll().where('id', '=', 'round-trip').executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      name: 'Zoë’s "token"\u{1F5FA}',
      grants,
      allowed_apis: ['maps'],
      referers: [],
      expires_at: AT,
      last_used_at: null,
    })
  })

  test('an e-mail is taken once in an organization, whatever its case, and free in another', async () => {
    const add = (id: string, organization: string) =>
      store
        .insertInto('users')
        .values({
          id,
          organization_id: organization,
          email: 'ANN@example.org',
          name: id,
          role: 'viewer',
          created_at: AT,
        })
        .execute()
    await add('ann-elsewhere', 'ac_two')
    const failure = await add('ann-again', 'ac_one').then(
      () => null,
      (error: unknown) => error,
    )
    expect(isUniqueViolation(failure, 'users_email')).toBe(true)
    expect(isUniqueViolation(failure, 'connections_name')).toBe(false)
  })

  test('a transaction that throws leaves nothing behind, its event included', async () => {
    const activity = new ActivityLog(store, new ManualClock(AT), () => undefined)
    await expect(
      store.transaction().execute(async (transaction) => {
        await activity.record(transaction, { organizationId: 'ac_one', actor: SYSTEM_ACTOR, type: 'test.undone' })
        throw new Error('undo')
      }),
    ).rejects.toThrow('undo')
    expect(await store.selectFrom('activity').selectAll().where('type', '=', 'test.undone').execute()).toEqual([])
  })

  test('transactions at the same time do not see each other’s halves', async () => {
    const total = 20
    await Promise.all(
      Array.from({ length: total }, () =>
        store.transaction().execute(async (transaction) => {
          const { name } = await transaction
            .selectFrom('organizations')
            .select('name')
            .where('id', '=', 'ac_two')
            .forUpdate()
            .executeTakeFirstOrThrow()
          const next = String((Number(name) || 0) + 1)
          await transaction.updateTable('organizations').set({ name: next }).where('id', '=', 'ac_two').execute()
        }),
      ),
    )
    const row = await store.selectFrom('organizations').select('name').where('id', '=', 'ac_two').executeTakeFirst()
    expect(row?.name).toBe(String(total))
  })

  test('a one-time link is used up by exactly one of many', async () => {
    const expires_at = new Date(AT.getTime() + 1000)
    await insertLink(store, { token_hash: 'once', user_id: 'ann', purpose: 'sign-in', expires_at })
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        store.transaction().execute((transaction) => consumeLink(transaction, 'once', 'sign-in', AT)),
      ),
    )
    expect(outcomes.filter((outcome) => outcome !== null)).toEqual([{ userId: 'ann' }])
  })

  test('queued events are written in their order, in one go, and none is lost when the queue is flushed', async () => {
    const activity = new ActivityLog(store, new ManualClock(AT), () => undefined)
    const numbers = Array.from({ length: 1200 }, (_, index) => index)
    for (const number of numbers) {
      activity.enqueue({ organizationId: 'ac_one', actor: SYSTEM_ACTOR, type: 'test.queued', details: { number } })
    }
    await activity.flush()
    const rows = await store
      .selectFrom('activity')
      .select('details')
      .where('type', '=', 'test.queued')
      .orderBy('position')
      .execute()
    expect(rows.map((row) => row.details.number)).toEqual(numbers)
  })

  test('a life of the server without an end leaves a gap event at the next start, a clean one does not', async () => {
    const activity = new ActivityLog(store, new ManualClock(AT), () => undefined)
    const countGaps = async () =>
      (await store.selectFrom('activity').select('id').where('type', '=', 'activity.gap').execute()).length
    await recordServerStart(store, activity, '/home/one')
    await recordServerStop(activity, '/home/one')
    await recordServerStart(store, activity, '/home/one')
    expect(await countGaps()).toBe(0)
    await recordServerStart(store, activity, '/home/two')
    expect(await countGaps()).toBe(0)
    await recordServerStart(store, activity, '/home/one')
    expect(await countGaps()).toBe(1)
  })

  test('a policy predicate selects in SQL exactly what it matches in memory', async () => {
    await seedWorlds(store)
    await fc.assert(
      fc.asyncProperty(randomWorlds, async ({ people, others, assets }) => {
        await insertAssets(store, assets)
        for (const principal of [...people, ...others]) {
          for (const kind of ALL_KINDS) {
            const predicates = [visibleWhere(principal, kind)]
            if (kind === 'map') predicates.push(draftWhere(principal))
            if (principal.kind === 'user') {
              const own: Predicate = { type: 'equals', field: 'ownerId', value: principal.userId }
              const shared = sharedWithWhere(principal, kind)
              predicates.push(shared, { type: 'and', terms: [shared, { type: 'not', term: own }] })
            }
            for (const predicate of predicates) {
              const found = await selectIds(store, kind, predicate)
              const everything = assets.flatMap((asset) => [asset, ...projectsAround(asset)])
              const expected = everything.filter((asset) => asset.kind === kind && matches(predicate, asset))
              expect(found.sort()).toEqual(expected.map(({ id }) => id).sort())
            }
          }
        }
      }),
      { numRuns: 10 },
    )
  })

  test('an audience, and those of the folders around, are read back as they were shared', async () => {
    await seedWorlds(store)
    await fc.assert(
      fc.asyncProperty(randomWorlds, async ({ assets }) => {
        await insertAssets(store, assets)
        for (const kind of SHAREABLE_KINDS) {
          const rows = await store
            .selectFrom(ASSET_TABLES[kind])
            .select('id')
            .select(audienceColumn(kind).as('audience'))
            .execute()
          const shared = assets.filter((asset) => asset.kind === kind)
          const own = rows.filter(({ id }) => !id.startsWith(UNDER))
          if (kind !== 'project') expect(own.length).toBe(shared.length)
          for (const asset of shared) {
            const row = rows.find(({ id }) => id === asset.id)
            expect(row && isSameAudience(row.audience, (asset as ShareableAsset).audience)).toBe(true)
          }
          if (!isContainedKind(kind)) continue
          const inside = await store
            .selectFrom(ASSET_TABLES[kind])
            .select('id')
            .select(containersColumn(kind).as('containers'))
            .execute()
          for (const asset of shared) {
            const row = inside.find(({ id }) => id === asset.id)
            const containers = 'containers' in asset ? asset.containers : []
            expect(row?.containers.map(({ id, ownerId }) => ({ id, ownerId }))).toEqual(
              containers.map(({ id, ownerId }) => ({ id, ownerId })),
            )
            for (const [index, { audience }] of containers.entries()) {
              const read = row?.containers[index]?.audience
              expect(read && isSameAudience(read, audience)).toBe(true)
            }
          }
        }
      }),
      { numRuns: 10 },
    )
  })
}

/** The people and groups of random worlds; which organization somebody is in does not matter to grants. */
async function seedWorlds(store: Store): Promise<void> {
  const [organizationId] = ORGANIZATIONS
  const person = (id: string) => ({
    id,
    organization_id: organizationId,
    email: `${id}@worlds.example`,
    name: id,
    role: 'editor' as const,
    created_at: AT,
  })
  await store
    .insertInto('users')
    .values(PEOPLE.map(person))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  const groups = ORGANIZATIONS.flatMap((id) => GROUPS[id].map((group) => ({ id: group, organization_id: id })))
  await store
    .insertInto('groups')
    .values(groups.map((group) => ({ ...group, name: group.id, source: 'manual' as const, created_at: AT })))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

/** Makes these the only assets. */
async function insertAssets(store: Store, assets: readonly Asset[]): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    for (const table of ['grants', ...Object.values(ASSET_TABLES)] as const) {
      await transaction.deleteFrom(table).execute()
    }
    for (const asset of assets) {
      // From the outside in, because each folder names the one that it is in.
      for (const project of projectsAround(asset).reverse()) {
        await insertProject(transaction, project)
        await replaceGrants(transaction, project, project.audience, { at: AT, by: null })
      }
      await INSERTS[asset.kind](transaction, asset)
      if ('audience' in asset) await replaceGrants(transaction, asset, asset.audience, { at: AT, by: null })
    }
  })
}

/** Begins the ids of connections that are there for named sources alone, and that reach nobody. */
const UNDER = 'under-'

/** How an asset of each kind comes to be in the store; a new kind does not type-check before it is here. */
const INSERTS: Readonly<Record<AssetKind, (transaction: Store, asset: Asset) => Promise<unknown>>> = {
  map: (transaction, asset) =>
    transaction
      .insertInto('maps')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        title: asset.id,
        description: '',
        project_id: projectsAround(asset)[0]?.id ?? null,
        document: toJson(emptyMapDocument(asset.id)),
        ...(asset.kind === 'map'
          ? {
              is_listed: asset.isListed,
              is_collaborative: asset.isCollaborative,
              password_hash: asset.isLocked ? 'a hash' : null,
            }
          : {}),
        updated_at: AT,
      })
      .execute(),
  connection: (transaction, asset) =>
    transaction
      .insertInto('connections')
      .values({
        ...common(asset),
        owner_id: asset.ownerId,
        name: asset.id,
        provider_id: 'postgres',
        config: toJson({}),
        updated_at: AT,
      })
      .execute(),
  workflow: (transaction, asset) =>
    transaction
      .insertInto('workflows')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        title: asset.id,
        description: '',
        project_id: projectsAround(asset)[0]?.id ?? null,
        document: toJson({ schemaVersion: '1.0.0', nodes: [], edges: [] }),
        updated_at: AT,
      })
      .execute(),
  application: (transaction, asset) =>
    transaction
      .insertInto('applications')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        name: asset.id,
        description: '',
        url: 'https://example.org/',
        updated_at: AT,
      })
      .execute(),
  project: insertProject,
  token: (transaction, asset) =>
    transaction
      .insertInto('tokens')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        name: asset.id,
        token_hash: asset.id,
        prefix: 'gtk_',
        grants: toJson([]),
        allowed_apis: toJson([]),
        referers: toJson([]),
      })
      .execute(),
  'oauth-client': (transaction, asset) =>
    transaction
      .insertInto('oauth_clients')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        kind: 'spa',
        title: asset.id,
        callback_urls: toJson([]),
        logout_urls: toJson([]),
        web_origins: toJson([]),
        cors_origins: toJson([]),
        updated_at: AT,
      })
      .execute(),
  'named-source': async (transaction, asset) => {
    const connection = { ...common(asset), id: `${UNDER}${asset.id}`, owner_id: null, name: `${UNDER}${asset.id}` }
    await transaction
      .insertInto('connections')
      .values({ ...connection, provider_id: 'postgres', config: toJson({}), updated_at: AT })
      .execute()
    await transaction
      .insertInto('named_sources')
      .values({
        ...common(asset),
        owner_id: asset.ownerId ?? '',
        connection_id: connection.id,
        name: asset.id,
        description: '',
        sql: 'SELECT 1',
        updated_at: AT,
      })
      .execute()
  },
}

async function insertProject(transaction: Store, asset: Asset): Promise<void> {
  const around = projectsAround(asset)
  await transaction
    .insertInto('projects')
    .values({
      ...common(asset),
      owner_id: asset.ownerId ?? '',
      parent_id: around[0]?.id ?? null,
      name: asset.id,
      description: '',
      updated_at: AT,
    })
    .execute()
  await transaction
    .insertInto('project_ancestors')
    .values(
      [asset.id, ...around.map(({ id }) => id)].map((ancestor, depth) => ({
        project_id: asset.id,
        ancestor_id: ancestor,
        depth,
      })),
    )
    .execute()
}

function common(asset: Asset) {
  return { id: asset.id, organization_id: asset.organizationId, created_at: AT }
}

async function selectIds(store: Store, kind: AssetKind, predicate: Predicate): Promise<string[]> {
  const rows = await store
    .selectFrom(ASSET_TABLES[kind])
    .select('id')
    .where(compilePredicate(predicate, kind))
    .execute()
  return rows.map((row) => row.id)
}
