import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { MIGRATIONS } from '../../migrations/index.ts'
import type { Store } from './database.ts'
import { hasSqlState } from './store-errors.ts'

/**
 * Brings the store to the newest version. Any number of processes may start at once on an empty database: one row
 * lock lets them pass one by one, inside a transaction, so that it also holds behind a pooler.
 */
export async function migrateDatabase(store: Store): Promise<void> {
  if (await isCurrent(store)) return
  await createLockRow(store)
  await store.transaction().execute(async (transaction) => {
    await sql`SELECT id FROM graticule_migration_gate WHERE id = 1 FOR UPDATE`.execute(transaction)
    const migrator = new Migrator({
      db: transaction,
      provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
      migrationTableName: 'graticule_migration',
      migrationLockTableName: 'graticule_migration_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw error
  })
}

/** Asked first, so that a server whose role may not create tables starts where somebody else has migrated. */
async function isCurrent(store: Store): Promise<boolean> {
  const exists = await sql<{ found: string | null }>`SELECT to_regclass('graticule_migration')::text AS found`.execute(
    store,
  )
  if (exists.rows[0]?.found === null) return false
  const { rows } = await sql<{ name: string }>`SELECT name FROM graticule_migration`.execute(store)
  const done = new Set(rows.map(({ name }) => name))
  return Object.keys(MIGRATIONS).every((name) => done.has(name)) && done.size === Object.keys(MIGRATIONS).length
}

/** `IF NOT EXISTS` does not keep two creators from colliding in the catalogue, so a collision is simply tried again. */
async function createLockRow(store: Store): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql`CREATE TABLE IF NOT EXISTS graticule_migration_gate (id integer PRIMARY KEY)`.execute(store)
      await sql`INSERT INTO graticule_migration_gate (id) VALUES (1) ON CONFLICT DO NOTHING`.execute(store)
      return
    } catch (error) {
      const isCollision = hasSqlState(error, '23505', '42P07', '42710')
      if (!isCollision || attempt === 10) throw error
    }
  }
}
