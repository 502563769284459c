import { type Kysely, sql } from 'kysely'

/** As which client of which issuer a refresh token was given. Those of before are forgotten: nobody knows it of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE external_sessions ADD COLUMN refresh_client text`.execute(db)
  await sql`UPDATE external_sessions SET refresh_token = NULL, refreshing_until = NULL`.execute(db)
}
