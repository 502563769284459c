import { type Kysely, sql } from 'kysely'

/**
 * When people last used what they reach, and by which way; who made a grant; and who looks at the workspace as somebody
 * else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('asset_uses')
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('last_used_on', 'date', (column) => column.notNull())
    .execute()
  // By asset and way for the report of an asset and for unused grants; a visitor of a public map has no id.
  await sql`
    CREATE UNIQUE INDEX asset_uses_by_asset ON asset_uses (asset_kind, asset_id, path, user_id) NULLS NOT DISTINCT
  `.execute(db)
  await db.schema
    .createIndex('asset_uses_by_person')
    .on('asset_uses')
    .columns(['user_id', 'asset_kind', 'asset_id'])
    .execute()
  await db.schema.createIndex('asset_uses_by_day').on('asset_uses').column('last_used_on').execute()

  // Nobody knows what was used before: a grant counts as unused only once it has been watched for long enough.
  await db.schema
    .alterTable('organizations')
    .addColumn('uses_recorded_since', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute()
  for (const table of ['grants', 'trashed_grants']) {
    await db.schema.alterTable(table).addColumn('granted_by', 'text').execute()
  }
  await db.schema.createIndex('grants_by_age').on('grants').columns(['organization_id', 'created_at']).execute()

  await db.schema
    .createTable('session_views')
    .addColumn('session_id', 'text', (column) => column.primaryKey().references('sessions.id').onDelete('cascade'))
    .addColumn('viewed_user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('started_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .execute()
}
