import { type Insertable, sql } from 'kysely'
import type { Store } from '../../platform/db/database.ts'
import type { UserRow, UsersTable } from '../../platform/db/tables.ts'

export type PersonRow = UserRow & { readonly organization_name: string; readonly is_demo: boolean }

/** People in the metadata store. */
export class UserStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** A person who may sign in, with their organization. */
  async findActive(id: string, store: Store = this.#store): Promise<PersonRow | null> {
    const row = await this.#people(store).where('users.id', '=', id).executeTakeFirst()
    return row ?? null
  }

  /** Everybody with that e-mail, in any organization, who may sign in. */
  async listActiveByEmail(email: string): Promise<PersonRow[]> {
    return this.#people(this.#store)
      .where(sql`lower(users.email)`, '=', email.toLowerCase())
      .orderBy('users.created_at')
      .limit(5)
      .execute()
  }

  async listOfOrganization(organizationId: string): Promise<UserRow[]> {
    return this.#store
      .selectFrom('users')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('disabled_at', 'is', null)
      .orderBy('name')
      .orderBy('id')
      .execute()
  }

  async findDemoAdminId(): Promise<string | null> {
    const row = await this.#people(this.#store)
      .where('organizations.is_demo', '=', true)
      .where('users.role', '=', 'admin')
      .orderBy('users.created_at')
      .executeTakeFirst()
    return row?.id ?? null
  }

  async insert(transaction: Store, user: Insertable<UsersTable>): Promise<void> {
    await transaction.insertInto('users').values(user).execute()
  }

  async setPassword(transaction: Store, id: string, passwordHash: string): Promise<void> {
    await transaction.updateTable('users').set({ password_hash: passwordHash }).where('id', '=', id).execute()
  }

  async noteSignIn(transaction: Store, id: string, at: Date): Promise<void> {
    await transaction.updateTable('users').set({ last_sign_in_at: at }).where('id', '=', id).execute()
  }

  #people(store: Store) {
    return store
      .selectFrom('users')
      .innerJoin('organizations', 'organizations.id', 'users.organization_id')
      .selectAll('users')
      .select(['organizations.name as organization_name', 'organizations.is_demo'])
      .where('users.disabled_at', 'is', null)
  }
}
