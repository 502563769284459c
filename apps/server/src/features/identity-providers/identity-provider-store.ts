import type { Store } from '../../platform/db/database.ts'
import type { IdentityProviderChanges, IdentityProviderRow, NewIdentityProvider } from '../../platform/db/tables.ts'

/** Identity providers in the metadata store. */
export class IdentityProviderStore {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async list(organizationId: string, store: Store = this.#store): Promise<IdentityProviderRow[]> {
    return store
      .selectFrom('identity_providers')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
  }

  async find(id: string): Promise<IdentityProviderRow | null> {
    const row = await this.#store.selectFrom('identity_providers').selectAll().where('id', '=', id).executeTakeFirst()
    return row ?? null
  }

  /** One of the organization's, which nobody else changes before the transaction ends. */
  async lock(transaction: Store, organizationId: string, id: string): Promise<IdentityProviderRow | null> {
    const row = await transaction
      .selectFrom('identity_providers')
      .selectAll()
      .where('id', '=', id)
      .where('organization_id', '=', organizationId)
      .forUpdate()
      .executeTakeFirst()
    return row ?? null
  }

  /** Those that are offered: of the only organization of the store, or of those that have the e-mail's domain. */
  async listOffered(domain: string | null): Promise<IdentityProviderRow[]> {
    const organizations = await this.#store.selectFrom('organizations').select('id').limit(2).execute()
    const isShared = organizations.length > 1
    if (isShared && domain === null) return []
    const rows = await this.#store
      .selectFrom('identity_providers')
      .selectAll()
      .where('enabled', '=', true)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return isShared ? rows.filter((row) => domain !== null && row.domains.includes(domain)) : rows
  }

  /** Those of every organization that know an issuer under a client id. */
  async listByClient(issuer: string, clientIds: readonly string[]): Promise<IdentityProviderRow[]> {
    return this.#store
      .selectFrom('identity_providers')
      .selectAll()
      .where('issuer', '=', issuer)
      .where('client_id', 'in', clientIds)
      .execute()
  }

  /** Whether somebody could sign in through any of the organization's: it is offered, and was tested. */
  async hasTested(transaction: Store, organizationId: string): Promise<boolean> {
    const row = await transaction
      .selectFrom('identity_providers')
      .select('id')
      .where('organization_id', '=', organizationId)
      .where('enabled', '=', true)
      .where('tested_at', 'is not', null)
      .executeTakeFirst()
    return row !== undefined
  }

  async insert(transaction: Store, row: NewIdentityProvider): Promise<IdentityProviderRow> {
    return transaction.insertInto('identity_providers').values(row).returningAll().executeTakeFirstOrThrow()
  }

  async update(transaction: Store, id: string, changes: IdentityProviderChanges): Promise<IdentityProviderRow> {
    return transaction
      .updateTable('identity_providers')
      .set(changes)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  async delete(transaction: Store, id: string): Promise<void> {
    await transaction.deleteFrom('identity_providers').where('id', '=', id).execute()
  }
}
