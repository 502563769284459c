import type { Role } from '@graticule/contract'
import { AppError, type UserSummary } from '@graticule/contract'
import type { UserPrincipal } from '@graticule/policy'
import type { Store } from '../../platform/db/database.ts'
import { createId } from '../../platform/db/ids.ts'
import { isUniqueViolation } from '../../platform/db/store-errors.ts'
import type { PersonRow, UserStore } from './user-store.ts'

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
}

export interface NewPerson {
  readonly organizationId: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly passwordHash: string | null
  readonly createdAt: Date
}

/** Finds, lists and adds people. */
export class UserService {
  readonly #users: UserStore

  constructor(users: UserStore) {
    this.#users = users
  }

  async findActive(id: string, store?: Store): Promise<Person | null> {
    const row = await this.#users.findActive(id, store)
    return row === null ? null : toPerson(row)
  }

  async listActiveByEmail(email: string): Promise<Person[]> {
    return (await this.#users.listActiveByEmail(email)).map(toPerson)
  }

  /** Everybody of the asker's organization; whether they may ask was decided by the route's action. */
  async list(principal: UserPrincipal): Promise<(UserSummary & { role: Role })[]> {
    const rows = await this.#users.listOfOrganization(principal.organizationId)
    return rows.map((row) => ({ id: row.id, name: row.name, email: row.email, role: row.role }))
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
      })
    } catch (error) {
      if (!isUniqueViolation(error, 'users_email')) throw error
      throw new AppError('conflict', `Somebody with the e-mail ${person.email} is already in this organization.`)
    }
    return id
  }

  async setPassword(transaction: Store, id: string, passwordHash: string): Promise<void> {
    await this.#users.setPassword(transaction, id, passwordHash)
  }

  async noteSignIn(transaction: Store, id: string, at: Date): Promise<void> {
    await this.#users.noteSignIn(transaction, id, at)
  }
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
  }
}
