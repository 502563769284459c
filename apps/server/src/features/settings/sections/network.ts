import { type NetworkService, tidyHosts } from '../../network/network-service.ts'
import type { Effect, SettingsSection } from '../section.ts'

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
    async plan(transaction, { organizationId, next }) {
      const problems = network.findProblems(next.allowedHosts)
      if (problems.length > 0) return { effects: [], problems }
      const cutOff = await network.listCutOff(organizationId, next.allowedHosts, transaction)
      const sentence =
        next.allowedHosts === null
          ? 'The server reaches every host that its operator leaves open.'
          : `The server reaches the listed hosts alone (${next.allowedHosts.length}).`
      const effects: Effect[] = [
        { kind: 'change', name: null, sentence },
        ...cutOff.map(({ name, host }) => ({
          kind: 'loss' as const,
          name,
          sentence: `Works no longer unless a listed network holds ${host}.`,
        })),
      ]
      return { effects, problems: [] }
    },
    async apply(transaction, { next, ...change }) {
      const isChanged = await network.apply(transaction, change, next.allowedHosts)
      return isChanged ? () => network.afterChange(change.organizationId) : null
    },
  }
}
