import { type Kysely, sql } from 'kysely'

/** SAML beside OpenID Connect: its settings, what providers have browsers post, and assertions that were used. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('identity_providers')
    .alterColumn('client_id', (column) => column.dropNotNull())
    .addColumn('saml', 'jsonb')
    .execute()
  await sql`
    ALTER TABLE identity_providers ADD CONSTRAINT identity_providers_settings CHECK (
      CASE kind WHEN 'saml' THEN saml IS NOT NULL ELSE saml IS NULL AND client_id IS NOT NULL END
    )
  `.execute(db)
  await db.schema.alterTable('pending_logins').addColumn('answer', 'text').execute()
  await db.schema
    .alterTable('external_sessions')
    .alterColumn('id_token', (column) => column.dropNotNull())
    .execute()

  await db.schema
    .createTable('used_assertions')
    .addColumn('provider_id', 'text', (column) =>
      column.notNull().references('identity_providers.id').onDelete('cascade'),
    )
    .addColumn('assertion_hash', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('used_assertions_key', ['provider_id', 'assertion_hash'])
    .execute()
}
