import { type Kysely, sql } from 'kysely'

/** People who ask to join an organization, and whether it takes their requests. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('organizations')
    .addColumn('takes_join_requests', 'boolean', (column) => column.notNull().defaultTo(false))
    .execute()
  await db.schema
    .createTable('join_requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('refused_at', 'timestamptz')
    .execute()
  await sql`CREATE UNIQUE INDEX join_requests_email ON join_requests (organization_id, lower(email))`.execute(db)
}
