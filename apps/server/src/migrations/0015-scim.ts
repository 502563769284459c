import { type Kysely, sql } from 'kysely'

/** SCIM: its tokens, and what a directory says of the people and groups that it looks after. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('directory_settings')
    .addColumn('scim_provider_id', 'text', (column) => column.references('identity_providers.id').onDelete('set null'))
    .execute()

  await db.schema
    .createTable('scim_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull().references('users.id'))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('last_used_at', 'timestamptz')
    .addColumn('revoked_at', 'timestamptz')
    .execute()
  await db.schema.createIndex('scim_tokens_by_organization').on('scim_tokens').column('organization_id').execute()

  await db.schema
    .createTable('scim_users')
    .addColumn('user_id', 'text', (column) => column.primaryKey().references('users.id'))
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('user_name', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('attributes', 'jsonb', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .execute()
  await sql`CREATE UNIQUE INDEX scim_users_user_name ON scim_users (organization_id, lower(user_name))`.execute(db)
  await sql`
    CREATE UNIQUE INDEX scim_users_external_id ON scim_users (organization_id, external_id) WHERE external_id IS NOT NULL
  `.execute(db)

  await db.schema
    .createTable('scim_groups')
    .addColumn('group_id', 'text', (column) => column.primaryKey().references('groups.id').onDelete('cascade'))
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
    .execute()
  await sql`CREATE UNIQUE INDEX scim_groups_display_name ON scim_groups (organization_id, lower(display_name))`.execute(
    db,
  )
  await sql`
    CREATE UNIQUE INDEX scim_groups_external_id ON scim_groups (organization_id, external_id) WHERE external_id IS NOT NULL
  `.execute(db)
}
