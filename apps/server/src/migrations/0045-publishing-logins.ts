import { type Kysely, sql } from 'kysely'

/** The logins that connections hold for public maps, and what each public map was published to read with. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('publishing_logins')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull().unique())
    .addColumn('login_name', 'text', (column) => column.notNull())
    .addColumn('secrets', 'text')
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull().check(sql`state IN ('valid', 'rejected')`))
    .addColumn('posture', 'text', (column) => column.notNull())
    .addColumn('changed_at', 'timestamptz', (column) => column.notNull())
    .addUniqueConstraint('publishing_logins_name', ['connection_id', 'name'])
    .execute()
  // A login that is removed leaves its lines here, so that the maps which read with it are closed and read with no other.
  await db.schema
    .createTable('map_publications')
    .addColumn('map_id', 'text', (column) => column.notNull().references('maps.id').onDelete('cascade'))
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connections.id').onDelete('cascade'))
    .addColumn('login_id', 'text')
    .addPrimaryKeyConstraint('map_publications_pkey', ['map_id', 'connection_id'])
    .execute()
  await db.schema.createIndex('map_publications_by_connection').on('map_publications').column('connection_id').execute()
}
