import { type Kysely, sql } from 'kysely'

/** What organizations make their own, and the pictures that they have uploaded for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('customizations')
    .addColumn('organization_id', 'text', (column) =>
      column.primaryKey().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('branding', 'jsonb', (column) => column.notNull())
    .addColumn('palettes', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'::jsonb`))
    .addColumn('basemaps', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'::jsonb`))
    .addColumn('expected_access', 'jsonb', (column) => column.notNull().defaultTo(sql`'[]'::jsonb`))
    .execute()
  await db.schema
    .createTable('branding_images')
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organizations.id').onDelete('cascade'),
    )
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bytea', (column) => column.notNull())
    .addColumn('used_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('branding_images_pkey', ['organization_id', 'digest'])
    .execute()
}
