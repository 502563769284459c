import { AppError } from '@graticule/contract'
import type { LeakCounts, LeakFacts } from './facts.ts'

/** Counting reads data, so only this many are counted, and none for longer than this, in milliseconds. */
const MAX_COUNTED = 20
const COUNT_TIMEOUT_MS = 5_000

/**
 * For each leak the rows that the login is shown, and those that the same definition would give it with its own rights:
 * the view's text is run once more as this login. `count` answers one number, or throws.
 */
export async function countLeaks(
  leaks: readonly LeakFacts[],
  count: (text: string, timeoutMs: number) => Promise<number>,
): Promise<ReadonlyMap<string, LeakCounts>> {
  const attempt = async (relation: string): Promise<number | null> => {
    try {
      return await count(`SELECT count(*) FROM ${relation}`, COUNT_TIMEOUT_MS)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // The login itself may not read what stands behind the view.
      if (error.code === 'warehouse_permission_denied') return 0
      // Too slow to count: the leak is named without a number.
      if (error.code !== 'client_closed_request') return null
      throw error
    }
  }
  const counts = new Map<string, LeakCounts>()
  for (const { name, definition } of leaks.slice(0, MAX_COUNTED)) {
    const shown = await attempt(name)
    const allowed = shown === null ? null : await attempt(`(${definition.replace(/;\s*$/, '')}\n) AS definition`)
    counts.set(name, { shown, allowed })
  }
  return counts
}
