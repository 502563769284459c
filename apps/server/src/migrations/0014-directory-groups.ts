import { type Kysely, sql } from 'kysely'

/** Groups that identity providers tell of, and the roles that follow from them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('identity_providers').addColumn('groups_claim', 'text').execute()

  await db.schema
    .alterTable('groups')
    .addColumn('provider_id', 'text', (column) => column.references('identity_providers.id'))
    .execute()
  await sql`
    CREATE UNIQUE INDEX groups_of_provider ON groups (provider_id, external_id) WHERE provider_id IS NOT NULL
  `.execute(db)
  await db.schema.alterTable('users').addColumn('directory_synced_at', 'timestamptz').execute()

  await db.schema
    .createTable('directory_settings')
    .addColumn('organization_id', 'text', (column) => column.primaryKey().references('organizations.id'))
    .addColumn('custodian_id', 'text', (column) => column.references('users.id'))
    .addColumn('roles_follow_groups', 'boolean', (column) => column.notNull())
    .addColumn('default_role', 'text', (column) => column.notNull().check(sql`default_role IN ('viewer', 'editor')`))
    .execute()
  await db.schema
    .createTable('group_roles')
    .addColumn('group_id', 'text', (column) => column.primaryKey().references('groups.id'))
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('role', 'text', (column) => column.notNull().check(sql`role IN ('admin', 'editor', 'viewer', 'guest')`))
    .execute()
  await db.schema.createIndex('group_roles_by_organization').on('group_roles').column('organization_id').execute()
}
