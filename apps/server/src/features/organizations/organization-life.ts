import { AppError } from '@graticule/contract'
import type { ActivityActor, ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'
import { deleteOrganizationRows } from '../../platform/db/organization-rows.ts'
import type { OrganizationStore } from './organization-store.ts'

/** What the end of an organization, or its rest, needs; whoever asks, the operator too. */
export interface OrganizationLife {
  readonly organizations: OrganizationStore
  readonly activity: ActivityLog
}

/** Who does it, and under which request. */
export interface LifeChange {
  readonly organizationId: string
  readonly actor: ActivityActor
  readonly requestId: string
}

/** Shuts the organization for everybody until it is restored. Throws `conflict` when it is shut already. */
export async function suspendOrganization(
  transaction: Store,
  { activity, organizations }: OrganizationLife,
  change: LifeChange,
  at: Date,
): Promise<void> {
  const row = await organizations.lock(transaction, change.organizationId)
  if (row.suspended_at !== null)
    throw new AppError('conflict', `"${row.name}" is suspended already.`, {
      details: { rule: 'organization.suspended' },
    })
  await organizations.update(transaction, row.id, { suspended_at: at })
  await activity.record(transaction, eventOf(change, 'organization.suspended'))
}

/** Lets everybody in again as before. Throws `conflict` when nobody is kept out. */
export async function restoreOrganization(
  transaction: Store,
  { activity, organizations }: OrganizationLife,
  change: LifeChange,
): Promise<void> {
  const row = await organizations.lock(transaction, change.organizationId)
  if (row.suspended_at === null)
    throw new AppError('conflict', `"${row.name}" is not suspended.`, { details: { rule: 'organization.active' } })
  await organizations.update(transaction, row.id, { suspended_at: null })
  await activity.record(transaction, eventOf(change, 'organization.restored'))
}

/**
 * Removes the organization and everything of it, for good. What remains is one event of the installation that says which
 * id ended and when.
 */
export async function deleteOrganization(
  transaction: Store,
  { activity, organizations }: OrganizationLife,
  change: LifeChange,
): Promise<void> {
  await organizations.lockForEnd(transaction, change.organizationId)
  await deleteOrganizationRows(transaction, change.organizationId)
  await activity.record(transaction, { ...eventOf(change, 'organization.deleted'), organizationId: null })
}

/** Throws `invalid_request` unless the name was typed as it is. */
export function demandTypedName(name: string, typed: string): void {
  if (typed.trim() === name) return
  throw new AppError('invalid_request', `Type the name of the organization to confirm: ${name}`, {
    details: { rule: 'typed-name' },
  })
}

function eventOf({ actor, organizationId, requestId }: LifeChange, type: string) {
  return { organizationId, actor, type, assetType: 'organization', assetId: organizationId, requestId }
}
