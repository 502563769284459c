import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase, type Store } from '../platform/db/database.ts'
import { migrateDatabase } from '../platform/db/migrate.ts'
import { METADATA_INVENTORY } from '../platform/inventory/metadata-inventory.ts'
import type { TestStore } from './create-test-app.ts'

/** That the inventory names what the store really has, on every engine that may keep it. */
export function describeInventoryOf(openStore: () => Promise<TestStore>): void {
  let opened: TestStore
  let store: Store

  beforeAll(async () => {
    opened = await openStore()
    store = openDatabase(opened.url)
    await migrateDatabase(store)
  })
  afterAll(async () => {
    await store.destroy()
    await opened.close()
  })

  test('every column of every table is in one class, and no other is', async () => {
    const { rows } = await sql<{ table: string; column: string }>`
      SELECT table_name AS "table", column_name AS "column"
      FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
        AND table_name NOT LIKE 'graticule_migration%' ORDER BY 1, 2`.execute(store)
    const found = rows.map(({ table, column }) => `${table}.${column}`)
    const named = Object.entries(METADATA_INVENTORY).flatMap(([table, columns]) =>
      Object.values(columns)
        .flat()
        .map((column) => `${table}.${column}`),
    )
    expect(found.length).toBeGreaterThan(300)
    expect(named.sort()).toEqual(found.sort())
  })
}
