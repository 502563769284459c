import type { Kysely } from 'kysely'

/** What several servers on one store need: which key its secrets are sealed with, and who runs a job. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('store_key')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .execute()
  await db.schema.alterTable('sql_jobs').addColumn('server_id', 'text').execute()
}
