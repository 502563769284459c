import { type Kysely, sql } from 'kysely'

/** Whose login serves those whom a connection is shared with, and the logins that people give for themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('connections')
    .addColumn('credential_policy', 'text', (column) =>
      column.notNull().defaultTo('owner').check(sql`credential_policy IN ('owner', 'viewer')`),
    )
    .execute()
  await db.schema
    .createTable('viewer_credentials')
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('login_name', 'text', (column) => column.notNull())
    .addColumn('secrets', 'text')
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state IN ('valid', 'rejected')`))
    .addColumn('given_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('viewer_credentials_pkey', ['connection_id', 'user_id'])
    .execute()
  await db.schema.createIndex('viewer_credentials_by_user').on('viewer_credentials').column('user_id').execute()
}
