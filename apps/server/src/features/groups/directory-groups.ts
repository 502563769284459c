import { AppError } from '@graticule/contract'
import { type ActivityLog, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { distinguishName } from './distinguish-name.ts'
import type { GroupStore } from './group-store.ts'

/** A change that a directory asks for. */
interface DirectoryChange {
  readonly organizationId: string
  readonly requestId: string | undefined
}

const ORIGIN = 'SCIM'

/**
 * Makes and changes the groups that a directory looks after through SCIM, inside its transactions. A group of people here
 * with the same name is another group, and keeps the name.
 */
export class DirectoryGroups {
  readonly #groups: GroupStore
  readonly #activity: ActivityLog
  readonly #clock: Clock

  constructor(groups: GroupStore, activity: ActivityLog, clock: Clock) {
    this.#groups = groups
    this.#activity = activity
    this.#clock = clock
  }

  /** The id of the new group. */
  async make(
    transaction: Store,
    group: DirectoryChange & { readonly name: string; readonly externalId: string | null },
  ): Promise<string> {
    const id = createId()
    for (let attempt = 1; ; attempt++) {
      const name = distinguishName(group.name, ORIGIN, attempt)
      const isMade = await this.#groups.insertExternal(transaction, {
        id,
        organization_id: group.organizationId,
        name,
        source: 'scim',
        external_id: group.externalId,
        provider_id: null,
        created_at: this.#clock.now(),
      })
      if (!isMade) continue
      await this.#record(transaction, group, 'group.created', id, { name, provider: ORIGIN })
      return id
    }
  }

  async rename(
    transaction: Store,
    group: DirectoryChange & { readonly id: string; readonly name: string },
  ): Promise<void> {
    const { id, organizationId } = group
    const before = await this.#groups.lock(transaction, organizationId, id)
    for (let attempt = 1; ; attempt++) {
      const name = distinguishName(group.name, ORIGIN, attempt)
      if (name === before?.name) return
      if (await this.#groups.isNameTaken(transaction, organizationId, name, id)) continue
      await this.#groups.rename(transaction, id, name).catch(refuseTakenName)
      await this.#record(transaction, group, 'group.renamed', id, { from: before?.name, to: name })
      return
    }
  }

  async changeMembers(
    transaction: Store,
    group: DirectoryChange & {
      readonly id: string
      readonly joined: readonly string[]
      readonly left: readonly string[]
    },
  ): Promise<void> {
    const { id, joined, left, organizationId } = group
    const row = await this.#groups.lock(transaction, organizationId, id)
    await this.#groups.addMembers(transaction, id, joined, this.#clock.now())
    await this.#groups.removeMembers(transaction, id, left)
    await this.#record(transaction, group, 'group.synced', id, { name: row?.name, provider: ORIGIN, joined, left })
  }

  /** Throws `conflict` while the roles of people follow from it. */
  async remove(transaction: Store, group: DirectoryChange & { readonly id: string }): Promise<void> {
    const { id, organizationId } = group
    const row = await this.#groups.lock(transaction, organizationId, id)
    if (await this.#groups.areMapped(transaction, [id])) {
      throw new AppError(
        'conflict',
        `Roles follow from the group "${row?.name}"; an admin must take it out of the mapping first.`,
        { details: { rule: 'group.mapped' } },
      )
    }
    await this.#groups.remove(transaction, id)
    await this.#record(transaction, group, 'group.deleted', id, { name: row?.name, provider: ORIGIN })
  }

  #record(
    transaction: Store,
    { organizationId, requestId }: DirectoryChange,
    type: string,
    assetId: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#activity.record(transaction, {
      organizationId,
      actor: SYSTEM_ACTOR,
      type,
      assetType: 'group',
      assetId,
      requestId,
      details,
    })
  }
}

function refuseTakenName(error: unknown): never {
  if (!isUniqueViolation(error, 'groups_name')) throw error
  throw new AppError('conflict', 'Another group took this name at the same moment; try again.', {
    details: { rule: 'group.name' },
  })
}
