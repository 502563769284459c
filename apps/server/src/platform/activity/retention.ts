import { sql } from 'kysely'
import type { Clock } from '../clock/clock.ts'
import type { Store } from '../db/database.ts'
import type { Checkpoints } from './checkpoints.ts'

/** Events are kept this long, in days. */
const RETENTION_DAYS = 400
const DAY_MS = 24 * 60 * 60_000
/** A chain begins anew at most this often, so that removing does not leave a checkpoint for every hour. */
const STEP_MS = 30 * DAY_MS

/**
 * Removes events whose time is over. The first one that stays is signed as the beginning of its chain before anything
 * goes, so that the rest can still be verified, and nobody can remove more in the same way.
 */
export async function removeOldActivity(store: Store, checkpoints: Checkpoints, clock: Clock): Promise<number> {
  const keptFrom = new Date(clock.now().getTime() - RETENTION_DAYS * DAY_MS)
  const { rows } = await sql<{ chain: string; organizationId: string | null; seq: string; hash: Buffer }>`
    SELECT chains.chain, chains."organizationId", first_kept.seq, first_kept.hash
    FROM (SELECT id AS chain, id AS "organizationId" FROM organizations UNION ALL SELECT '', NULL) AS chains
    CROSS JOIN LATERAL (
      SELECT at FROM activity_events AS events WHERE events.chain = chains.chain AND seq IS NOT NULL
      ORDER BY seq LIMIT 1) AS oldest
    CROSS JOIN LATERAL (
      -- Nothing newer: the last one stays, for the next to follow.
      SELECT seq, hash FROM activity_events AS events WHERE events.chain = chains.chain AND seq = coalesce(
        (SELECT min(seq) FROM activity_events AS kept WHERE kept.chain = chains.chain AND kept.at >= ${keptFrom}),
        (SELECT max(seq) FROM activity_events AS kept WHERE kept.chain = chains.chain))) AS first_kept
    WHERE oldest.at < ${new Date(keptFrom.getTime() - STEP_MS)}`.execute(store)
  let removed = 0
  for (const { chain, organizationId, seq, hash } of rows) {
    await checkpoints.begin(chain, organizationId, { seq, hash })
    const result = await sql<{ count: string }>`SELECT graticule_remove_activity(${chain}) AS count`.execute(store)
    removed += Number(result.rows[0]?.count ?? 0)
  }
  return removed
}
