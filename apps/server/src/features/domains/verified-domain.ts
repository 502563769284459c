import { AppError } from '@graticule/contract'
import type { ActivityActor, ActivityLog } from '../../platform/activity/activity-log.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { createRandomToken } from '../../platform/secrets/bearer-tokens.ts'
import type { DomainRow, DomainStore } from './domain-store.ts'

export interface DomainChange {
  readonly domains: DomainStore
  readonly activity: ActivityLog
  readonly actor: ActivityActor
  readonly requestId: string
  readonly at: Date
}

/** A domain as an organization says for the first time that it is its own. */
export function newClaim(organizationId: string, domain: string, at: Date): DomainRow {
  return {
    id: createId(),
    organization_id: organizationId,
    domain,
    challenge: createRandomToken('graticule-domain='),
    created_at: at,
    verified_at: null,
    verified_by: null,
    checked_at: null,
    failing_since: null,
  }
}

/** Makes the domain the organization's. Throws `conflict` when it is another's already. */
export async function markVerified(
  transaction: Store,
  row: DomainRow,
  by: 'dns' | 'operator',
  { activity, actor, at, domains, requestId }: DomainChange,
): Promise<void> {
  try {
    await domains.update(transaction, row.id, {
      verified_at: at,
      verified_by: by,
      checked_at: at,
      failing_since: null,
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'organization_domains_owner')) throw error
    throw new AppError(
      'conflict',
      `${row.domain} belongs to another organization of this installation; an admin there must remove it first.`,
      { details: { rule: 'domain-claim.taken' } },
    )
  }
  await activity.record(transaction, {
    organizationId: row.organization_id,
    actor,
    type: 'domain.verified',
    assetType: 'domain',
    assetId: row.id,
    requestId,
    details: { domain: row.domain, by },
  })
}
