import type { ActivityEvent } from '@graticule/contract'
import type { CsvCell } from '../../http/csv.ts'

/** The columns of the log in files. */
export const CSV_HEADER = [
  'seq',
  'at',
  'type',
  'outcome',
  'reason',
  'person',
  'email',
  'asset_type',
  'asset_id',
  'request_id',
  'session_id',
  'decision_id',
  'ip_address',
  'user_agent',
  'details',
] as const

/** One event as a line of a table, in the order of the header. */
export function toCsvRow(event: ActivityEvent): CsvCell[] {
  return [
    event.seq,
    event.at,
    event.type,
    event.outcome,
    event.reasonCode,
    event.actor?.name ?? null,
    event.actor?.email ?? null,
    event.assetType,
    event.assetId,
    event.requestId,
    event.sessionId,
    event.decisionId,
    event.ipAddress,
    event.userAgent,
    JSON.stringify(event.details),
  ]
}
