import { type Kysely, sql } from 'kysely'

/** People can be deleted: their row stays behind what they did, and their e-mail is free for somebody else. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').addColumn('deleted_at', 'timestamptz').execute()
  await sql`
    ALTER TABLE users ADD CONSTRAINT users_deleted_are_disabled CHECK (deleted_at IS NULL OR disabled_at IS NOT NULL)
  `.execute(db)
  await sql`DROP INDEX users_email`.execute(db)
  await sql`
    CREATE UNIQUE INDEX users_email ON users (organization_id, lower(email)) WHERE deleted_at IS NULL
  `.execute(db)
  await db.schema.createIndex('maps_by_owner').on('maps').column('owner_id').execute()
  await db.schema.createIndex('connections_by_owner').on('connections').column('owner_id').execute()
}
