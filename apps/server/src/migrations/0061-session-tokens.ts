import type { Kysely } from 'kysely'

/** What tokens are fetched with for as long as a session lasts, and until when one server alone does that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('external_sessions')
    .addColumn('refresh_token', 'text')
    .addColumn('refreshing_until', 'timestamptz')
    .execute()
}
