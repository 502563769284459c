import { type Kysely, sql } from 'kysely'

/** The markers of organizations, and the pictures that they have uploaded for them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('customizations')
    .addColumn('markers', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'::jsonb`))
    .execute()
  await db.schema
    .createTable('marker_images')
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bytea', (column) => column.notNull())
    .addColumn('used_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('marker_images_pkey', ['organization_id', 'digest'])
    .execute()
}
