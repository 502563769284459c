import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Store } from './database.ts'
import { describeStoreFailure } from './store-errors.ts'

/** Waits for a store that is still starting, as it is when both were started together. Throws what stayed wrong. */
export async function waitForStore(store: Store, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      await sql`SELECT 1`.execute(store)
      return
    } catch (error) {
      const isStarting = describeStoreFailure(error)?.code === 'store_unavailable'
      if (!isStarting || Date.now() > deadline) throw error
      await sleep(250)
    }
  }
}
