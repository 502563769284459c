import { type Kysely, sql } from 'kysely'

/** What an organization decides about its people: the role that new ones get, and how many there may be. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('organizations')
    .addColumn('default_role', 'text', (column) =>
      column.notNull().defaultTo('viewer').check(sql`default_role IN ('viewer', 'editor')`),
    )
    .addColumn('editor_seats', 'integer', (column) => column.check(sql`editor_seats >= 0`))
    .addColumn('viewer_seats', 'integer', (column) => column.check(sql`viewer_seats >= 0`))
    .execute()
}
