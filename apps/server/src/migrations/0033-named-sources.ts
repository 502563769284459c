import type { Kysely } from 'kysely'

/** SQL under a name, for programs that use it without seeing it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('named_sources')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('owner_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('sql', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .addUniqueConstraint('named_sources_name', ['organization_id', 'name'])
    .execute()
  await db.schema.createIndex('named_sources_connection').on('named_sources').column('connection_id').execute()
  await db.schema.createIndex('named_sources_owner').on('named_sources').column('owner_id').execute()
}
