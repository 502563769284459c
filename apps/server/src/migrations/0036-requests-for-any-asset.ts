import { type Kysely, sql } from 'kysely'

/** Requests for access to other things than maps, and for editing a map. What is deleted for good leaves its requests to the sweep. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`DROP INDEX access_requests_open`.execute(db)
  await sql`ALTER TABLE access_requests DROP CONSTRAINT access_requests_map_id_fkey`.execute(db)
  await db.schema.alterTable('access_requests').renameColumn('map_id', 'asset_id').execute()
  await sql`ALTER TABLE access_requests ADD COLUMN asset_kind text NOT NULL DEFAULT 'map'`.execute(db)
  await sql`ALTER TABLE access_requests ADD COLUMN wanted text NOT NULL DEFAULT 'open'`.execute(db)
  await sql`
    ALTER TABLE access_requests ALTER COLUMN asset_kind DROP DEFAULT, ALTER COLUMN wanted DROP DEFAULT
  `.execute(db)
  await sql`
    CREATE UNIQUE INDEX access_requests_open ON access_requests (asset_kind, asset_id, requester_id, wanted)
    WHERE decided_at IS NULL
  `.execute(db)
}
