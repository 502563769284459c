import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import type { UserService } from '../users/user-service.ts'
import { distinguishName } from './distinguish-name.ts'
import type { ExternalGroupRow, GroupStore } from './group-store.ts'

/** A group as an identity provider names it, whatever the protocol. */
export interface ClaimedGroup {
  /** By which it is known again; the name, where the provider tells nothing better. */
  readonly id: string
  readonly name: string
}

/** An identity provider that says who is in its groups. */
export interface GroupProvider {
  readonly id: string
  readonly organizationId: string
  readonly name: string
}

export interface ClaimedGroupsOptions {
  readonly groups: GroupStore
  readonly users: UserService
  readonly activity: ActivityLog
  readonly clock: Clock
}

/** Keeps people in exactly those groups of an identity provider that it claims for them when they sign in. */
export class ClaimedGroups {
  readonly #options: ClaimedGroupsOptions

  constructor(options: ClaimedGroupsOptions) {
    this.#options = options
  }

  /**
   * Follows what a provider claims about somebody who signs in, inside that transaction; an empty list takes them out of all groups of the provider. Groups seen for the first time are
   * made; groups of people here and of other providers are left alone, whatever they are called. True after a change,
   * when the caller makes everybody forget the person's rights.
   */
  async follow(
    transaction: Store,
    provider: GroupProvider,
    userId: string,
    claimed: readonly ClaimedGroup[],
    requestId: string | undefined,
  ): Promise<boolean> {
    const { clock, groups, users } = this.#options
    const wanted = new Map(claimed.map((group) => [group.id, group]))
    const isAsWanted = (memberships: readonly ExternalGroupRow[]) =>
      memberships.length === wanted.size && memberships.every(({ external_id }) => wanted.has(external_id))
    // Nearly every login changes nothing, and need not wait for anybody.
    if (isAsWanted(await groups.listMemberships(transaction, provider.id, userId))) {
      return false
    }
    await users.holdPeople(transaction, provider.organizationId, [userId])
    const before = await groups.listMemberships(transaction, provider.id, userId)
    if (isAsWanted(before)) return false
    const left = before.filter(({ external_id }) => !wanted.has(external_id))
    const joined = await this.#requireGroups(
      transaction,
      provider,
      claimed.filter(({ id }) => !before.some(({ external_id }) => external_id === id)),
      requestId,
    )
    await groups.leave(transaction, userId, idsOf(left))
    await groups.join(transaction, userId, idsOf(joined), clock.now())
    await this.#options.activity.record(transaction, {
      organizationId: provider.organizationId,
      actor: SYSTEM_ACTOR,
      type: 'group.synced',
      assetType: 'user',
      assetId: userId,
      requestId,
      details: { provider: provider.name, joined: namesOf(joined), left: namesOf(left) },
    })
    return true
  }

  /** The provider's groups of these ids, which stay until the transaction ends; makes those that are missing. */
  async #requireGroups(
    transaction: Store,
    provider: GroupProvider,
    claimed: readonly ClaimedGroup[],
    requestId: string | undefined,
  ): Promise<ExternalGroupRow[]> {
    const { groups } = this.#options
    const ids = claimed.map(({ id }) => id)
    const known = await groups.holdExternal(transaction, provider.id, ids)
    const missing = new Map(claimed.map((group) => [group.id, group]))
    for (const { external_id } of known) missing.delete(external_id)
    const made: ExternalGroupRow[] = []
    for (const group of missing.values()) made.push(await this.#make(transaction, provider, group, requestId))
    return [...known, ...made]
  }

  async #make(
    transaction: Store,
    provider: GroupProvider,
    group: ClaimedGroup,
    requestId: string | undefined,
  ): Promise<ExternalGroupRow> {
    const { activity, clock, groups } = this.#options
    const id = createId()
    for (let attempt = 1; ; attempt++) {
      const name = distinguishName(group.name, provider.name, attempt)
      const isMade = await groups.insertExternal(transaction, {
        id,
        organization_id: provider.organizationId,
        name,
        source: 'sso',
        external_id: group.id,
        provider_id: provider.id,
        created_at: clock.now(),
      })
      if (!isMade) continue
      await activity.record(transaction, {
        organizationId: provider.organizationId,
        actor: SYSTEM_ACTOR,
        type: 'group.created',
        assetType: 'group',
        assetId: id,
        requestId,
        details: { name, provider: provider.name, externalId: group.id },
      })
      return { id, name, external_id: group.id }
    }
  }
}

function idsOf(rows: readonly ExternalGroupRow[]): string[] {
  return rows.map(({ id }) => id)
}

function namesOf(rows: readonly ExternalGroupRow[]): string[] {
  return rows.map(({ name }) => name)
}
