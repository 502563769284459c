import { type Kysely, sql } from 'kysely'

/** Single sign-on: identity providers, whom they vouch for, logins under way, their sessions, and whether they are a must. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('identity_providers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('client_secret', 'text')
    .addColumn('domains', 'jsonb', (column) => column.notNull())
    .addColumn('default_role', 'text', (column) => column.notNull().check(sql`default_role IN ('viewer', 'editor')`))
    .addColumn('enabled', 'boolean', (column) => column.notNull())
    .addColumn('tested_at', 'timestamptz')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .execute()
  await sql`CREATE UNIQUE INDEX identity_providers_name ON identity_providers (organization_id, lower(name))`.execute(
    db,
  )
  await db.schema.createIndex('identity_providers_by_issuer').on('identity_providers').column('issuer').execute()

  await db.schema
    .createTable('external_identities')
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('email', 'text')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('last_used_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('external_identities_key', ['organization_id', 'issuer', 'subject'])
    .execute()
  await db.schema.createIndex('external_identities_by_user').on('external_identities').column('user_id').execute()

  await db.schema
    .createTable('pending_logins')
    .addColumn('state_hash', 'text', (column) => column.primaryKey())
    .addColumn('provider_id', 'text', (column) =>
      column.notNull().references('identity_providers.id').onDelete('cascade'),
    )
    .addColumn('browser_hash', 'text', (column) => column.notNull())
    .addColumn('checks', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('tester_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addColumn('used_at', 'timestamptz')
    .execute()

  await db.schema
    .createTable('external_sessions')
    .addColumn('session_id', 'text', (column) => column.primaryKey().references('sessions.id').onDelete('cascade'))
    .addColumn('provider_id', 'text', (column) =>
      column.notNull().references('identity_providers.id').onDelete('cascade'),
    )
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('provider_session_id', 'text')
    .addColumn('id_token', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('external_sessions_by_subject')
    .on('external_sessions')
    .columns(['provider_id', 'subject'])
    .execute()

  await db.schema
    .createTable('sso_enforcements')
    .addColumn('organization_id', 'text', (column) => column.primaryKey().references('organizations.id'))
    .addColumn('guests_exempt', 'boolean', (column) => column.notNull())
    .addColumn('break_glass_user_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('enforced_at', 'timestamptz', (column) => column.notNull())
    .execute()
}
