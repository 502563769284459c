import type { StatementRecord } from '../warehouses/warehouse-target.ts'
import { type ActivityLog, actorOf } from './activity-log.ts'
import { digestOf, withoutLiterals } from './statement-text.ts'

/** Queues the event of one statement that was sent to a warehouse: who, through what, how long; never its text or rows, but digests by which one can be found again. */
export function recordStatement(activity: ActivityLog, record: StatementRecord): void {
  const { context, target } = record
  activity.enqueue({
    organizationId: target.organizationId,
    actor: actorOf(context.principal),
    type: 'warehouse.statement',
    assetType: 'connection',
    assetId: target.connectionId,
    requestId: context.requestId,
    isRoutine: true,
    ...(record.outcome === 'ok' ? {} : { outcome: 'error', reasonCode: record.outcome }),
    details: {
      connection: target.connectionName,
      purpose: context.purpose,
      outcome: record.outcome,
      rows: record.rows,
      // Which login of which database it was, and which text: without the values in it, which somebody could try out.
      databaseSha256: digestOf(target.databaseIdentity),
      ...(record.text !== null && { sqlSha256: digestOf(withoutLiterals(record.text)) }),
      durationMs: Math.round(record.durationMs * 10) / 10,
      queuedMs: Math.round(record.queuedMs * 10) / 10,
      ...(context.mapId === undefined ? {} : { map: context.mapId }),
    },
  })
}
