import { type Kysely, sql } from 'kysely'

/** People's own tokens as their passwords: which token a connection sends, and as whom. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE connections DROP CONSTRAINT connections_viewer_authentication_check`.execute(db)
  await sql`
    ALTER TABLE connections ADD CONSTRAINT connections_viewer_authentication_check
      CHECK (viewer_authentication IN ('stored', 'certificate', 'token'))`.execute(db)
  await sql`ALTER TABLE connections ADD COLUMN viewer_token jsonb`.execute(db)
}
