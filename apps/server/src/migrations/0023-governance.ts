import { type Kysely, sql } from 'kysely'

/** What an organization forbids from now on, and whom new assets are shared with: one document with a revision. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('governance')
    .addColumn('organization_id', 'text', (column) => column.primaryKey().references('organizations.id'))
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('policies', 'jsonb', (column) => column.notNull().defaultTo(sql`'{}'::jsonb`))
    .addColumn('sharing_defaults', 'jsonb', (column) =>
      column.notNull().defaultTo(sql`'{"organization": {}, "groups": {}}'::jsonb`),
    )
    .execute()
}
