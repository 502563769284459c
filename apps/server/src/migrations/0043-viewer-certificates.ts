import { type Kysely, sql } from 'kysely'

/** How people's own logins prove who they are, and the authorities that certify them: one of each organization. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('connections')
    .addColumn('viewer_authentication', 'text', (column) =>
      column.notNull().defaultTo('stored').check(sql`viewer_authentication IN ('stored', 'certificate')`),
    )
    .execute()
  await db.schema
    .createTable('certificate_authorities')
    .addColumn('organization_id', 'text', (column) =>
      column.primaryKey().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('certificate', 'text', (column) => column.notNull())
    .addColumn('sealed_private_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .execute()
}
