import type { Action, UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { UserService } from '../users/user-service.ts'
import {
  deleteOrganization,
  demandTypedName,
  type LifeChange,
  type OrganizationLife,
  suspendOrganization,
} from './organization-life.ts'

export interface OrganizationLifeOptions extends OrganizationLife {
  readonly store: Store
  readonly users: UserService
  readonly clock: Clock
  readonly listConnectionIds: (organizationId: string) => Promise<readonly string[]>
  /** Called once nobody can enter any more: what runs for the organization stops, and nothing remembers its people. */
  readonly onShut: (organizationId: string) => Promise<void>
  /** Called once it is gone: what is open or remembered of its warehouses goes too. */
  readonly onDeleted: (connectionIds: readonly string[]) => void
}

/** Lets admins suspend or delete their own organization, after typing its name. */
export class OrganizationLifeService {
  readonly #options: OrganizationLifeOptions

  constructor(options: OrganizationLifeOptions) {
    this.#options = options
  }

  /** Shuts the organization; the operator alone restores it. */
  async suspend(caller: UserCaller, typedName: string): Promise<void> {
    const { clock, onShut, store } = this.#options
    await store.transaction().execute(async (transaction) => {
      const change = await this.#hold(transaction, caller, 'organization.suspend', typedName)
      await suspendOrganization(transaction, this.#options, change, clock.now())
    })
    await onShut(caller.principal.organizationId)
  }

  /** Removes the organization with everything in it. */
  async delete(caller: UserCaller, typedName: string): Promise<void> {
    const { listConnectionIds, onDeleted, onShut, store } = this.#options
    const { organizationId } = caller.principal
    const connectionIds = await listConnectionIds(organizationId)
    await store.transaction().execute(async (transaction) => {
      const change = await this.#hold(transaction, caller, 'organization.delete', typedName)
      await deleteOrganization(transaction, this.#options, change)
    })
    await onShut(organizationId)
    onDeleted(connectionIds)
  }

  async #hold(
    transaction: Store,
    { principal, requestId }: UserCaller,
    action: Action,
    typedName: string,
  ): Promise<LifeChange> {
    const { organizations, users } = this.#options
    await users.holdSeats(transaction, principal.organizationId)
    await users.holdRight(transaction, principal, action)
    const { name } = await organizations.get(principal.organizationId, transaction)
    demandTypedName(name, typedName)
    return changeBy(principal, requestId)
  }
}

function changeBy(principal: UserPrincipal, requestId: string): LifeChange {
  return { organizationId: principal.organizationId, actor: actorOf(principal), requestId }
}
