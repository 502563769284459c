import {
  AppError,
  type MappableRole,
  type RoleMappingBody,
  type RoleMappingSaveBody,
  type RoleMappingSettings,
  type RolePlan,
  type UserSummary,
} from '@graticule/contract'
import {
  type Action,
  type MappedRolePlan,
  OWNING_ROLES,
  planMappedRoles,
  type RoleMapping,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf, SYSTEM_ACTOR } from '../../platform/activity/activity-log.ts'
import { type OrganizationChange, recordOrganizationChange } from '../../platform/activity/organization-change.ts'
import { canonicalJson } from '../../platform/cache/cache-key.ts'
import type { Store } from '../../platform/db/database.ts'
import { hashToken } from '../../platform/secrets/bearer-tokens.ts'
import type { OrganizationService } from '../organizations/organization-service.ts'
import type { FollowedDirectory, UserChangeService } from '../users/user-change-service.ts'
import type { UserService } from '../users/user-service.ts'
import type { GovernedPerson, RoleMappingStore } from './role-mapping-store.ts'

export interface RoleMappingServiceOptions {
  readonly mappings: RoleMappingStore
  readonly store: Store
  readonly users: UserService
  readonly userChanges: UserChangeService
  readonly organizations: OrganizationService
  readonly activity: ActivityLog
  /** Throws when the person's present role does not allow the action; if it does, keeps it until the end. */
  readonly holdRight: (transaction: Store, principal: UserPrincipal, action: Action) => Promise<void>
}

const MANAGE = 'role-mapping.manage'
const NOTHING: FollowedDirectory = { isChanged: false, dispossessed: [] }

/** Lets roles follow from the groups that a directory tells: the strongest role of somebody's groups is theirs. */
export class RoleMappingService {
  readonly #options: RoleMappingServiceOptions

  constructor(options: RoleMappingServiceOptions) {
    this.#options = options
  }

  async get({ organizationId }: UserPrincipal): Promise<RoleMappingSettings> {
    return this.read(organizationId)
  }

  /** As `get`, of an organization; in a transaction, as it is there. */
  async read(organizationId: string, transaction?: Store): Promise<RoleMappingSettings> {
    const { mappings } = this.#options
    const settings = await mappings.readSettings(organizationId, transaction)
    const groups = await mappings.listGroups(organizationId, transaction)
    return {
      enabled: settings?.roles_follow_groups ?? false,
      defaultRole: settings?.default_role ?? 'viewer',
      custodian: await this.readCustodian(organizationId, transaction),
      groups: groups.map(({ member_count, ...group }) => ({ ...group, memberCount: member_count })),
    }
  }

  /** Who receives what people own whom a directory deletes; null while nobody is named. */
  async readCustodianId(transaction: Store, organizationId: string): Promise<string | null> {
    return (await this.#options.mappings.readSettings(organizationId, transaction))?.custodian_id ?? null
  }

  /** That person; null also once they are gone. */
  async readCustodian(organizationId: string, transaction?: Store): Promise<UserSummary | null> {
    const { mappings, users } = this.#options
    const settings = await mappings.readSettings(organizationId, transaction)
    const custodian = settings?.custodian_id ? await users.findActive(settings.custodian_id, transaction) : null
    return custodian && { id: custodian.id, name: custodian.name, email: custodian.email }
  }

  /** Whether roles follow groups here. */
  async isEnabled(transaction: Store, organizationId: string): Promise<boolean> {
    return (await this.#options.mappings.readSettings(organizationId, transaction))?.roles_follow_groups ?? false
  }

  /** The role of somebody whom a directory adds, until it tells their groups. */
  async readNewcomerRole(transaction: Store, organizationId: string): Promise<RoleMappingSettings['defaultRole']> {
    const { mappings, organizations } = this.#options
    const settings = await mappings.readSettings(organizationId, transaction)
    if (settings?.roles_follow_groups) return settings.default_role
    return organizations.readDefaultRole(organizationId, transaction)
  }

  /** What saving the mapping would do, by name. */
  async plan({ organizationId }: UserPrincipal, body: RoleMappingBody): Promise<RolePlan> {
    const { store } = this.#options
    return store.transaction().execute((transaction) => this.planWithin(transaction, organizationId, body))
  }

  /** As `plan`, in a transaction. */
  async planWithin(transaction: Store, organizationId: string, body: RoleMappingBody): Promise<RolePlan> {
    return (await this.#plan(transaction, organizationId, body)).answer
  }

  /**
   * Saves a mapping and changes the roles that follow, all or nothing. 409 when it would leave the organization without
   * what it needs, or when the plan that was looked at is no longer what would happen.
   */
  async save(caller: UserCaller, { planVersion, ...body }: RoleMappingSaveBody): Promise<RoleMappingSettings> {
    const { holdRight, store, users } = this.#options
    const { principal, requestId } = caller
    const { organizationId } = principal
    const followed = await store.transaction().execute(async (transaction) => {
      await users.holdSeats(transaction, organizationId)
      await this.holdEverybody(transaction, organizationId, [
        principal.userId,
        ...(body.custodianId === null ? [] : [body.custodianId]),
      ])
      await holdRight(transaction, principal, MANAGE)
      const change = { organizationId, actor: actorOf(principal), requestId }
      return this.saveWithin(transaction, change, body, planVersion)
    })
    await this.noteSaved(followed)
    return this.get(principal)
  }

  /** Keeps everybody whose groups a directory tells, and these people, as they are until the transaction ends. */
  async holdEverybody(transaction: Store, organizationId: string, ids: readonly string[]): Promise<void> {
    const everybody = await this.#options.mappings.listGoverned(organizationId, null, transaction)
    await this.#options.users.holdPeople(transaction, organizationId, [...ids, ...everybody.map(({ id }) => id)])
  }

  /**
   * As `save`, in a transaction that holds seats and people and has decided who may. Once it has ended, the caller calls
   * `noteSaved` with the answer. Without a version of a plan, what would happen now is what happens.
   */
  async saveWithin(
    transaction: Store,
    change: OrganizationChange,
    body: RoleMappingBody,
    planVersion?: string,
  ): Promise<readonly string[]> {
    const { activity, mappings, userChanges } = this.#options
    const { organizationId } = change
    const { answer, plan } = await this.#plan(transaction, organizationId, body)
    const [problem] = answer.problems
    if (problem !== undefined)
      throw new AppError('conflict', problem, { details: { rule: 'role-mapping.problem', problems: answer.problems } })
    if (planVersion !== undefined && answer.version !== planVersion) {
      const sentence = 'People or groups have changed since you looked at the plan; look at it again, then save.'
      throw new AppError('conflict', sentence, { details: { rule: 'role-mapping.plan' } })
    }
    await mappings.saveSettings(transaction, {
      organization_id: organizationId,
      custodian_id: body.custodianId,
      roles_follow_groups: body.enabled,
      default_role: body.defaultRole,
    })
    await mappings.replaceRoles(transaction, organizationId, rolesOf(body))
    const details = { ...body, changed: plan.changes.length }
    await recordOrganizationChange(activity, transaction, change, 'role-mapping.updated', details)
    return userChanges.followGroups(transaction, {
      organizationId,
      changes: plan.changes,
      custodianId: body.custodianId,
      requestId: change.requestId,
    })
  }

  /** Makes everybody forget the rights that followed from groups before a mapping was saved. */
  async noteSaved(dispossessed: readonly string[]): Promise<void> {
    await this.#options.userChanges.noteFollowed(dispossessed)
  }

  /**
   * Changes the roles of people whose groups a directory has just told, inside its transaction; once that has ended, the
   * caller calls `noteFollowed`. A change that cannot be made is noted in the log and
   * the role stays, or is thrown as `conflict` when the directory waits for an answer.
   */
  async follow(
    transaction: Store,
    organizationId: string,
    userIds: readonly string[],
    { isRefusalThrown, requestId }: { readonly isRefusalThrown: boolean; readonly requestId: string | undefined },
  ): Promise<FollowedDirectory> {
    const { activity, mappings, userChanges, users } = this.#options
    const settings = await mappings.readSettings(organizationId, transaction)
    if (settings === null || !settings.roles_follow_groups) return NOTHING
    const mapping: RoleMapping = {
      roles: await mappings.readRoles(organizationId, transaction),
      defaultRole: settings.default_role,
    }
    const planNow = async () => {
      const people = await mappings.listGoverned(organizationId, userIds, transaction)
      return { people, plan: await this.#planFor(transaction, organizationId, people, mapping) }
    }
    // Nearly every sign-in changes nothing, and need not wait for anybody.
    const { plan: expected } = await planNow()
    if (expected.changes.length + expected.refused.length === 0) return NOTHING
    await users.holdPeople(transaction, organizationId, [
      ...userIds,
      ...(settings.custodian_id === null ? [] : [settings.custodian_id]),
    ])
    const { people, plan } = await planNow()
    for (const { id, from, to, rule, reason } of plan.refused) {
      if (isRefusalThrown) throw new AppError('conflict', reason, { details: { rule } })
      await activity.record(transaction, {
        organizationId,
        actor: SYSTEM_ACTOR,
        type: 'user.role-kept',
        assetType: 'user',
        assetId: id,
        requestId,
        details: { email: people.find((person) => person.id === id)?.email, role: from, wanted: to, rule, reason },
      })
    }
    const dispossessed = await userChanges.followGroups(transaction, {
      organizationId,
      changes: plan.changes,
      custodianId: settings.custodian_id,
      requestId,
    })
    return { isChanged: plan.changes.length > 0, dispossessed }
  }

  /** Makes everybody forget the rights that followed from groups before a transaction. */
  async noteFollowed({ dispossessed }: FollowedDirectory): Promise<void> {
    await this.#options.userChanges.noteFollowed(dispossessed)
  }

  async #planFor(
    transaction: Store,
    organizationId: string,
    people: readonly GovernedPerson[],
    mapping: RoleMapping,
  ): Promise<MappedRolePlan> {
    const { admins, breakGlassUserId, seats } = await this.#options.users.readHeadcount(organizationId, transaction)
    const mapped = people.map(({ id, role, group_ids }) => ({ id, role, groupIds: group_ids }))
    return planMappedRoles(mapped, mapping, { adminCount: admins, breakGlassUserId, seats })
  }

  async #plan(
    transaction: Store,
    organizationId: string,
    body: RoleMappingBody,
  ): Promise<{ answer: RolePlan; plan: MappedRolePlan }> {
    const { mappings, users } = this.#options
    const roles = rolesOf(body)
    const held = await mappings.holdGroups(transaction, organizationId, [...roles.keys()])
    if (held.length < roles.size) {
      throw new AppError('not_found', 'One of the groups is not there, or no directory keeps it; load the page again.')
    }
    const people = body.enabled ? await mappings.listGoverned(organizationId, null, transaction) : []
    const plan = await this.#planFor(transaction, organizationId, people, { roles, defaultRole: body.defaultRole })
    const summaries = new Map(people.map(({ id, name, email }) => [id, { id, name, email }]))
    const custodian = body.custodianId === null ? null : await users.findActive(body.custodianId, transaction)
    const isOwn = custodian?.organizationId === organizationId && custodian.support === undefined
    const custodianRole = plan.changes.find(({ id }) => id === custodian?.id)?.to ?? custodian?.role
    const problems = [
      ...(body.enabled ? describeGaps(roles, body.custodianId) : []),
      ...(body.custodianId !== null && !(isOwn && custodianRole && OWNING_ROLES.includes(custodianRole))
        ? ['The asset custodian must be an editor or an admin, also once roles follow groups; name somebody else.']
        : []),
      ...plan.refused.map(({ id, reason }) => `${summaries.get(id)?.name}: ${reason}`),
    ]
    const changes = plan.changes.map(({ id, from, to }) => ({
      person: requireSummary(summaries, id),
      from,
      to,
      handsOver: OWNING_ROLES.includes(from) && !OWNING_ROLES.includes(to),
    }))
    const seen = {
      ...body,
      roles: [...roles].sort(),
      changes: changes.map(({ person, ...change }) => [person.id, change]),
    }
    return { answer: { changes, problems, version: hashToken(canonicalJson({ seen, problems })) }, plan }
  }
}

function rolesOf({ roles }: RoleMappingBody): Map<string, MappableRole> {
  const map = new Map(roles.map(({ groupId, role }) => [groupId, role]))
  if (map.size < roles.length) throw new AppError('invalid_request', 'A group is named twice; give it one role.')
  return map
}

/** What is missing before roles can follow groups at all. */
function describeGaps(roles: ReadonlyMap<string, MappableRole>, custodianId: string | null): string[] {
  const gaps: string[] = []
  if (![...roles.values()].includes('admin')) gaps.push('Give at least one group the role admin.')
  if (custodianId === null) {
    gaps.push('Name an asset custodian, who receives what people own that lose the right to own.')
  }
  return gaps
}

function requireSummary(summaries: ReadonlyMap<string, UserSummary>, id: string): UserSummary {
  const summary = summaries.get(id)
  if (summary === undefined) throw new Error('The plan names somebody who was not asked about.')
  return summary
}
