import { type Kysely, sql } from 'kysely'

/** The hosts that organizations let the server reach. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('network_policies')
    .addColumn('organization_id', 'text', (column) =>
      column.primaryKey().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('allowed_hosts', 'jsonb')
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute()
}
