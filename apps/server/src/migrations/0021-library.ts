import { type Kysely, sql } from 'kysely'
import type { Database } from '../platform/db/tables.ts'
import { toWordsColumn, wordsOfMap, wordsOfPerson } from '../platform/search/search-words.ts'

const BATCH = 500

/** Tags, favourites, what was opened last, and the words by which maps and people are found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('asset_tags')
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('asset_kind', 'text', (column) => column.notNull().check(sql`asset_kind IN ('map', 'workflow')`))
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('folded', 'text', (column) => column.notNull())
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('asset_tags_pkey', ['asset_kind', 'asset_id', 'folded'])
    .execute()
  await db.schema
    .createIndex('asset_tags_by_tag')
    .on('asset_tags')
    .columns(['organization_id', 'asset_kind', 'folded', 'asset_id'])
    .execute()

  await db.schema
    .createTable('favourites')
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('favourites_pkey', ['user_id', 'asset_kind', 'asset_id'])
    .execute()
  await db.schema
    .createTable('recent_opens')
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('recent_opens_pkey', ['user_id', 'asset_kind', 'asset_id'])
    .execute()
  for (const table of ['favourites', 'recent_opens']) {
    await db.schema.createIndex(`${table}_by_asset`).on(table).columns(['asset_kind', 'asset_id']).execute()
  }

  const words = [
    ['maps', 'search_words'],
    ['maps', 'published_words'],
    ['users', 'search_words'],
  ] as const
  for (const [table, column] of words) {
    await db.schema
      .alterTable(table)
      .addColumn(column, sql`tsvector`, (definition) => definition.notNull().defaultTo(sql`''::tsvector`))
      .execute()
    await sql`CREATE INDEX ${sql.raw(`${table}_by_${column}`)} ON ${sql.table(table)} USING gin (${sql.ref(column)})`.execute(
      db,
    )
  }
  // A list reads which assets are shared with somebody, and which maps there are, from these without touching the tables.
  await sql`
    CREATE INDEX grants_by_audience ON grants (organization_id, asset_kind, audience_kind, group_id, user_id)
    INCLUDE (asset_id, expires_at)
  `.execute(db)
  await sql`
    CREATE INDEX maps_listed ON maps (organization_id, updated_at, id)
    INCLUDE (owner_id, published_at, is_listed, is_collaborative, project_id) WHERE deleted_at IS NULL
  `.execute(db)
  await fillWords(db as Kysely<Database>)
}

/** What is there already is found too. */
async function fillWords(db: Kysely<Database>): Promise<void> {
  const people = await db.selectFrom('users').select(['id', 'name', 'email']).execute()
  for (const person of people) {
    const search_words = toWordsColumn(wordsOfPerson(person))
    await db.updateTable('users').set({ search_words }).where('id', '=', person.id).execute()
  }
  for (let after = ''; ; ) {
    const maps = await db
      .selectFrom('maps')
      .select(['id', 'document', 'published_document'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    for (const { id, document, published_document: published } of maps) {
      const search_words = toWordsColumn(wordsOfMap(document))
      const published_words = toWordsColumn(published === null ? [] : wordsOfMap(published))
      await db.updateTable('maps').set({ search_words, published_words }).where('id', '=', id).execute()
    }
    const last = maps.at(-1)
    if (last === undefined) return
    after = last.id
  }
}
