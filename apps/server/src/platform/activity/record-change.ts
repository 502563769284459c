import type { UserPrincipal } from '@graticule/policy'
import type { Store } from '../db/database.ts'
import { type ActivityLog, actorOf } from './activity-log.ts'

/** Records what a person did to an asset of their organization, in the transaction of the change. */
export type RecordChange = (
  transaction: Store,
  caller: { readonly principal: UserPrincipal; readonly requestId: string },
  type: string,
  assetId: string,
  details: Readonly<Record<string, unknown>>,
) => Promise<void>

/** How changes of one type of asset are recorded. */
export function recordChangesOf(activity: ActivityLog, assetType: string): RecordChange {
  return (transaction, { principal, requestId }, type, assetId, details) =>
    activity.record(transaction, {
      organizationId: principal.organizationId,
      actor: actorOf(principal),
      type,
      assetType,
      assetId,
      requestId,
      details,
    })
}
