import {
  AppError,
  type GroupAsset,
  type GroupDeletion,
  type GroupDetail,
  type GroupList,
  type GroupListQuery,
  type GroupMemberList,
  type GroupMemberListQuery,
  type GroupName,
  type GroupSummary,
} from '@graticule/contract'
import { type Action, can, type UserPrincipal } from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import type { ActivityLog } from '../../platform/activity/activity-log.ts'
import { type RecordChange, recordChangesOf } from '../../platform/activity/record-change.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { GroupRow, GroupStore } from './group-store.ts'

export interface GroupServiceOptions {
  readonly store: Store
  readonly groups: GroupStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
  /** What is shared with the group, as far as the asker may know it. */
  readonly listAssets: (principal: UserPrincipal, groupId: string, store?: Store) => Promise<GroupAsset[]>
  /** Called after somebody's groups have changed, so that nothing remembers their rights as they were. */
  readonly onChanged: () => void
}

/**
 * The groups of an organization: what they are called and who is in them. Those of an identity provider can be looked at
 * and deleted, and are changed there.
 */
export class GroupService {
  readonly #options: GroupServiceOptions
  readonly #record: RecordChange

  constructor(options: GroupServiceOptions) {
    this.#options = options
    this.#record = recordChangesOf(options.activity, 'group')
  }

  /** One page of the groups; those who only share with them see what they are called and no more. */
  async list(principal: UserPrincipal, query: GroupListQuery): Promise<GroupList> {
    const { groups, total } = await this.#options.groups.listPage(principal.organizationId, query)
    return { groups: groups.map((group) => summarize(principal, group)), total }
  }

  async listNames(organizationId: string, ids: readonly string[]): Promise<GroupName[]> {
    return this.#options.groups.listNames(organizationId, ids)
  }

  async listAllNames(organizationId: string, transaction?: Store): Promise<GroupName[]> {
    return this.#options.groups.listNames(organizationId, null, transaction)
  }

  /** One of them, with what its deletion would unshare. */
  async get(principal: UserPrincipal, id: string): Promise<GroupDetail> {
    const group = await this.#options.groups.find(principal.organizationId, id)
    if (group === null) throw groupNotFound()
    return { ...summarize(principal, group), assets: await this.#options.listAssets(principal, id) }
  }

  /** Throws `conflict` for a name that is taken, whatever the case of its letters. */
  async create(caller: UserCaller, givenName: string): Promise<GroupDetail> {
    const id = createId()
    const name = givenName.trim()
    await this.#change(name, async (transaction) => {
      const { clock, groups, holdRight } = this.#options
      const { organizationId } = caller.principal
      await holdRight(transaction, caller.principal, 'group.manage')
      const created = { id, organization_id: organizationId, name, source: 'manual', created_at: clock.now() } as const
      await groups.insert(transaction, created)
      await this.#record(transaction, caller, 'group.created', id, { name })
    })
    return this.get(caller.principal, id)
  }

  async rename(caller: UserCaller, id: string, givenName: string): Promise<GroupDetail> {
    const name = givenName.trim()
    await this.#change(name, async (transaction) => {
      const group = await this.#lockOwn(transaction, caller, id)
      if (group.name === name) return
      await this.#options.groups.rename(transaction, id, name)
      await this.#record(transaction, caller, 'group.renamed', id, { from: group.name, to: name })
    })
    return this.get(caller.principal, id)
  }

  /**
   * Deletes a group, and with it every share with it. Unless that was asked for, a group that something is shared with
   * stays: 409 with what would be unshared. A group of an identity provider comes back, with nothing shared with it, when
   * somebody signs in who is in it.
   */
  async remove(caller: UserCaller, id: string, isUnsharing: boolean): Promise<GroupDeletion> {
    const unshared = await this.#change('', async (transaction) => {
      const group = await this.#lock(transaction, caller, id)
      // One that SCIM keeps would be missing there; one of a claim comes back by itself.
      if (group.source === 'scim') requireOwn(group)
      await this.#requireUnmapped(transaction, [group])
      const assets = await this.#options.listAssets(caller.principal, id, transaction)
      if (assets.length > 0 && !isUnsharing) {
        const count = assets.length === 1 ? '1 asset is' : `${assets.length} assets are`
        const sentence = `${count} shared with "${group.name}"; say that they are to be unshared, or share them otherwise.`
        throw new AppError('conflict', sentence, { details: { rule: 'group.shared', assets } })
      }
      await this.#options.groups.remove(transaction, id)
      const ids = assets.map(({ kind, id: assetId }) => ({ kind, id: assetId }))
      await this.#record(transaction, caller, 'group.deleted', id, { name: group.name, unshared: ids })
      return assets
    })
    return { unshared }
  }

  async listMembers(principal: UserPrincipal, id: string, query: GroupMemberListQuery): Promise<GroupMemberList> {
    const { groups } = this.#options
    if ((await groups.find(principal.organizationId, id)) === null) throw groupNotFound()
    return groups.listMembers(id, query)
  }

  /** Puts people in a group; those who are in it already stay. 404 when any of them is not in the organization. */
  async addMembers(caller: UserCaller, id: string, userIds: readonly string[]): Promise<GroupDetail> {
    await this.#change('', async (transaction) => {
      const { clock, groups } = this.#options
      const { organizationId, userId } = caller.principal
      // The asker is among those held already; all rows of people are locked at once and in one order everywhere.
      const held = await groups.holdPeople(transaction, organizationId, [...userIds, userId])
      const people = held.filter((person) => userIds.includes(person.id))
      const group = await this.#lockOwn(transaction, caller, id)
      if (people.length < new Set(userIds).size) {
        throw new AppError('not_found', 'One of the people is not in your organization; nobody was added.')
      }
      const added = await groups.addMembers(transaction, id, userIds, clock.now())
      for (const person of people.filter((candidate) => added.includes(candidate.id))) {
        const details = { name: group.name, userId: person.id, email: person.email }
        await this.#record(transaction, caller, 'group.member-added', id, details)
      }
    })
    return this.get(caller.principal, id)
  }

  async removeMember(caller: UserCaller, id: string, userId: string): Promise<void> {
    await this.#change('', async (transaction) => {
      const group = await this.#lockOwn(transaction, caller, id)
      const isRemoved = await this.#options.groups.removeMember(transaction, id, userId)
      if (!isRemoved) throw new AppError('not_found', 'This person is not in the group.')
      await this.#record(transaction, caller, 'group.member-removed', id, { name: group.name, userId })
    })
  }

  /** Gives the groups of an identity provider that is being deleted into the hands of people here, as they are. */
  async release(transaction: Store, providerId: string): Promise<string[]> {
    const released = await this.#options.groups.release(transaction, providerId)
    await this.#requireUnmapped(transaction, released)
    return released.map(({ name }) => name)
  }

  /** Takes somebody who is being deleted out of all groups. */
  async forgetPerson(transaction: Store, userId: string): Promise<void> {
    await this.#options.groups.removeFromAll(transaction, userId)
  }

  /** Runs a change under a right that is held, and makes everybody forget what rested on the groups before. */
  async #change<Result>(name: string, run: (transaction: Store) => Promise<Result>): Promise<Result> {
    const { store } = this.#options
    try {
      return await store.transaction().execute(run)
    } catch (error) {
      if (!isUniqueViolation(error, 'groups_name')) throw error
      throw new AppError('conflict', `There is already a group called "${name}"; choose another name.`, {
        details: { rule: 'group.name' },
      })
    } finally {
      this.#options.onChanged()
    }
  }

  /** The group as it is now, for somebody whose right to change it holds until the transaction ends. */
  async #lock(transaction: Store, { principal }: UserCaller, id: string) {
    await this.#options.holdRight(transaction, principal, 'group.manage')
    const group = await this.#options.groups.lock(transaction, principal.organizationId, id)
    if (group === null) throw groupNotFound()
    return group
  }

  /** As `#lock`, for a change that is not for people here to make in groups of a directory. */
  async #lockOwn(transaction: Store, caller: UserCaller, id: string) {
    const group = await this.#lock(transaction, caller, id)
    requireOwn(group)
    return group
  }

  /** Throws `conflict` when the role of people follows from one of the groups, which then cannot go. */
  async #requireUnmapped(transaction: Store, groups: readonly { readonly id: string; readonly name: string }[]) {
    const ids = groups.map(({ id }) => id)
    if (!(await this.#options.groups.areMapped(transaction, ids))) return
    const what = groups.length === 1 ? `the group "${groups[0]?.name}"` : 'groups of this provider'
    throw new AppError('conflict', `Roles follow from ${what}; change that in Settings → Single sign-on first.`, {
      details: { rule: 'group.mapped' },
    })
  }
}

/** Throws `conflict` for a group that something outside looks after. */
function requireOwn({ name, source, origin }: Pick<GroupRow, 'name' | 'source' | 'origin'>): void {
  if (source === 'manual') return
  const sentence = `The group "${name}" comes from ${origin ?? 'SCIM'}; change it there.`
  throw new AppError('conflict', sentence, { details: { rule: 'group.source' } })
}

function summarize(principal: UserPrincipal, group: GroupRow): GroupSummary {
  const { id, name } = group
  if (!can(principal, 'group.manage').allowed) return { id, name }
  const { source, origin } = group
  return { id, name, source, origin, memberCount: group.member_count, createdAt: group.created_at.toISOString() }
}

/** In the same words for one that was deleted and one of another organization. */
function groupNotFound(): AppError {
  return new AppError('not_found', 'There is no such group in your organization.')
}
