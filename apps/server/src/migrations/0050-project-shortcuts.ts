import { type Kysely, sql } from 'kysely'

/** Shortcuts in projects to maps, workflows and applications that lie elsewhere. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const targets = [
    ['map_id', 'maps'],
    ['workflow_id', 'workflows'],
    ['application_id', 'applications'],
  ] as const
  let table = db.schema
    .createTable('project_shortcuts')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
    .addColumn('trashed_project_id', 'text', (column) => column.references('trashed_projects.id').onDelete('cascade'))
  for (const [column, target] of targets) {
    table = table.addColumn(column, 'text', (definition) => definition.references(`${target}.id`).onDelete('cascade'))
  }
  await table
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addCheckConstraint('project_shortcuts_place', sql`num_nonnulls(project_id, trashed_project_id) = 1`)
    .addCheckConstraint('project_shortcuts_target', sql`num_nonnulls(map_id, workflow_id, application_id) = 1`)
    .execute()
  for (const [column] of targets) {
    const name = `project_shortcuts_${column}`
    await db.schema.createIndex(name).on('project_shortcuts').columns([column, 'project_id']).unique().execute()
  }
  for (const column of ['project_id', 'trashed_project_id']) {
    await db.schema.createIndex(`project_shortcuts_by_${column}`).on('project_shortcuts').column(column).execute()
  }
}
