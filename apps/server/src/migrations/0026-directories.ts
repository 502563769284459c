import { type Kysely, sql } from 'kysely'

/** Directories that speak LDAP, as identity providers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('identity_providers').dropConstraint('identity_providers_settings').execute()
  await db.schema.alterTable('identity_providers').addColumn('ldap', 'jsonb').execute()
  await sql`
    ALTER TABLE identity_providers ADD CONSTRAINT identity_providers_settings CHECK (
      (saml IS NOT NULL) = (kind = 'saml') AND (ldap IS NOT NULL) = (kind = 'ldap')
      AND (client_id IS NOT NULL) = (kind = 'oidc'))
  `.execute(db)
}
