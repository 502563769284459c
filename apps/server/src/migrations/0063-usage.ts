import { type Kysely, sql } from 'kysely'

/** What people use of the APIs, the quota of the organization, and the limits of people and groups. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE usage_requests (
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      day date NOT NULL,
      user_id text NOT NULL,
      method text NOT NULL,
      client text NOT NULL,
      map_id text NOT NULL,
      weight numeric NOT NULL,
      requests bigint NOT NULL,
      PRIMARY KEY (organization_id, day, user_id, method, client, map_id, weight)
    )`.execute(db)
  await sql`
    CREATE TABLE usage_days (
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      user_id text NOT NULL,
      day date NOT NULL,
      units numeric NOT NULL,
      PRIMARY KEY (organization_id, user_id, day)
    )`.execute(db)
  await sql`
    CREATE TABLE usage_settings (
      organization_id text PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
      revision integer NOT NULL DEFAULT 0,
      yearly_units bigint,
      resets_on text NOT NULL
    )`.execute(db)
  await sql`
    CREATE TABLE usage_limits (
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      subject_kind text NOT NULL CHECK (subject_kind IN ('user', 'group')),
      subject_id text NOT NULL,
      units bigint NOT NULL,
      PRIMARY KEY (organization_id, subject_kind, subject_id)
    )`.execute(db)
  await sql`
    CREATE TABLE usage_notices (
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      year_start date NOT NULL,
      subject_kind text NOT NULL,
      subject_id text NOT NULL,
      share integer NOT NULL,
      units bigint NOT NULL,
      PRIMARY KEY (organization_id, year_start, subject_kind, subject_id, share, units)
    )`.execute(db)
}
