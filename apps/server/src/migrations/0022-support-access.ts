import { type Kysely, sql } from 'kysely'

/** Grants of support access, the people who are here by one, and the mark of a grant on what they did. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('support_grants')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('enabled_by', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role IN ('admin', 'editor', 'viewer')`))
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addColumn('ended_at', 'timestamptz')
    .addColumn('ended_by', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('receiver_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addCheckConstraint('support_grants_receiver', sql`(ended_at IS NULL) = (receiver_id IS NULL)`)
    .execute()
  // One at a time, and none without an end.
  await sql`
    CREATE UNIQUE INDEX support_grants_active ON support_grants (organization_id) WHERE ended_at IS NULL
  `.execute(db)

  await db.schema
    .alterTable('users')
    .addColumn('support_grant_id', 'text', (column) => column.references('support_grants.id').onDelete('set null'))
    .execute()
  await sql`
    CREATE INDEX users_by_support_grant ON users (support_grant_id) WHERE support_grant_id IS NOT NULL
  `.execute(db)

  await db.schema.alterTable('activity').addColumn('support_grant_id', 'text').execute()
}
