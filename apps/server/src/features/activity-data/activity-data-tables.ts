import type { ActivityDataCategory, ActivityEvent, Role } from '@graticule/contract'
import type { ParquetCell, ParquetColumn } from '../../http/parquet.ts'
import { EVENT_TYPES } from '../../platform/activity/event-types.ts'
import type { UsageLine } from '../usage/usage-line.ts'

/** The columns of each file, as CARTO names them. */
export const ACTIVITY_DATA_COLUMNS: Readonly<Record<ActivityDataCategory, readonly ParquetColumn[]>> = {
  activity: [
    { name: 'type', kind: 'text' },
    { name: 'ts', kind: 'time' },
    { name: 'data', kind: 'text' },
  ],
  apiUsage: [
    { name: 'ts', kind: 'time' },
    { name: 'user_id', kind: 'text' },
    { name: 'metric', kind: 'text' },
    { name: 'amount', kind: 'integer' },
    { name: 'quota_usage_weight', kind: 'number' },
    { name: 'map_id', kind: 'text' },
    { name: 'workflow_id', kind: 'text' },
  ],
  userList: [
    { name: 'user_id', kind: 'text' },
    { name: 'email', kind: 'text' },
    { name: 'created_at', kind: 'time' },
    { name: 'role', kind: 'text' },
    { name: 'group_ids', kind: 'text' },
  ],
  groupList: [
    { name: 'group_id', kind: 'text' },
    { name: 'group_alias', kind: 'text' },
  ],
}

/** An event under CARTO's name for its type, where there is one; all that is known of it is JSON. */
export function activityRow(event: ActivityEvent): ParquetCell[] {
  const { actor, assetId, assetType, at, decisionId, details, id, outcome, reasonCode, requestId, seq, type } = event
  const about = { eventType: type, eventId: id, seq, userId: actor?.id ?? null, email: actor?.email ?? null }
  const data = { ...details, ...about, assetType, assetId, outcome, reasonCode, requestId, decisionId }
  return [EVENT_TYPES[type]?.carto ?? type, at, JSON.stringify(data)]
}

export function usageRow({ client, day, mapId, method, requests, userId, weight }: UsageLine): ParquetCell[] {
  const at = `${day}T00:00:00.000Z`
  return [at, userId, `${method}/${client}`, requests, weight, mapId === '' ? null : mapId, null]
}

/** Somebody of the organization. */
export interface ListedUser {
  readonly id: string
  readonly email: string
  readonly createdAt: Date
  readonly role: Role
  readonly groupIds: readonly string[]
}

export function userRow({ createdAt, email, groupIds, id, role }: ListedUser): ParquetCell[] {
  return [id, email, createdAt.toISOString(), role, JSON.stringify(groupIds)]
}
