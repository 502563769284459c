import { hash } from 'node:crypto'
import { hostname } from 'node:os'
import type { Store } from '../db/database.ts'
import { type ActivityLog, SYSTEM_ACTOR } from './activity-log.ts'

const ASSET_TYPE = 'server'

/**
 * Records that this server started. When its last life has no recorded end, it died with up to 200 ms of queued
 * events, and the log says so with a gap event instead of looking complete.
 */
export async function recordServerStart(store: Store, activity: ActivityLog, home: string): Promise<void> {
  const serverId = serverIdOf(home)
  await store.transaction().execute(async (transaction) => {
    const last = await transaction
      .selectFrom('activity')
      .select(['type', 'at'])
      .where('asset_type', '=', ASSET_TYPE)
      .where('asset_id', '=', serverId)
      .where('type', 'in', ['server.started', 'server.stopped'])
      .orderBy('position', 'desc')
      .limit(1)
      .executeTakeFirst()
    const common = { organizationId: null, actor: SYSTEM_ACTOR, assetType: ASSET_TYPE, assetId: serverId }
    if (last?.type === 'server.started') {
      const details = { reason: 'The server ended without closing its log.', startedAt: last.at.toISOString() }
      await activity.record(transaction, { ...common, type: 'activity.gap', details })
    }
    await activity.record(transaction, { ...common, type: 'server.started' })
  })
}

/** Records a clean end, after everything that was queued. */
export async function recordServerStop(activity: ActivityLog, home: string): Promise<void> {
  const assetId = serverIdOf(home)
  activity.enqueue({
    organizationId: null,
    actor: SYSTEM_ACTOR,
    assetType: ASSET_TYPE,
    assetId,
    type: 'server.stopped',
  })
  await activity.flush()
}

/** Tells apart servers that share a metadata store. */
export function serverIdOf(home: string): string {
  return hash('sha256', `${hostname()}:${home}`, 'hex').slice(0, 16)
}
