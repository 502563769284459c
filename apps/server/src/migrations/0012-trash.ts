import { type Kysely, sql } from 'kysely'

/** The trash: who deleted what, and how it was shared, which nothing that decides reads. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('trashed_grants')
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('audience_kind', 'text', (column) => column.notNull())
    .addColumn('group_id', 'text', (column) => column.references('groups.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz')
    .execute()
  await db.schema
    .createIndex('trashed_grants_by_asset')
    .on('trashed_grants')
    .columns(['asset_kind', 'asset_id'])
    .execute()
  await sql`
    WITH moved AS (
      DELETE FROM grants WHERE asset_kind = 'map'
      AND asset_id IN (SELECT id FROM maps WHERE deleted_at IS NOT NULL) RETURNING *
    ), kept AS (
      DELETE FROM grants WHERE asset_kind = 'workflow'
      AND asset_id IN (SELECT id FROM workflows WHERE deleted_at IS NOT NULL) RETURNING *
    ), left_over AS (
      DELETE FROM grants WHERE asset_kind = 'application'
      AND asset_id IN (SELECT id FROM applications WHERE deleted_at IS NOT NULL) RETURNING *
    )
    INSERT INTO trashed_grants
      (organization_id, asset_kind, asset_id, audience_kind, group_id, user_id, created_at, expires_at)
    SELECT organization_id, asset_kind, asset_id, audience_kind, group_id, user_id, created_at, expires_at
    FROM (SELECT * FROM moved UNION ALL SELECT * FROM kept UNION ALL SELECT * FROM left_over) AS trashed
  `.execute(db)
  for (const table of ['maps', 'workflows', 'applications']) {
    await db.schema
      .alterTable(table)
      .addColumn('deleted_by', 'text', (column) => column.references('users.id').onDelete('set null'))
      .execute()
    await sql`
      CREATE INDEX ${sql.raw(`${table}_in_trash`)} ON ${sql.table(table)} (deleted_at) WHERE deleted_at IS NOT NULL
    `.execute(db)
  }
}
