import { type Kysely, sql } from 'kysely'

/** Deleted projects and named sources rest in the trash. A named source there leaves its name to others. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('trashed_projects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('owner_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('root_id', 'text', (column) => column.notNull())
    .addColumn('parent_id', 'text')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .addColumn('deleted_at', 'timestamptz', (column) => column.notNull())
    .addColumn('deleted_by', 'text', (column) => column.references('users.id').onDelete('set null'))
    .execute()
  await db.schema.createIndex('trashed_projects_by_root').on('trashed_projects').column('root_id').execute()
  await db.schema.createIndex('trashed_projects_by_owner').on('trashed_projects').column('owner_id').execute()
  await db.schema.createIndex('trashed_projects_by_age').on('trashed_projects').column('deleted_at').execute()
  await db.schema
    .createTable('trashed_contents')
    .addColumn('project_id', 'text', (column) => column.notNull().references('trashed_projects.id').onDelete('cascade'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('owner_id', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('trashed_contents_pkey', ['project_id', 'asset_kind', 'asset_id'])
    .execute()

  await db.schema
    .alterTable('named_sources')
    .addColumn('deleted_at', 'timestamptz')
    .addColumn('deleted_by', 'text', (column) => column.references('users.id').onDelete('set null'))
    .execute()
  await db.schema.alterTable('named_sources').dropConstraint('named_sources_name').execute()
  await sql`
    CREATE UNIQUE INDEX named_sources_name ON named_sources (organization_id, name) WHERE deleted_at IS NULL
  `.execute(db)
  await sql`
    CREATE INDEX named_sources_in_trash ON named_sources (deleted_at) WHERE deleted_at IS NOT NULL
  `.execute(db)
}
