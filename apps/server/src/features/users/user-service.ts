import {
  AppError,
  type PersonList,
  type PersonListQuery,
  type PersonSummary,
  type Role,
  type UserSummary,
} from '@graticule/contract'
import {
  type Action,
  authorize,
  type PersonFacts,
  type Seats,
  type SupportStay,
  type UserPrincipal,
} from '@graticule/policy'
import type { Clock } from '../../platform/clock/clock.ts'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import { personNotFound } from './person-not-found.ts'
import { factsOf, summarizePerson } from './person-summary.ts'
import type { Headcount, LockedPerson, PersonRow, UserStore } from './user-store.ts'

/** Somebody who may sign in, and the organization they belong to. */
export interface Person {
  readonly id: string
  readonly organizationId: string
  readonly organizationName: string
  readonly isDemo: boolean
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null for a person who has no password. */
  readonly passwordHash: string | null
  /** Whether nobody can enter their organization. */
  readonly isSuspended: boolean
  /** Whether their organization asks everybody for a second factor, or they are here by support access. */
  readonly isSecondFactorRequired: boolean
  /** Absent for everybody who belongs to the organization. */
  readonly support?: SupportStay
}

export interface NewPerson {
  readonly organizationId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordHash: string | null
  readonly createdAt: Date
  /** The grant by which a support person is here. */
  readonly supportGrantId?: string
}

const INSPECTED_ORDERS = new Set<PersonListQuery['orderBy']>(['lastSeenAt', 'mapCount', 'connectionCount'])

/** Finds, lists and adds people. */
export class UserService {
  readonly #users: UserStore
  readonly #clock: Clock

  constructor(users: UserStore, clock: Clock) {
    this.#users = users
    this.#clock = clock
  }

  async findActive(id: string, store?: Store): Promise<Person | null> {
    const row = await this.#users.findActive(id, store)
    return row === null || this.#isOver(row) ? null : toPerson(row)
  }

  /** Somebody who is certain to be there. */
  async requireActive(id: string, transaction: Store): Promise<Person> {
    const person = await this.findActive(id, transaction)
    if (person === null) throw new Error('Somebody who was there in this transaction is gone.')
    return person
  }

  async listActiveByEmail(email: string): Promise<Person[]> {
    return (await this.#users.listActiveByEmail(email)).filter((row) => !this.#isOver(row)).map(toPerson)
  }

  /** Everybody of the asker's organization; whether they may ask was decided by the route's action. */
  async list(principal: UserPrincipal): Promise<(UserSummary & { role: Role })[]> {
    const rows = await this.#users.listOfOrganization(principal.organizationId)
    return rows.map((row) => ({ ...toSummary(row), role: row.role }))
  }

  /** Everybody active of an organization as they would ask for something themselves, by name. */
  async listPrincipals(
    organizationId: string,
    store?: Store,
  ): Promise<{ person: UserSummary; principal: UserPrincipal }[]> {
    const rows = await this.#users.listOfOrganization(organizationId, store)
    return rows.map((row) => ({ person: toSummary(row), principal: toPrincipal(row) }))
  }

  /** Everybody active who belongs to the organization, as files name them. */
  async listForFile(organizationId: string) {
    const rows = await this.#users.listOfOrganization(organizationId)
    return rows
      .filter((row) => row.support_grant_id === null)
      .map((row) => ({
        id: row.id,
        email: row.email,
        createdAt: row.created_at,
        role: row.role,
        groupIds: row.group_ids,
      }))
  }

  /** Somebody active as they would ask for something themselves, as things are inside the transaction. */
  async findPrincipal(transaction: Store, id: string): Promise<UserPrincipal | null> {
    const row = await this.#users.findWithGroups(id, transaction)
    return row && toPrincipal(row)
  }

  /** The names of those who sign in with a password and no second factor. */
  async listNamesWithPasswordAlone(transaction: Store, organizationId: string): Promise<string[]> {
    return (await this.#users.listWithPasswordAlone(transaction, organizationId)).map(({ name }) => name)
  }

  /** One page of the people of the asker's organization, each with what the asker may know and do about them. */
  async listPage(principal: UserPrincipal, query: PersonListQuery): Promise<PersonList> {
    // An order tells what it is made from, and a list of members who they are.
    const isInspected = INSPECTED_ORDERS.has(query.orderBy) || query.groupId !== undefined
    if (isInspected) authorize(principal, 'user.inspect')
    const { people, total } = await this.#users.listPage(principal.organizationId, query, this.#clock.now())
    const headcount = await this.#users.readHeadcount(principal.organizationId)
    return { people: people.map((person) => summarizePerson(principal, person, headcount)), total }
  }

  /** One of them; 404 for anybody else. */
  async get(principal: UserPrincipal, id: string): Promise<PersonSummary> {
    const person = await this.#users.findListed(principal.organizationId, id, this.#clock.now())
    if (person === null) throw personNotFound()
    return summarizePerson(principal, person, await this.#users.readHeadcount(principal.organizationId))
  }

  /**
   * Decides again, by the role that the person has now, and keeps that role until the transaction ends: what comes to
   * be in it cannot belong to somebody who lost the right to own while their request was under way.
   */
  async holdRight(transaction: Store, principal: UserPrincipal, action: Action): Promise<void> {
    authorize(await this.holdPrincipal(transaction, principal), action)
  }

  /**
   * As `holdRight`, and keeps another person too: the facts about them, or null when they are not active. Both are
   * locked at once, in the order of all changes of people.
   */
  async holdRightAndPerson(
    transaction: Store,
    principal: UserPrincipal,
    action: Action,
    personId: string,
  ): Promise<PersonFacts | null> {
    const people = await this.#users.holdPeople(transaction, [principal.userId, personId])
    const asker = people.find(({ id }) => id === principal.userId)
    if (!asker) throw new AppError('session_expired', 'Your session has ended; sign in again.')
    authorize({ ...principal, role: asker.role }, action)
    const person = people.find(({ id }) => id === personId)
    return person ? factsOf(person) : null
  }

  /** The asker with the role that they have now, kept until the transaction ends. */
  async holdPrincipal(transaction: Store, principal: UserPrincipal): Promise<UserPrincipal> {
    const role = await this.#users.holdRole(transaction, principal.userId)
    if (role === null) throw new AppError('session_expired', 'Your session has ended; sign in again.')
    return { ...principal, role }
  }

  /** The admin of the demo organization; null when there is no demo. */
  async findDemoAdminId(): Promise<string | null> {
    return this.#users.findDemoAdminId()
  }

  /** Adds a person inside a transaction and returns their id. Throws `conflict` for an e-mail that is taken. */
  async add(transaction: Store, person: NewPerson): Promise<string> {
    const id = createId()
    try {
      await this.#users.insert(transaction, {
        id,
        organization_id: person.organizationId,
        email: person.email,
        name: person.name,
        role: person.role,
        password_hash: person.passwordHash,
        created_at: person.createdAt,
        support_grant_id: person.supportGrantId ?? null,
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'users_email')) throw error
      throw new AppError('conflict', `Somebody with the e-mail ${person.email} is already in this organization.`, {
        details: { rule: 'user.known' },
      })
    }
    return id
  }

  /** Whether somebody who may sign in to the organization has that e-mail. */
  async isMember(transaction: Store, organizationId: string, email: string): Promise<boolean> {
    return this.#users.hasEmail(transaction, organizationId, email)
  }

  /** The seats of an organization and how many are taken; inside a transaction that holds them, they stay so. */
  async readSeats(organizationId: string, store?: Store): Promise<Seats> {
    return (await this.#users.readHeadcount(organizationId, store)).seats
  }

  /** How many admins there are, and the seats; inside a transaction that holds people, they stay so. */
  async readHeadcount(organizationId: string, transaction: Store): Promise<Headcount> {
    return this.#users.readHeadcount(organizationId, transaction)
  }

  /** Makes whoever changes the organization's people or seats wait until the transaction ends. */
  async holdSeats(transaction: Store, organizationId: string): Promise<void> {
    await this.#users.lockOrganization(transaction, organizationId)
  }

  /**
   * These people and all admins of the organization as they are now. Until the transaction ends nobody else changes them
   * or who is an admin.
   */
  async holdPeople(transaction: Store, organizationId: string, ids: readonly string[]): Promise<LockedPerson[]> {
    return this.#users.lockPeople(transaction, organizationId, ids)
  }

  /** Notes that a directory has told somebody's groups. */
  async noteDirectory(transaction: Store, id: string, at: Date): Promise<void> {
    await this.#users.noteDirectory(transaction, id, at)
  }

  async setPassword(transaction: Store, id: string, passwordHash: string): Promise<void> {
    await this.#users.setPassword(transaction, id, passwordHash)
  }

  async noteSignIn(transaction: Store, id: string, at: Date): Promise<void> {
    await this.#users.noteSignIn(transaction, id, at)
  }

  /** Whether somebody's support access is over, although nobody has tidied up after them yet. */
  #isOver({ support_ends_at: endsAt }: PersonRow): boolean {
    return endsAt !== null && endsAt <= this.#clock.now()
  }
}

function toSummary({ id, name, email, support_grant_id: grantId }: PersonRow): UserSummary {
  return { id, name, email, ...(grantId === null ? {} : { isSupport: true }) }
}

function toPrincipal(row: PersonRow & { readonly group_ids: readonly string[] }): UserPrincipal {
  return {
    kind: 'user',
    userId: row.id,
    organizationId: row.organization_id,
    role: row.role,
    groupIds: row.group_ids,
    sessionId: 'none',
    ...supportOf(row),
  }
}

function supportOf(row: PersonRow): { support?: SupportStay } {
  const { support_grant_id: grantId, support_ends_at: endsAt } = row
  return grantId === null || endsAt === null ? {} : { support: { grantId, endsAt } }
}

function toPerson(row: PersonRow): Person {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    isDemo: row.is_demo,
    email: row.email,
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    isSuspended: row.suspended_at !== null,
    isSecondFactorRequired: row.second_factor_required || row.support_grant_id !== null,
    ...supportOf(row),
  }
}
