import { sql } from 'kysely'
import { expect } from 'vitest'
import { openDatabase } from '../platform/db/database.ts'
import type { TestApp } from './create-test-app.ts'

type Answer = Awaited<ReturnType<TestApp['request']>>

/** Holds the rows, begins one request after the other once the one before waits in the database, and lets go. */
export async function meetInDatabase(
  testApp: TestApp,
  holdRows: string,
  begin: readonly (() => Promise<Answer>)[],
): Promise<Answer[]> {
  const blocker = openDatabase(testApp.storeUrl)
  try {
    const begun = await blocker.transaction().execute(async (transaction) => {
      await sql.raw(holdRows).execute(transaction)
      const pending: Promise<Answer>[] = []
      let settledCount = 0
      for (const start of begin) {
        pending.push(
          start().finally(() => {
            settledCount += 1
          }),
        )
        await expect.poll(async () => settledCount + (await countWaiting(testApp))).toBe(pending.length)
      }
      return pending
    })
    return await Promise.all(begun)
  } finally {
    await blocker.destroy()
  }
}

async function countWaiting(testApp: TestApp): Promise<number> {
  const waiting = await sql<{ count: number }>`
    SELECT count(*)::integer AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(testApp.store)
  return waiting.rows[0]?.count ?? 0
}
