import type { GovernancePolicies } from '@graticule/contract'
import type { PlanNames } from '@graticule/policy'
import { type SqlBool, sql } from 'kysely'
import { AddressRanges } from '../../platform/addresses/address-ranges.ts'
import type { Store } from '../../platform/db/database.ts'

/**
 * Who would be shut out before and after other ranges of addresses: people by where their live sessions began, and of
 * tokens their owners, because where a token comes from is known only once it comes.
 */
export async function listOutside(
  store: Store,
  organizationId: string,
  before: GovernancePolicies,
  after: GovernancePolicies,
): Promise<PlanNames['outside']> {
  const isChanged = (policy: 'people.addresses' | 'tokens.addresses') =>
    JSON.stringify(before[policy]) !== JSON.stringify(after[policy])
  const sessions = isChanged('people.addresses') ? await listSessionAddresses(store, organizationId) : []
  const owners = isChanged('tokens.addresses') ? await listTokenOwners(store, organizationId) : []
  const outsideOf = (lines: readonly string[] | null) => {
    if (lines === null) return []
    const ranges = new AddressRanges(lines)
    return [...new Set(sessions.filter(({ address }) => !ranges.holds(address)).map(({ userId }) => userId))]
  }
  const boundBy = (lines: readonly string[] | null) => (lines === null ? [] : owners)
  return {
    'people.addresses': { before: outsideOf(before['people.addresses']), after: outsideOf(after['people.addresses']) },
    'tokens.addresses': { before: boundBy(before['tokens.addresses']), after: boundBy(after['tokens.addresses']) },
  }
}

async function listSessionAddresses(store: Store, organizationId: string) {
  return store
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id as userId', 'sessions.ip_address as address'])
    .distinct()
    .where('users.organization_id', '=', organizationId)
    .where('sessions.revoked_at', 'is', null)
    .where(sql<SqlBool>`sessions.expires_at > now()`)
    .execute()
}

async function listTokenOwners(store: Store, organizationId: string): Promise<string[]> {
  const rows = await store
    .selectFrom('tokens')
    .select('owner_id')
    .distinct()
    .where('organization_id', '=', organizationId)
    .where('revoked_at', 'is', null)
    .where(sql<SqlBool>`(expires_at IS NULL OR expires_at > now())`)
    .execute()
  return rows.map(({ owner_id: ownerId }) => ownerId)
}
