import { type Kysely, sql } from 'kysely'

/** Requests that are carried out once, however often they are sent, with what was answered. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE idempotent_requests (
      principal_id text NOT NULL,
      key_hash text NOT NULL,
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      attempt_id text NOT NULL,
      request_digest text NOT NULL,
      status integer,
      sealed_answer text,
      created_at timestamptz NOT NULL,
      PRIMARY KEY (principal_id, key_hash)
    )`.execute(db)
  await sql`CREATE INDEX idempotent_requests_by_time ON idempotent_requests (created_at)`.execute(db)
  await sql`CREATE INDEX idempotent_requests_by_organization ON idempotent_requests (organization_id)`.execute(db)
}
