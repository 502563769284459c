import { type Kysely, sql } from 'kysely'

/** OAuth clients, and what was issued to them: codes, tokens, and what people agreed to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE oauth_clients (
      id text PRIMARY KEY,
      organization_id text NOT NULL REFERENCES organizations (id),
      owner_id text NOT NULL REFERENCES users (id),
      kind text NOT NULL CHECK (kind IN ('spa', 'machine')),
      title text NOT NULL,
      secret_hash text,
      callback_urls jsonb NOT NULL,
      logout_urls jsonb NOT NULL,
      web_origins jsonb NOT NULL,
      cors_origins jsonb NOT NULL,
      login_uri text,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      last_used_at timestamptz,
      CHECK ((kind = 'machine') = (secret_hash IS NOT NULL))
    )`.execute(db)
  await sql`CREATE INDEX oauth_clients_by_organization ON oauth_clients (organization_id, created_at)`.execute(db)
  await sql`CREATE INDEX oauth_clients_by_owner ON oauth_clients (owner_id)`.execute(db)
  // What a session gave ends with it, and what was given to a client ends with the client.
  await sql`
    CREATE TABLE oauth_artifacts (
      id_hash text PRIMARY KEY,
      model text NOT NULL,
      client_id text REFERENCES oauth_clients (id) ON DELETE CASCADE,
      user_id text REFERENCES users (id) ON DELETE CASCADE,
      session_id text REFERENCES sessions (id) ON DELETE CASCADE,
      grant_hash text,
      uid_hash text,
      sealed_payload text NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz,
      consumed_at timestamptz
    )`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_client ON oauth_artifacts (client_id, user_id)`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_user ON oauth_artifacts (user_id)`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_session ON oauth_artifacts (session_id)`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_grant ON oauth_artifacts (grant_hash)`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_uid ON oauth_artifacts (uid_hash)`.execute(db)
  await sql`CREATE INDEX oauth_artifacts_by_end ON oauth_artifacts (expires_at)`.execute(db)
  await sql`
    CREATE TABLE oauth_keys (
      purpose text PRIMARY KEY,
      sealed_key text NOT NULL,
      created_at timestamptz NOT NULL
    )`.execute(db)
}
