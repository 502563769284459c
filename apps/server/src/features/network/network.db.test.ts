import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../platform/db/database.ts'
import { createTestApp } from '../../testing/create-test-app.ts'
import { describeNetwork } from '../../testing/network-suite.ts'
import { type PostgresStores, startPostgresStores } from '../../testing/postgres-stores.ts'
import { readAllowedHosts } from './network-store.ts'

let stores: PostgresStores
beforeAll(async () => {
  stores = await startPostgresStores()
})
afterAll(() => stores.stop())

test('a store that is away is said to be, and not taken for a warehouse that does not answer', async () => {
  const store = openDatabase('postgresql://me@127.0.0.1:1/none')
  await expect(readAllowedHosts(store, 'org')).rejects.toMatchObject({ code: 'store_unavailable' })
  await store.destroy()
})

describe('allowed hosts on PostgreSQL', () => {
  describeNetwork(() => createTestApp(() => stores.open()))
})
