import { ADDRESS_POLICIES } from '@graticule/policy'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import { changeOf, findOrganization, type OperatorOptions } from '../organizations/operator-commands.ts'
import { lockGovernance, writeGovernance } from './governance-store.ts'

/**
 * Lets people and tokens of an organization come from anywhere again: the way out when nobody can come in to change it.
 * Answers the sentence to print.
 */
export async function clearAddressesByOperator(
  { activity, organizations, store }: OperatorOptions & { readonly activity: ActivityLog },
  idOrName: string,
): Promise<string> {
  const row = await findOrganization(organizations, idOrName)
  const isChanged = await store.transaction().execute(async (transaction) => {
    const { policies, sharingDefaults } = await lockGovernance(transaction, row.id)
    const named = ADDRESS_POLICIES.filter((policy) => policies[policy] !== null)
    if (named.length === 0) return false
    const cleared = { ...policies, 'people.addresses': null, 'tokens.addresses': null }
    await writeGovernance(transaction, row.id, { policies: cleared, sharingDefaults })
    const details = Object.fromEntries(named.map((policy) => [policy, { from: policies[policy], to: null }]))
    await recordOrganizationChange(activity, transaction, changeOf(row), 'governance.updated', details)
    return true
  })
  return isChanged
    ? `People and API tokens of "${row.name}" come from any address again, within a second.`
    : `"${row.name}" names no addresses; nothing was changed.`
}
