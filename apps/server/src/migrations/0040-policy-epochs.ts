import { type Kysely, sql } from 'kysely'

/** How often the rights in each organization changed: the part of every key of the answer cache that ends its answers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE policy_epochs (
      organization_id text PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
      epoch bigint NOT NULL,
      moved_by text NOT NULL
    )`.execute(db)
  await sql`ALTER TABLE activity_events ADD COLUMN moves_epoch boolean NOT NULL DEFAULT true`.execute(db)
  // Once for a transaction, while it commits: after the chains, whose locks keep two of them from waiting for each other.
  await sql`
    CREATE FUNCTION graticule_move_policy_epoch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path FROM CURRENT AS $$
    BEGIN
      INSERT INTO policy_epochs AS known (organization_id, epoch, moved_by)
        SELECT id, 1, pg_current_xact_id()::text FROM organizations WHERE id = NEW.organization_id
        ON CONFLICT (organization_id) DO UPDATE SET epoch = known.epoch + 1, moved_by = excluded.moved_by
        WHERE known.moved_by <> excluded.moved_by;
      RETURN NULL;
    END $$`.execute(db)
  await sql`
    CREATE CONSTRAINT TRIGGER activity_events_move_epoch AFTER INSERT ON activity_events
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.moves_epoch AND NEW.organization_id IS NOT NULL)
      EXECUTE FUNCTION graticule_move_policy_epoch()`.execute(db)
}
