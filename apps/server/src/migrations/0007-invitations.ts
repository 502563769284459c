import { type Kysely, sql } from 'kysely'

/** Invitations to an organization, and links that set a new password. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invitations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('invited_by', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('sent_at', 'timestamptz', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addColumn('accepted_at', 'timestamptz')
    .addColumn('accepted_by', 'text', (column) => column.references('users.id'))
    .addColumn('withdrawn_at', 'timestamptz')
    .execute()
  await sql`
    CREATE UNIQUE INDEX invitations_open ON invitations (organization_id, lower(email))
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL
  `.execute(db)
  await db.schema
    .createIndex('invitations_by_organization')
    .on('invitations')
    .columns(['organization_id', 'created_at'])
    .execute()
  await sql`ALTER TABLE sign_in_links DROP CONSTRAINT sign_in_links_purpose_check`.execute(db)
  await sql`
    ALTER TABLE sign_in_links ADD CONSTRAINT sign_in_links_purpose_check
    CHECK (purpose IN ('sign-in', 'setup', 'password'))
  `.execute(db)
}
