import { LRUCache } from 'lru-cache'
import type { GovernanceRules } from './governance-rules.ts'

/**
 * Whether an organization forbids reading with the rights of somebody else. It is asked for every tile, so it is remembered
 * for as long as no right in the organization changes.
 */
export class OwnerRightsRule {
  readonly #governance: Pick<GovernanceRules, 'read'>
  readonly #readPolicyEpoch: (organizationId: string) => Promise<string>
  readonly #known = new LRUCache<string, { readonly epoch: string; readonly isForbidden: boolean }>({ max: 1_000 })

  constructor(governance: Pick<GovernanceRules, 'read'>, readPolicyEpoch: (organizationId: string) => Promise<string>) {
    this.#governance = governance
    this.#readPolicyEpoch = readPolicyEpoch
  }

  async isForbidden(organizationId: string): Promise<boolean> {
    // Read before the policies, so that a change in between is noticed next time.
    const epoch = await this.#readPolicyEpoch(organizationId)
    const known = this.#known.get(organizationId)
    if (known?.epoch === epoch) return known.isForbidden
    const { policies } = await this.#governance.read(organizationId)
    const isForbidden = policies['connections.owner-rights']
    this.#known.set(organizationId, { epoch, isForbidden })
    return isForbidden
  }
}
