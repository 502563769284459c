import type { Kysely } from 'kysely'

/** What it takes to change the master key while servers run. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('store_key')
    .addColumn('next_key_id', 'text')
    .addColumn('changed_at', 'timestamptz')
    .execute()
  await db.schema
    .createTable('signing_keys')
    .addColumn('purpose', 'text', (column) => column.primaryKey())
    .addColumn('sealed_key', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('server_keys')
    .addColumn('server_id', 'text', (column) => column.primaryKey())
    .addColumn('key_ids', 'jsonb', (column) => column.notNull())
    .addColumn('sealing_key_id', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'timestamptz', (column) => column.notNull())
    .execute()
}
