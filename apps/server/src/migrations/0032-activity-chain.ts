import { randomBytes } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { CHAIN_START, hashContent, hashLink, hashPersonal } from '../platform/activity/chain-form.ts'
import { separatePersonal } from '../platform/activity/personal-details.ts'

const BATCH = 1_000

/**
 * The activity log as one chain per organization (and one of the installation): what was recorded can no longer be
 * changed unseen, and what tells of a person stands apart, where it can be erased.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE activity RENAME TO activity_events`.execute(db)
  await sql`
    ALTER TABLE activity_events
      ADD COLUMN chain text NOT NULL GENERATED ALWAYS AS (coalesce(organization_id, '')) STORED,
      ADD COLUMN schema_version smallint NOT NULL DEFAULT 1,
      ADD COLUMN outcome text NOT NULL DEFAULT 'ok' CHECK (outcome IN ('ok', 'denied', 'error')),
      ADD COLUMN reason_code text,
      ADD COLUMN decision_id text,
      ADD COLUMN session_id text,
      ADD COLUMN personal_hash bytea,
      ADD COLUMN content_hash bytea,
      ADD COLUMN seq bigint,
      ADD COLUMN prev_hash bytea,
      ADD COLUMN hash bytea,
      DROP CONSTRAINT activity_organization_id_fkey,
      ADD CONSTRAINT activity_events_organization FOREIGN KEY (organization_id)
        REFERENCES organizations (id) ON DELETE CASCADE`.execute(db)
  await sql`
    CREATE TABLE activity_personal (
      event_id text PRIMARY KEY REFERENCES activity_events (id) ON DELETE CASCADE,
      salt text NOT NULL,
      details jsonb NOT NULL,
      ip_address text,
      user_agent text
    )`.execute(db)
  await chainWhatIsThere(db)
  await sql`ALTER TABLE activity_events ALTER COLUMN content_hash SET NOT NULL`.execute(db)
  await sql`CREATE UNIQUE INDEX activity_events_by_seq ON activity_events (chain, seq) WHERE seq IS NOT NULL`.execute(
    db,
  )
  await sql`CREATE INDEX activity_events_by_time ON activity_events (chain, at)`.execute(db)
  await sql`
    CREATE VIEW activity AS
      SELECT events.id, events.position, events.organization_id, events.at, events.actor_kind, events.actor_id,
        events.type, events.asset_type, events.asset_id, events.request_id,
        events.details || coalesce(personal.details, '{}') AS details,
        events.support_grant_id, events.seq, events.schema_version, events.outcome, events.reason_code,
        events.decision_id, events.session_id, events.hash, personal.ip_address, personal.user_agent
      FROM activity_events AS events LEFT JOIN activity_personal AS personal ON personal.event_id = events.id
  `.execute(db)
  await createTables(db)
  await createRules(db)
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE activity_keys (
      id text PRIMARY KEY,
      public_key text NOT NULL,
      sealed_private_key text NOT NULL,
      created_at timestamptz NOT NULL
    )`.execute(db)
  await sql`
    CREATE TABLE activity_checkpoints (
      chain text NOT NULL,
      seq bigint NOT NULL,
      organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
      hash bytea NOT NULL,
      at timestamptz NOT NULL,
      is_start boolean NOT NULL DEFAULT false,
      key_id text NOT NULL REFERENCES activity_keys (id),
      signature text NOT NULL,
      PRIMARY KEY (chain, seq, is_start)
    )`.execute(db)
  await sql`
    CREATE TABLE activity_statements (
      organization_id text NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
      digest text NOT NULL,
      text text NOT NULL,
      PRIMARY KEY (organization_id, digest)
    )`.execute(db)
  await sql`
    CREATE TABLE activity_stream_positions (
      stream_id text NOT NULL,
      chain text NOT NULL,
      organization_id text REFERENCES organizations (id) ON DELETE CASCADE,
      seq bigint NOT NULL,
      leased_by text,
      leased_until timestamptz,
      PRIMARY KEY (stream_id, chain)
    )`.execute(db)
}

/** What the store itself sees to, whoever writes. */
async function createRules(db: Kysely<unknown>): Promise<void> {
  // Notes which chains the transaction adds to, so that it can take their locks in one order, at its very end.
  await sql`
    CREATE FUNCTION graticule_note_activity_chain() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      noted text := coalesce(current_setting('graticule.activity_chains', true), '');
      lock_key text := hashtextextended('graticule activity ' || coalesce(NEW.organization_id, ''), 0)::text;
    BEGIN
      NEW.seq := NULL;
      NEW.prev_hash := NULL;
      NEW.hash := NULL;
      IF position(',' || lock_key || ',' IN noted) = 0 THEN
        PERFORM set_config('graticule.activity_chains', noted || ',' || lock_key || ',', true);
      END IF;
      RETURN NEW;
    END $$`.execute(db)
  // Runs while the transaction commits: the locks are the last that it takes, and are held for the length of a commit.
  await sql`
    CREATE FUNCTION graticule_chain_activity() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path FROM CURRENT AS $$
    DECLARE
      noted text := coalesce(current_setting('graticule.activity_chains', true), '');
      lock_key bigint;
      last_seq bigint;
      last_hash bytea;
    BEGIN
      IF noted <> '' THEN
        FOR lock_key IN
          SELECT DISTINCT key::bigint FROM unnest(string_to_array(noted, ',')) AS key WHERE key <> '' ORDER BY 1
        LOOP
          PERFORM pg_advisory_xact_lock(lock_key);
        END LOOP;
        PERFORM set_config('graticule.activity_chains', '', true);
      END IF;
      SELECT seq, hash INTO last_seq, last_hash FROM activity_events
        WHERE chain = coalesce(NEW.organization_id, '') AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
      last_seq := coalesce(last_seq, 0) + 1;
      last_hash := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
      UPDATE activity_events SET seq = last_seq, prev_hash = last_hash, hash = sha256(convert_to(
        '{"content":"' || encode(NEW.content_hash, 'hex') || '","prev":"' || encode(last_hash, 'hex')
        || '","seq":' || last_seq || ',"support":' || coalesce(to_json(NEW.support_grant_id)::text, 'null') || '}', 'UTF8'))
        WHERE id = NEW.id;
      RETURN NULL;
    END $$`.execute(db)
  await sql`
    CREATE FUNCTION graticule_refuse_activity_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'The activity log can only be added to.' USING ERRCODE = 'insufficient_privilege';
    END $$`.execute(db)
  // Events go with their organization, or when a signed checkpoint says where the chain begins from now on.
  await sql`
    CREATE FUNCTION graticule_refuse_activity_removal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path FROM CURRENT AS $$
    BEGIN
      IF OLD.organization_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM organizations WHERE id = OLD.organization_id) THEN
        RETURN OLD;
      END IF;
      IF TG_TABLE_NAME = 'activity_events' AND EXISTS (
        SELECT FROM activity_checkpoints WHERE chain = OLD.chain AND is_start AND seq > OLD.seq) THEN
        RETURN OLD;
      END IF;
      RAISE EXCEPTION 'The activity log can only be added to.' USING ERRCODE = 'insufficient_privilege';
    END $$`.execute(db)
  // For an application that may not delete: only what a signed checkpoint has left behind.
  await sql`
    CREATE FUNCTION graticule_remove_activity(of_chain text) RETURNS bigint LANGUAGE sql SECURITY DEFINER
      SET search_path FROM CURRENT AS $$
      WITH removed AS (
        DELETE FROM activity_events WHERE chain = of_chain AND seq < (
          SELECT max(seq) FROM activity_checkpoints WHERE chain = of_chain AND is_start) RETURNING 1)
      SELECT count(*) FROM removed
    $$`.execute(db)
  await sql`
    CREATE TRIGGER activity_events_note_chain BEFORE INSERT ON activity_events
      FOR EACH ROW EXECUTE FUNCTION graticule_note_activity_chain()`.execute(db)
  await sql`
    CREATE CONSTRAINT TRIGGER activity_events_chain AFTER INSERT ON activity_events
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION graticule_chain_activity()`.execute(db)
  await sql`
    CREATE TRIGGER activity_events_keep BEFORE UPDATE ON activity_events
      FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION graticule_refuse_activity_change()`.execute(db)
  await sql`
    CREATE TRIGGER activity_checkpoints_keep BEFORE UPDATE ON activity_checkpoints
      FOR EACH ROW EXECUTE FUNCTION graticule_refuse_activity_change()`.execute(db)
  for (const table of ['activity_events', 'activity_checkpoints']) {
    await sql`
      CREATE TRIGGER ${sql.ref(`${table}_stay`)} BEFORE DELETE ON ${sql.table(table)}
        FOR EACH ROW EXECUTE FUNCTION graticule_refuse_activity_removal()`.execute(db)
    await sql`
      CREATE TRIGGER ${sql.ref(`${table}_truncate`)} BEFORE TRUNCATE ON ${sql.table(table)}
        FOR EACH STATEMENT EXECUTE FUNCTION graticule_refuse_activity_change()`.execute(db)
  }
}

interface OldEvent {
  readonly id: string
  readonly position: string
  readonly chain: string
  readonly organization_id: string | null
  readonly at: Date
  readonly actor_kind: string
  readonly actor_id: string | null
  readonly type: string
  readonly asset_type: string | null
  readonly asset_id: string | null
  readonly request_id: string | null
  readonly details: Record<string, unknown>
  readonly support_grant_id: string | null
}

/** The events from before there were chains become the beginnings of them, in the order in which they were written. */
async function chainWhatIsThere(db: Kysely<unknown>): Promise<void> {
  const ends = new Map<string, { seq: number; hash: string }>()
  let after = '0'
  for (;;) {
    const { rows } = await sql<OldEvent>`
      SELECT * FROM activity_events WHERE position > ${after} ORDER BY position LIMIT ${BATCH}`.execute(db)
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.position
    const changes = rows.map((row) => {
      const end = ends.get(row.chain) ?? { seq: 0, hash: CHAIN_START }
      const change = chainOld(row, end)
      ends.set(row.chain, { seq: end.seq + 1, hash: change.hash })
      return change
    })
    await sql`
      INSERT INTO activity_personal (event_id, salt, details)
        SELECT id, personal ->> 'salt', personal -> 'details' FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb)
          AS changes (id text, personal jsonb) WHERE jsonb_typeof(personal) = 'object'`.execute(db)
    await sql`
      UPDATE activity_events SET details = changes.details, personal_hash = decode(changes."personalHash", 'hex'),
        content_hash = decode(changes."contentHash", 'hex'), seq = changes.seq,
        prev_hash = decode(changes."previousHash", 'hex'), hash = decode(changes.hash, 'hex')
      FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS changes (id text, details jsonb,
        "personalHash" text, "contentHash" text, seq bigint, "previousHash" text, hash text)
      WHERE activity_events.id = changes.id`.execute(db)
  }
}

function chainOld(row: OldEvent, end: { readonly seq: number; readonly hash: string }) {
  const { lasting, personal } = separatePersonal(row.type, row.details)
  const hasPersonal = Object.keys(personal).length > 0
  const kept = hasPersonal ? { salt: randomBytes(16).toString('hex'), details: personal } : null
  const personalHash = kept === null ? null : hashPersonal({ ...kept, ipAddress: null, userAgent: null })
  const contentHash = hashContent({
    id: row.id,
    organizationId: row.organization_id,
    at: row.at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    type: row.type,
    assetType: row.asset_type,
    assetId: row.asset_id,
    requestId: row.request_id,
    sessionId: null,
    outcome: 'ok',
    reasonCode: null,
    decisionId: null,
    details: lasting,
    personalHash,
  })
  const seq = end.seq + 1
  const link = { contentHash, previousHash: end.hash, seq: String(seq), supportGrantId: row.support_grant_id }
  return {
    id: row.id,
    details: lasting,
    personal: kept,
    personalHash,
    contentHash,
    seq,
    previousHash: end.hash,
    hash: hashLink(link),
  }
}
