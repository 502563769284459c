import { type Kysely, sql } from 'kysely'

/** Groups of people, and grants in place of the column `privacy`: what an asset is shared with is one set of rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('groups')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) =>
      column.notNull().defaultTo('manual').check(sql`source IN ('manual', 'sso', 'scim')`),
    )
    .addColumn('external_id', 'text')
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .execute()
  await sql`CREATE UNIQUE INDEX groups_name ON groups (organization_id, lower(name))`.execute(db)

  await db.schema
    .createTable('group_members')
    .addColumn('group_id', 'text', (column) => column.notNull().references('groups.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('added_at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('group_members_pkey', ['group_id', 'user_id'])
    .execute()
  await db.schema.createIndex('group_members_by_user').on('group_members').column('user_id').execute()

  await db.schema
    .createTable('grants')
    .addColumn('organization_id', 'text', (column) => column.notNull().references('organizations.id'))
    .addColumn('asset_kind', 'text', (column) => column.notNull())
    .addColumn('asset_id', 'text', (column) => column.notNull())
    .addColumn('audience_kind', 'text', (column) => column.notNull())
    .addColumn('group_id', 'text', (column) => column.references('groups.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.references('users.id').onDelete('cascade'))
    .addColumn('created_at', 'timestamptz', (column) => column.notNull())
    .addCheckConstraint('grants_name_their_group', sql`(audience_kind = 'group') = (group_id IS NOT NULL)`)
    .addCheckConstraint('grants_name_their_person', sql`(audience_kind = 'user') = (user_id IS NOT NULL)`)
    .execute()
  await sql`
    CREATE UNIQUE INDEX grants_once ON grants (asset_kind, asset_id, audience_kind, coalesce(group_id, user_id, ''))
  `.execute(db)
  await db.schema
    .createIndex('grants_by_organization')
    .on('grants')
    .columns(['organization_id', 'asset_kind'])
    .execute()
  await db.schema.createIndex('grants_by_group').on('grants').column('group_id').execute()
  await db.schema.createIndex('grants_by_user').on('grants').column('user_id').execute()

  await sql`
    INSERT INTO grants (organization_id, asset_kind, asset_id, audience_kind, created_at)
    SELECT organization_id, 'map', id, CASE privacy WHEN 'public' THEN 'public' ELSE 'organization' END, updated_at
    FROM maps WHERE privacy <> 'private'
    UNION ALL
    SELECT organization_id, 'connection', id, 'organization', updated_at FROM connections WHERE privacy <> 'private'
  `.execute(db)
  await db.schema.alterTable('maps').dropColumn('privacy').execute()
  await db.schema.alterTable('connections').dropColumn('privacy').execute()
}
