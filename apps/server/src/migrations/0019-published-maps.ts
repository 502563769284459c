import { type Kysely, sql } from 'kysely'

/** What readers of a map see beside what its editors edit, the password of its link, and how it is found and edited. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('maps')
    .addColumn('published_document', 'jsonb')
    .addColumn('published_title', 'text')
    .addColumn('published_description', 'text')
    .addColumn('published_revision', 'integer')
    .addColumn('published_at', 'timestamptz')
    .addColumn('published_by', 'text', (column) => column.references('users.id').onDelete('set null'))
    .addColumn('password_hash', 'text')
    .addColumn('is_listed', 'boolean', (column) => column.notNull().defaultTo(true))
    .addColumn('is_collaborative', 'boolean', (column) => column.notNull().defaultTo(false))
    .execute()
  await db.schema
    .alterTable('maps')
    .addCheckConstraint(
      'maps_publish_all_or_nothing',
      sql`num_nulls(published_document, published_title, published_description, published_revision, published_at) IN (0, 5)`,
    )
    .execute()
  // Who could read a map until now goes on reading what they read, those who get it back from the trash too.
  await sql`
    UPDATE maps SET published_document = document, published_title = title, published_description = description,
      published_revision = revision, published_at = updated_at, published_by = owner_id
    WHERE id IN (SELECT asset_id FROM grants WHERE asset_kind = 'map')
    OR id IN (SELECT asset_id FROM trashed_grants WHERE asset_kind = 'map')
  `.execute(db)
  await sql`CREATE INDEX maps_with_password ON maps (id) WHERE password_hash IS NOT NULL`.execute(db)
}
