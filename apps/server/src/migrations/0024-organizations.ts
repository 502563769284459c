import { type Kysely, sql } from 'kysely'

/** Organizations that end or rest, that are offered to whoever holds a link, and the domains that are proved to be theirs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('organizations')
    .addColumn('suspended_at', 'timestamptz')
    .addColumn('auto_join', 'boolean', (column) => column.notNull().defaultTo(false))
    .execute()

  await db.schema
    .createTable('organization_offers')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('organization_name', 'text', (column) => column.notNull())
    .addColumn('email', 'text')
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('organization_domains')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('domain', 'text', (column) => column.notNull())
    .addColumn('challenge', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('verified_at', 'timestamptz')
    .addColumn('verified_by', 'text', (column) => column.check(sql`verified_by IN ('dns', 'operator')`))
    .addColumn('checked_at', 'timestamptz')
    .addColumn('failing_since', 'timestamptz')
    .addUniqueConstraint('organization_domains_claim', ['organization_id', 'domain'])
    .execute()
  // Any number of organizations may claim a domain; it belongs to the one that proves it.
  await sql`CREATE UNIQUE INDEX organization_domains_owner ON organization_domains (domain) WHERE verified_at IS NOT NULL`.execute(
    db,
  )

  // Nobody invites those who join by their domain.
  await db.schema
    .alterTable('invitations')
    .alterColumn('invited_by', (column) => column.dropNotNull())
    .execute()
}
