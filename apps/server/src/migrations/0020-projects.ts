import { type Kysely, sql } from 'kysely'

/** Projects with subfolders, and in which of them maps and workflows are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('projects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('owner_id', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('parent_id', 'text', (column) => column.references('projects.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('projects_by_organization').on('projects').column('organization_id').execute()
  await db.schema.createIndex('projects_by_owner').on('projects').column('owner_id').execute()
  await db.schema.createIndex('projects_by_parent').on('projects').column('parent_id').execute()

  await db.schema
    .createTable('project_ancestors')
    .addColumn('project_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('ancestor_id', 'text', (column) => column.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('depth', 'integer', (column) => column.notNull().check(sql`depth >= 0`))
    .addPrimaryKeyConstraint('project_ancestors_pkey', ['project_id', 'ancestor_id'])
    .execute()
  await db.schema.createIndex('project_ancestors_by_ancestor').on('project_ancestors').column('ancestor_id').execute()

  for (const table of ['maps', 'workflows']) {
    await db.schema
      .alterTable(table)
      .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('set null'))
      .execute()
    await sql`
      CREATE INDEX ${sql.raw(`${table}_by_project`)} ON ${sql.table(table)} (project_id) WHERE project_id IS NOT NULL
    `.execute(db)
  }
}
