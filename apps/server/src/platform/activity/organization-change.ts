import type { Store } from '../db/database.ts'
import type { ActivityActor, ActivityLog } from './activity-log.ts'

/** Who changes something about an organization as a whole: a person, or whoever runs the installation. */
export interface OrganizationChange {
  readonly organizationId: string
  readonly actor: ActivityActor
  readonly requestId: string
}

/** Records a change of an organization in the transaction of the change. */
export async function recordOrganizationChange(
  activity: ActivityLog,
  transaction: Store,
  { organizationId, actor, requestId }: OrganizationChange,
  type: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  await activity.record(transaction, {
    organizationId,
    actor,
    type,
    assetType: 'organization',
    assetId: organizationId,
    requestId,
    details,
  })
}
