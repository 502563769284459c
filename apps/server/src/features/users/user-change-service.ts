import { AppError, type RefusalCode, type Role, type UserSummary } from '@graticule/contract'
import {
  ADMIN_ROLES,
  type AssetKind,
  BREAK_GLASS_STAYS,
  type Decision,
  type Deletion,
  decideDeletion,
  decideRoleChange,
  decideSeat,
  type MappedRoleChange,
  OWNING_ROLES,
  ROLE_TRANSITIONS,
  type Seats,
  type UserPrincipal,
} from '@graticule/policy'
import type { UserCaller } from '../../http/caller.ts'
import { type ActivityLog, actorOf } from '../../platform/activity/activity-log.ts'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import type { Handover, HandoverCaller, OwnedAssets } from './handover.ts'
import { personNotFound } from './person-not-found.ts'
import { factsOf } from './person-summary.ts'
import type { LockedPerson, UserStore } from './user-store.ts'

export interface UserChangeServiceOptions {
  readonly store: Store
  readonly users: UserStore
  readonly activity: ActivityLog
  readonly clock: Clock
  /** Every kind of asset there is, so that none can be forgotten. */
  readonly owned: Readonly<Record<AssetKind, OwnedAssets>>
  /** Ends every way in that the person has, inside the transaction; says how many sessions that were. */
  readonly endAccess: (transaction: Store, userId: string) => Promise<number>
  /** Takes somebody who is being deleted out of groups and audiences, inside the transaction. */
  readonly forgetPerson: (transaction: Store, userId: string) => Promise<void>
  /** Removes the database logins of somebody who may own nothing any more, inside the transaction that says so. */
  readonly forgetLogins: (
    transaction: Store,
    userId: string,
    cause: { readonly type: string; readonly requestId: string | undefined },
  ) => Promise<void>
  /** Called after somebody's rights have changed, so that nothing remembers them as they were. */
  readonly onChanged: () => void
  /** Called after somebody has lost the right to own and to run anything, to stop what still runs for them. */
  readonly onDispossessed: (userId: string) => Promise<void>
}

/** What a directory says of somebody. */
export interface DirectoryPerson {
  readonly organizationId: string
  readonly id: string
  /** Whether they may sign in. */
  readonly active: boolean
  readonly email: string
  readonly name: string
  readonly requestId: string | undefined
}

/** People who are here by a grant of support access, and are to be deleted with it. */
export interface Stay {
  readonly caller: HandoverCaller
  readonly organizationId: string
  readonly grantId: string
  readonly userIds: readonly string[]
  /** Who gets what they own; the oldest admin where that one is gone or may own nothing. */
  readonly receiverId: string
}

/** What came of it, for whoever ends the transaction. */
export interface EndedStay {
  readonly userIds: readonly string[]
  readonly receiver: LockedPerson
  readonly admins: readonly LockedPerson[]
}

/** What followed from a directory, for whoever ends the transaction. */
export interface FollowedDirectory {
  readonly isChanged: boolean
  /** Who lost the right to own or to run anything. */
  readonly dispossessed: readonly string[]
}

/** What a transaction has read and locked before it decides. */
interface Facts {
  /** The asker with the role that they have now. */
  readonly principal: UserPrincipal
  readonly person: LockedPerson
  /** Null when nobody was named, or nobody that there is. */
  readonly receiver: LockedPerson | null
  readonly deletion: Deletion
  readonly seats: Seats
  readonly rolesFollowGroups: boolean
}

/** Roles that follow from groups, decided by `planMappedRoles` on people who are locked. */
export interface FollowedChanges {
  readonly organizationId: string
  readonly changes: readonly MappedRoleChange[]
  /** Who receives what is handed over; the oldest admin where that person cannot. */
  readonly custodianId: string | null
  readonly requestId: string | undefined
}

/** Changes roles and deletes people: decided, handed over, recorded and done in one transaction each. */
export class UserChangeService {
  readonly #options: UserChangeServiceOptions

  constructor(options: UserChangeServiceOptions) {
    this.#options = options
  }

  /**
   * Gives a person another role. When they lose the right to own, the receiver gets what they own, and must be named if
   * that is anything. A role that they have already changes nothing.
   */
  async changeRole(caller: UserCaller, id: string, to: Role, receiverId: string | undefined): Promise<void> {
    const { users } = this.#options
    const isDispossessed = await this.#options.store.transaction().execute(async (transaction) => {
      const facts = await this.#lock(transaction, caller, id, receiverId)
      const { person, receiver } = facts
      if (person.role === to && person.id !== facts.principal.userId) return null
      const { rolesFollowGroups, seats } = facts
      demand(decideRoleChange(facts.principal, { ...facts.deletion, to, seats, rolesFollowGroups }))
      const { needsReceiver } = ROLE_TRANSITIONS[person.role][to]
      const handover = { caller, from: person, to: receiver, cause: 'user.role-changed' } as const
      const handedOver = needsReceiver ? await this.#handOver(transaction, handover) : {}
      await users.setRole(transaction, id, to)
      const details = { email: person.email, from: person.role, to, ...handedOver }
      await this.#record(transaction, recordedAs(caller), 'user.role-changed', id, details)
      return needsReceiver
    })
    if (isDispossessed === null) return
    this.#options.onChanged()
    if (isDispossessed) await this.#options.onDispossessed(id)
  }

  /**
   * Gives people the roles that follow from their groups, inside the transaction that told those. Whoever loses the
   * right to own hands over. Answers who did; once the transaction has ended, `noteFollowed` must be called.
   */
  async followGroups(transaction: Store, followed: FollowedChanges): Promise<string[]> {
    const { organizationId, changes, custodianId, requestId } = followed
    if (changes.length === 0) return []
    const { users } = this.#options
    const ids = [...changes.map(({ id }) => id), ...(custodianId === null ? [] : [custodianId])]
    const people = await users.lockPeople(transaction, organizationId, ids)
    const finalRoles = new Map<string, Role>(people.map(({ id, role }) => [id, role]))
    for (const { id, to } of changes) finalRoles.set(id, to)
    const caller: HandoverCaller = { principal: { kind: 'system' }, requestId }
    const dispossessed: string[] = []
    for (const { id, from, to } of changes) {
      const person = people.find((candidate) => candidate.id === id)
      if (person === undefined) throw personNotFound()
      const isDispossessed = OWNING_ROLES.includes(from) && !OWNING_ROLES.includes(to)
      let handedOver: Record<string, unknown> = {}
      if (isDispossessed) {
        const receiver = chooseReceiver(people, finalRoles, id, custodianId)
        handedOver = await this.#handOver(transaction, {
          caller,
          from: person,
          to: receiver,
          cause: 'user.role-changed',
        })
        dispossessed.push(id)
      }
      await users.setRole(transaction, id, to)
      const details = { email: person.email, from, to, cause: 'groups', ...handedOver }
      await this.#record(transaction, { ...caller, organizationId }, 'user.role-changed', id, details)
    }
    return dispossessed
  }

  /**
   * Makes somebody be what a directory says of them, inside its transaction: their name and e-mail, and whether they may
   * sign in. Who is kept out loses every session and keeps what they own. After a change `noteFollowed` must be called once
   * the transaction has ended. Throws `conflict` for the last admin and the one who gets in when
   * the identity provider is down, a taken e-mail, and a missing seat.
   */
  async followDirectory(transaction: Store, told: DirectoryPerson): Promise<FollowedDirectory> {
    const { clock, endAccess, users } = this.#options
    const { organizationId, id, active, email, name, requestId } = told
    const people = await users.lockPeople(transaction, organizationId, [id])
    const person = await users.lockPerson(transaction, organizationId, id)
    if (person === null) throw personNotFound()
    const caller = { principal: { kind: 'system' }, requestId, organizationId } as const
    const isActive = person.disabled_at === null
    if (person.name !== name) {
      await users.setName(transaction, id, name)
      await this.#record(transaction, caller, 'user.renamed', id, { from: person.name, to: name })
    }
    if (person.email.toLowerCase() !== email.toLowerCase()) {
      if (await users.hasEmail(transaction, organizationId, email)) {
        throw new AppError('conflict', `Somebody else has the e-mail ${email}.`, {
          details: { rule: 'user.email-taken' },
        })
      }
      await users.setEmail(transaction, id, email)
      await this.#record(transaction, caller, 'user.email-changed', id, { from: person.email, to: email })
    }
    if (isActive && !active) {
      requireOtherAdmin(people, id)
      await this.#requireNotBreakGlass(transaction, organizationId, id)
      const sessions = await endAccess(transaction, id)
      await users.setDisabled(transaction, id, clock.now())
      await this.#record(transaction, caller, 'user.suspended', id, { email, sessions })
    }
    if (!isActive && active) {
      const { seats } = await users.readHeadcount(organizationId, transaction)
      const seat = decideSeat(seats, person.role)
      if (!seat.allowed) throw new AppError('conflict', seat.reason, { details: { rule: seat.rule } })
      await users.setDisabled(transaction, id, null)
      await this.#record(transaction, caller, 'user.restored', id, { email })
    }
    return {
      isChanged: person.name !== name || person.email !== email || isActive !== active,
      dispossessed: isActive && !active ? [id] : [],
    }
  }

  /**
   * Deletes somebody for good because a directory says so, inside its transaction; the custodian, or else the oldest
   * admin, receives what they own. `noteFollowed` must be called once it has ended. Throws `conflict` for the last
   * admin and for the one who gets in when the identity provider is down.
   */
  async removeBySystem(
    transaction: Store,
    removal: {
      readonly organizationId: string
      readonly id: string
      readonly custodianId: string | null
      readonly requestId: string | undefined
    },
  ): Promise<void> {
    const { users } = this.#options
    const { organizationId, id, custodianId, requestId } = removal
    const ids = custodianId === null ? [id] : [id, custodianId]
    const people = await users.lockPeople(transaction, organizationId, ids)
    const person = await users.lockPerson(transaction, organizationId, id)
    if (person === null) throw personNotFound()
    requireOtherAdmin(people, id)
    await this.#requireNotBreakGlass(transaction, organizationId, id)
    const receiver = chooseReceiver(people, new Map(), id, custodianId)
    const caller = { principal: { kind: 'system' }, requestId, organizationId } as const
    await this.#erase(transaction, caller, person, receiver, { cause: 'scim' })
  }

  /**
   * Deletes people whose support access ends, inside the transaction that ends it; `noteFollowed` must be called once
   * it has ended.
   */
  async endStay(transaction: Store, stay: Stay): Promise<EndedStay> {
    const { users } = this.#options
    const { caller, grantId, organizationId, receiverId, userIds } = stay
    const people = await users.lockPeople(transaction, organizationId, [...userIds, receiverId])
    const receiver = chooseReceiver(people, new Map(), null, receiverId)
    for (const id of userIds) {
      const person = people.find((candidate) => candidate.id === id)
      if (person === undefined) throw personNotFound()
      await this.#erase(transaction, { ...caller, organizationId }, person, receiver, {
        cause: 'support-access',
        grantId,
      })
    }
    return { userIds, receiver, admins: people.filter(({ isAdmin }) => isAdmin) }
  }

  /** Makes everybody forget rights that have changed, and stops what still runs for those who lost them. */
  async noteFollowed(dispossessed: readonly string[]): Promise<void> {
    this.#options.onChanged()
    for (const id of dispossessed) await this.#options.onDispossessed(id)
  }

  /** Gives the asker another name of their own; the same one again changes nothing. */
  async rename(caller: UserCaller, text: string): Promise<void> {
    const { store, users } = this.#options
    const { organizationId, userId } = caller.principal
    const name = text.trim()
    await store.transaction().execute(async (transaction) => {
      const people = await users.lockPeople(transaction, organizationId, [userId])
      const before = people.find((person) => person.id === userId)
      if (!before) throw new AppError('session_expired', 'Your session has ended; sign in again.')
      if (before.name === name) return
      await users.setName(transaction, userId, name)
      await this.#record(transaction, recordedAs(caller), 'user.renamed', userId, { from: before.name, to: name })
    })
    this.#options.onChanged()
  }

  /** Deletes a person for good: the receiver gets what they own, and their sessions end at once. */
  async remove(caller: UserCaller, id: string, receiverId: string | undefined): Promise<void> {
    await this.#options.store.transaction().execute(async (transaction) => {
      const facts = await this.#lock(transaction, caller, id, receiverId)
      const { person, receiver } = facts
      demand(decideDeletion(facts.principal, facts.deletion))
      await this.#erase(transaction, recordedAs(caller), person, receiver)
    })
    this.#options.onChanged()
    await this.#options.onDispossessed(id)
  }

  /** Hands over what the person owns, ends every way in that they have, and deletes them. */
  async #erase(
    transaction: Store,
    caller: HandoverCaller & { readonly organizationId: string },
    person: UserSummary & { readonly role: Role },
    receiver: UserSummary | null,
    because: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const { clock, endAccess, forgetPerson, users } = this.#options
    const { id, email, name, role } = person
    const handedOver = await this.#handOver(transaction, { caller, from: person, to: receiver, cause: 'user.deleted' })
    const sessions = await endAccess(transaction, id)
    await forgetPerson(transaction, id)
    await users.markDeleted(transaction, id, clock.now())
    const details = { email, name, role, ...because, ...handedOver, sessions }
    await this.#record(transaction, caller, 'user.deleted', id, details)
  }

  async #requireNotBreakGlass(transaction: Store, organizationId: string, id: string): Promise<void> {
    const { breakGlassUserId } = await this.#options.users.readHeadcount(organizationId, transaction)
    if (id === breakGlassUserId) throw new AppError('conflict', BREAK_GLASS_STAYS, { details: { rule: 'break-glass' } })
  }

  /** Reads all that the decision rests on under locks that let no other change of people happen in between. */
  async #lock(transaction: Store, { principal }: UserCaller, id: string, receiverId?: string): Promise<Facts> {
    const { users } = this.#options
    const named = receiverId === undefined ? [] : [receiverId]
    const people = await users.lockPeople(transaction, principal.organizationId, [principal.userId, id, ...named])
    const asker = people.find((candidate) => candidate.id === principal.userId)
    if (!asker) throw new AppError('session_expired', 'Your session has ended; sign in again.')
    const person = people.find((candidate) => candidate.id === id)
    if (!person) throw personNotFound()
    const receiver = people.find((candidate) => candidate.id === receiverId) ?? null
    const deletion = {
      person: factsOf(person),
      receiver: receiver !== null ? factsOf(receiver) : receiverId === undefined ? null : ('unknown' as const),
      ownsAssets: await users.ownsAnything(transaction, id),
      otherAdminCount: people.filter((other) => other.isAdmin && other.id !== id).length,
    }
    const { breakGlassUserId, rolesFollowGroups, seats } = await users.readHeadcount(
      principal.organizationId,
      transaction,
    )
    return {
      principal: { ...principal, role: asker.role },
      person,
      receiver,
      deletion: { ...deletion, isBreakGlass: id === breakGlassUserId },
      rolesFollowGroups,
      seats,
    }
  }

  /** Moves everything to the receiver. Who has none has nothing, which was decided on rows that are locked. */
  async #handOver(
    transaction: Store,
    { to, ...rest }: Omit<Handover, 'to'> & { readonly to: UserSummary | null },
  ): Promise<Record<string, unknown>> {
    const { caller, cause, from } = rest
    await this.#options.forgetLogins(transaction, from.id, { type: cause, requestId: caller.requestId })
    if (to === null) return {}
    const handover: Handover = { ...rest, to }
    const {
      map,
      connection,
      workflow,
      application,
      project,
      token,
      'oauth-client': client,
      'named-source': named,
    } = this.#options.owned
    return {
      receiver: to.email,
      receiverId: to.id,
      // Before what is inside of them, as everywhere.
      projects: await project.handOver(transaction, handover),
      maps: await map.handOver(transaction, handover),
      connections: await connection.handOver(transaction, handover),
      workflows: await workflow.handOver(transaction, handover),
      applications: await application.handOver(transaction, handover),
      // After the connections, because each keeps what its receiver may use.
      tokens: await token.handOver(transaction, handover),
      oauthClients: await client.handOver(transaction, handover),
      namedSources: await named.handOver(transaction, handover),
    }
  }

  #record(
    transaction: Store,
    caller: HandoverCaller & { readonly organizationId: string },
    type: string,
    userId: string,
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    return this.#options.activity.record(transaction, {
      organizationId: caller.organizationId,
      actor: actorOf(caller.principal),
      type,
      assetType: 'user',
      assetId: userId,
      requestId: caller.requestId,
      details,
    })
  }
}

function recordedAs({ principal, requestId }: UserCaller) {
  return { principal, requestId, organizationId: principal.organizationId }
}

/** Throws `conflict` when nobody else who is active is an admin. */
function requireOtherAdmin(people: readonly LockedPerson[], id: string): void {
  if (people.some((person) => person.isAdmin && person.id !== id)) return
  throw new AppError('conflict', 'This is the last admin of the organization; make somebody else an admin first.', {
    details: { rule: 'last-admin' },
  })
}

/** The custodian; where that is the person, or may own nothing or not for long, the oldest admin who stays one. */
function chooseReceiver(
  people: readonly LockedPerson[],
  finalRoles: ReadonlyMap<string, Role>,
  personId: string | null,
  custodianId: string | null,
): LockedPerson {
  const mayBe = (person: LockedPerson, roles: readonly Role[]): boolean =>
    person.id !== personId &&
    person.support_grant_id === null &&
    roles.includes(finalRoles.get(person.id) ?? person.role)
  const custodian = people.find(({ id }) => id === custodianId)
  if (custodian !== undefined && mayBe(custodian, OWNING_ROLES)) return custodian
  const [oldest] = people
    .filter((person) => mayBe(person, ADMIN_ROLES))
    .sort((a, b) => a.created_at.getTime() - b.created_at.getTime())
  if (oldest === undefined) throw new Error('The organization has no admin who could receive anything.')
  return oldest
}

/** What stands against a change as things are, whoever asks: another step or another admin first, another receiver. */
const OBJECTIONS: readonly (readonly [pattern: RegExp, code: RefusalCode])[] = [
  [/\.(through-editor|through-admin|last-admin)$/, 'conflict'],
  [/\.receiver\./, 'rule_violated'],
]

function demand({ allowed, reason, rule }: Decision): void {
  if (allowed) return
  const code = OBJECTIONS.find(([pattern]) => pattern.test(rule))?.[1] ?? 'forbidden'
  throw new AppError(code, reason, { details: { rule } })
}
