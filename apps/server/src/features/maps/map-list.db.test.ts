import type { MapListQuery } from '@graticule/contract'
import { draftWhere, sharedWithWhere, type UserPrincipal, visibleWhere } from '@graticule/policy'
import { createDatabase, startPostgres } from '@graticule/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Store } from '../../platform/db/database.ts'
import { migrateDatabase } from '../../platform/db/migrate.ts'
import { selectMaps } from './map-list-store.ts'

const MAPS = 4_000
const editor: UserPrincipal = {
  kind: 'user',
  userId: 'p1',
  organizationId: 'o1',
  role: 'editor',
  sessionId: 's',
  groupIds: ['g1', 'g2', 'g3'],
}
let store: Store
let stop: () => Promise<void>

beforeAll(async () => {
  const server = await startPostgres()
  const database = await createDatabase(server, { postgis: false })
  store = openDatabase(database.connectionString)
  await migrateDatabase(store)
  stop = async () => {
    await store.destroy()
    await server.stop()
  }
  await sql`INSERT INTO organizations (id, name, created_at) SELECT 'o' || n, 'O', now() FROM generate_series(1, 4) AS n`.execute(
    store,
  )
  await sql`
    INSERT INTO users (id, organization_id, email, name, role, created_at)
    SELECT 'p' || n, 'o' || (1 + n / 100), 'p' || n || '@example.org', 'P', 'editor', now()
    FROM generate_series(1, 300) AS n`.execute(store)
  await sql`
    INSERT INTO groups (id, organization_id, name, created_at)
    SELECT 'g' || n, 'o1', 'G' || n, now() FROM generate_series(1, 20) AS n`.execute(store)
  await sql`
    INSERT INTO maps (id, organization_id, owner_id, title, description, document, created_at, updated_at, search_words,
      published_title, published_description, published_document, published_revision, published_at, published_words)
    SELECT 'm' || n, 'o' || (1 + n % 4), 'p' || (1 + n % 300), 'Map ' || n, repeat('x', 400), '{}', now(), at, words,
      'Map ' || n, repeat('x', 400), '{}', 1, at, words
    FROM generate_series(1, ${sql.lit(MAPS)}) AS n,
      LATERAL (SELECT now() - n * interval '1 minute' AS at, array_to_tsvector(ARRAY['map', 'word' || n % 400]) AS words) AS x`.execute(
    store,
  )
  await sql`
    INSERT INTO grants (organization_id, asset_kind, asset_id, audience_kind, group_id, created_at)
    SELECT 'o' || (1 + n % 4), 'map', 'm' || n, CASE n % 5 WHEN 0 THEN 'organization' ELSE 'group' END,
      CASE n % 5 WHEN 0 THEN NULL ELSE 'g' || (1 + n % 20) END, now()
    FROM generate_series(1, ${sql.lit(MAPS)}) AS n`.execute(store)
  await sql`
    INSERT INTO grants (organization_id, asset_kind, asset_id, audience_kind, user_id, created_at)
    SELECT 'o1', 'workflow', 'w' || n, 'user', 'p' || (1 + n % 300), now() FROM generate_series(1, 8000) AS n`.execute(
    store,
  )
  await sql`VACUUM ANALYZE`.execute(store)
})
afterAll(() => stop())

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Loops': number
  readonly Plans?: readonly Plan[]
}

/** Every step of the plan by which the list is answered, as it was run. */
async function explainList(query: MapListQuery, visible = visibleWhere(editor, 'map')): Promise<Plan[]> {
  const reader = { userId: 'p1', organizationId: 'o1', draft: draftWhere(editor), findsOwners: true }
  const { rows } = await sql<{ 'QUERY PLAN': [{ Plan: Plan }] }>`
    EXPLAIN (ANALYZE, FORMAT JSON) ${selectMaps(visible, reader, query)}`.execute(store)
  const steps = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(steps)]
  return rows.flatMap((row) => steps(row['QUERY PLAN'][0].Plan))
}

test('a page of all maps, or of those that others share, reads indexes: no table as a whole, no grants map by map', async () => {
  for (const visible of [visibleWhere(editor, 'map'), sharedWithWhere(editor, 'map')]) {
    const steps = await explainList({ pageSize: 50 }, visible)
    const read = steps.filter((step) => ['maps', 'grants'].includes(step['Relation Name'] ?? ''))
    expect(read.length).toBeGreaterThan(3)
    for (const step of read) expect(step['Node Type'], JSON.stringify(step)).not.toBe('Seq Scan')
    // The grants that decide are looked up once each; the others are those that the page itself tells of.
    const grants = read.filter((step) => step['Relation Name'] === 'grants')
    expect(grants.filter((step) => step['Actual Loops'] === 1).length).toBeGreaterThanOrEqual(3)
    for (const step of grants) expect(step['Actual Loops']).toBeLessThanOrEqual(50)
    expect(steps.map((step) => step['Index Name'])).toContain('grants_by_audience')
    expect(steps.map((step) => step['Index Name'])).toContain('maps_listed')
  }
})

test('a search and the maps of one owner begin at the index of words and of owners', async () => {
  const searched = await explainList({ search: 'word17' })
  expect(searched.map((step) => step['Index Name'])).toEqual(
    expect.arrayContaining(['maps_by_search_words', 'maps_by_published_words', 'maps_by_owner']),
  )
  const owned = await explainList({ ownerId: 'p7' })
  expect(owned.map((step) => step['Index Name'])).toContain('maps_by_owner')
})
