import { type Kysely, sql } from 'kysely'

/** Grants that end by themselves, and requests for access, which lead to them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('grants').addColumn('expires_at', 'timestamptz').execute()
  await sql`CREATE INDEX grants_by_expiry ON grants (expires_at) WHERE expires_at IS NOT NULL`.execute(db)
  await db.schema
    .createTable('access_requests')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('map_id', 'text', (column) => column.notNull().references('maps.id').onDelete('cascade'))
    .addColumn('requester_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('decided_at', 'timestamptz')
    .execute()
  await sql`
    CREATE UNIQUE INDEX access_requests_open ON access_requests (map_id, requester_id) WHERE decided_at IS NULL
  `.execute(db)
  await db.schema.createIndex('access_requests_by_requester').on('access_requests').column('requester_id').execute()
}
