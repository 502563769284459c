import { type NetworkService, tidyHosts } from '../../network/network-service.ts'
import type { SettingsSection } from '../section.ts'

/** Which hosts the server may reach for the organization. */
export function networkSection(network: NetworkService): SettingsSection<'network'> {
  return {
    name: 'network',
    action: 'governance.manage',
    async read(organizationId, transaction) {
      const allowedHosts = await network.readAllowedHosts(organizationId, transaction)
      return { allowedHosts: allowedHosts === null ? null : [...allowedHosts] }
    },
    fingerprint: ({ allowedHosts }) => ({ allowedHosts: tidyHosts(allowedHosts) }),
    plan: (transaction, { organizationId, next }) => network.plan(organizationId, next.allowedHosts, transaction),
    async apply(transaction, { next, ...change }) {
      const isChanged = await network.apply(transaction, change, next.allowedHosts)
      return isChanged ? () => network.afterChange(change.organizationId) : null
    },
  }
}
