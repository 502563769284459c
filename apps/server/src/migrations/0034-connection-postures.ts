import { type Kysely, sql } from 'kysely'

/** What was last found out about the login of each connection, and when it was last looked at. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('connection_postures')
    .addColumn('connection_id', 'text', (column) =>
      column.primaryKey().references('connections.id').onDelete('cascade'),
    )
    .addColumn('attempted_at', 'timestamptz', (column) => column.notNull())
    .addColumn('checked_at', 'timestamptz')
    .addColumn('report', 'jsonb')
    .addColumn('failure', 'text')
    .addCheckConstraint('connection_postures_checked', sql`(checked_at IS NULL) = (report IS NULL)`)
    .execute()
  await db.schema.createIndex('connection_postures_due').on('connection_postures').column('attempted_at').execute()
}
