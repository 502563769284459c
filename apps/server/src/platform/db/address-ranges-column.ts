import type { AddressPolicyId } from '@graticule/policy'
import { sql } from 'kysely'

/** Where the organization of a row lets somebody come from; null for anywhere. */
export function addressRangesColumn(policy: AddressPolicyId, organizationId: string) {
  return sql<readonly string[] | null>`(
    SELECT governance.policies -> ${sql.lit(policy)} FROM governance
    WHERE governance.organization_id = ${sql.ref(organizationId)}
  )`
}
