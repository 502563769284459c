import { type Kysely, sql } from 'kysely'

/** What an admin states of a provider or of the organization's directory: that it vouches for the e-mails that it tells. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE identity_providers ADD COLUMN emails_verified boolean NOT NULL DEFAULT false
      CONSTRAINT identity_providers_emails_verified CHECK (kind <> 'oidc' OR NOT emails_verified)`.execute(db)
  await sql`ALTER TABLE directory_settings ADD COLUMN scim_emails_verified boolean NOT NULL DEFAULT false`.execute(db)
}
