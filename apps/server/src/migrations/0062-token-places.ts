import { type Kysely, sql } from 'kysely'

/** The databases to which a provider's tokens may be sent as passwords: an admin's word, as who is sent one can use it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE identity_providers ADD COLUMN token_places jsonb NOT NULL DEFAULT '[]'
      CONSTRAINT identity_providers_token_places CHECK (kind = 'oidc' OR token_places = '[]')`.execute(db)
}
