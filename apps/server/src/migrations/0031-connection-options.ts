import { type Kysely, sql } from 'kysely'

/** How connections are used, how often they were edited, and who keeps which at hand. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('connections')
    .addColumn('options', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'::jsonb`))
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(1))
    .execute()
  await db.schema
    .createTable('connection_bookmarks')
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('connection_bookmarks_pkey', ['user_id', 'connection_id'])
    .execute()
  await db.schema
    .createIndex('connection_bookmarks_by_connection')
    .on('connection_bookmarks')
    .column('connection_id')
    .execute()
}
