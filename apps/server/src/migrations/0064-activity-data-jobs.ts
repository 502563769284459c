import { type Kysely, sql } from 'kysely'

/** Exports of activity data: what was asked for, and the secret in the addresses of the results. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE activity_data_jobs (
      id text PRIMARY KEY,
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      created_by text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      start_day date NOT NULL,
      end_day date NOT NULL,
      categories jsonb NOT NULL,
      format text NOT NULL,
      sealed_token text NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      cancelled_at timestamptz
    )`.execute(db)
  await sql`CREATE INDEX activity_data_jobs_by_organization ON activity_data_jobs (organization_id)`.execute(db)
  await sql`CREATE INDEX activity_data_jobs_by_end ON activity_data_jobs (expires_at)`.execute(db)
}
