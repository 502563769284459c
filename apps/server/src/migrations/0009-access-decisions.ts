import type { Kysely } from 'kysely'

/** Refusals, each under the id that whoever was refused has been told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('access_decisions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addColumn('principal_kind', 'text', (column) => column.notNull())
    .addColumn('principal_id', 'text', (column) => column.notNull())
    .addColumn('action', 'text')
    .addColumn('rule', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('route', 'text', (column) => column.notNull())
    .addColumn('target', 'text')
    .addColumn('request_id', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('access_decisions_by_principal')
    .on('access_decisions')
    .columns(['organization_id', 'principal_kind', 'principal_id', 'at'])
    .execute()
  await db.schema.createIndex('access_decisions_by_time').on('access_decisions').column('at').execute()
}
